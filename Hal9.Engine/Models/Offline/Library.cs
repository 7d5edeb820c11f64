using System.Text;

namespace Hal9.Engine.Models.Offline;

/// <summary>The shapes of well-known documents: checklists, agendas, outlines. General practice, no facts about the person's case.</summary>
internal static class Library
{
    private const string Part = "Part \"";

    /// <summary>The shape that the words ask for most, or null.</summary>
    public static Shape? Find(string instruction)
    {
        var text = Script.Shorten(instruction, 600);
        return Lexicon.Shapes
            .Select(shape => (Shape: shape, Weight: shape.Keywords.Weight(text) + (text.Contains(shape.Name, StringComparison.OrdinalIgnoreCase) ? 20 : 0)))
            .Where(found => found.Weight > 0)
            .OrderByDescending(found => found.Weight)
            .Select(found => found.Shape)
            .FirstOrDefault()
            // Any other plan; behind a colon stands a part of one, for which the whole shape would be too much.
            ?? (Lexicon.Shipped.Plans.In(text) && !text.Contains(':', StringComparison.Ordinal) ? Lexicon.Shapes.First(shape => shape.Name == "project plan") : null);
    }

    /// <summary>A goal for one section of a shape; <see cref="Write"/> understands it.</summary>
    public static string PartOf(Shape shape, ShapeSection section, string goal) => $"{Part}{section.Title}\" of the {shape.Name}: {goal}";

    /// <summary>Whether a goal is for one section already.</summary>
    public static bool IsPart(string goal) => Wanted(goal).Section is not null;

    /// <summary>A goal for one section as plain words: the section and the goal.</summary>
    public static string Plain(string goal) => Wanted(goal) is { Section: { } section } part ? $"{part.Goal} {section.Title}" : goal;

    /// <summary>The shape filled with what the input gives, or only the section that the goal names.</summary>
    public static string Write(Shape shape, string goal, IReadOnlyList<string> given)
    {
        var (named, section, rest) = Wanted(goal);
        shape = named ?? shape;
        var box = shape.Boxes ? "- [ ] " : "- ";
        var text = new StringBuilder();
        text.Append("## ").Append(Worker.Title(rest)).Append("\n\n");
        foreach (var line in given.Where(GoalReading.IsReference))
        {
            text.Append(Script.Shorten(line, 300)).Append("\n\n");
        }
        given = [.. given.Where(line => !GoalReading.IsReference(line))];
        text.Append("A known shape (*").Append(shape.Name).Append("*), to be filled by you").Append(given.Count > 0 ? "; your own points come first" : "").Append(".\n\n");
        if (given.Count > 0)
        {
            text.Append("### From your request\n\n");
            foreach (var line in given.Take(20))
            {
                text.Append(box).Append(Script.Shorten(line.ReplaceLineEndings(" "), 300)).Append('\n');
            }
            text.Append('\n');
        }
        foreach (var shown in shape.Sections.Where(shown => section is null || shown == section))
        {
            text.Append("### ").Append(shown.Title).Append("\n\n");
            foreach (var item in shown.Items)
            {
                text.Append(box).Append(item).Append('\n');
            }
            text.Append('\n');
        }
        return text.ToString().TrimEnd();
    }

    private static (Shape? Shape, ShapeSection? Section, string Goal) Wanted(string goal)
    {
        if (!goal.StartsWith(Part, StringComparison.Ordinal))
        {
            return (null, null, goal);
        }
        foreach (var shape in Lexicon.Shapes)
        {
            foreach (var section in shape.Sections)
            {
                var head = PartOf(shape, section, "");
                if (goal.StartsWith(head, StringComparison.Ordinal))
                {
                    return (shape, section, goal[head.Length..]);
                }
            }
        }
        return (null, null, goal);
    }
}
