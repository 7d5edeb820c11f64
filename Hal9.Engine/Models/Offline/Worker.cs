using Hal9.Engine.Models.Offline.Work;

namespace Hal9.Engine.Models.Offline;

/// <summary>
/// Carries out what the rules can: on a text that was given, or from a known shape. For everything else it says what it cannot do and what an
/// answer would need. Nothing is stated that the input or the shapes do not hold.
/// </summary>
internal static class Worker
{
    /// <summary>Said when feedback asks for more than rules can give; the judge then accepts.</summary>
    public const string SecondAttempt = "*Second attempt: the same rules give the same result; more needs a model.*";

    private const int LongestTitle = 90;

    public static string Work(OfflineRequest request)
    {
        var answer = FollowUp.TryWrite(request) ?? First(request);
        return request.Feedback.Length > 0 && request.LastResult.Length > 0
            ? $"{answer}\n\n**Asked for in the feedback:** {Script.Shorten(request.Feedback.ReplaceLineEndings(" "), 500)}\n\n{SecondAttempt}"
            : answer;
    }

    /// <summary>Whether a goal is one for a known shape: not a calculation, not a question of fact, nothing that rules cannot do.</summary>
    public static bool IsForLibrary(string instruction)
    {
        var words = Lexicon.Shipped;
        return !(GoalReading.IsQuestion(instruction) && !words.HowTo.In(instruction))
            && !words.ProsAndCons.In(instruction) && !words.Compare.In(instruction) && !words.OnMaterial.In(instruction)
            && !words.Inabilities.Any(inability => inability.When.In(instruction))
            && Arithmetic.TryWrite(instruction, instruction) is null;
    }

    /// <summary>A greeting, or a question about this model.</summary>
    public static bool IsAboutItself(string goal) =>
        goal.Length < 60 && Lexicon.Shipped.AboutItself.AtStart(goal) is > 0 and var length && !goal.AsSpan(length).TrimEnd(" .!?。！？").Contains(' ');

    /// <summary>A goal as a heading.</summary>
    public static string Title(string goal)
    {
        var line = goal.AsSpan().Trim();
        var end = line.IndexOfAny('\n', '\r');
        var own = GoalReading.WithoutParts((end < 0 ? line : line[..end]).ToString());
        var sentence = Segments.Sentences(Script.Shorten(own, LongestTitle * 4)).FirstOrDefault();
        var text = Script.Shorten(sentence is { Length: > 8 } ? sentence : own.Trim('#', ' ', '-', '>', '*'), LongestTitle).TrimEnd('.', ':', '。', ' ');
        return text.Length == 0 ? "Your request"
            // A heading of the prompts' own would be taken for the section of that name when this text is shown to a parent.
            : OfflineRequest.Headings.Contains("## " + text) ? text + " (yours)"
            : char.ToUpperInvariant(text[0]) + text[1..];
    }

    private static string First(OfflineRequest request)
    {
        var reading = GoalReading.Of(request.Goal);
        var instruction = Script.Shorten(reading.Instruction, 2000);
        var material = reading.Material.Length > 0 ? reading.Material
            : request.Before.Count > 0 ? string.Join("\n\n", request.Before.Select(result => OfflineNote.Without(result.Text)))
            : "";
        var told = material.Length > 0 ? material : string.Join('\n', reading.Context.Where(line => !GoalReading.IsReference(line)));
        var words = Lexicon.Shipped;
        if (!request.Goal.Any(char.IsLetterOrDigit))
        {
            return "There is nothing to work on: the request has no words.";
        }
        if (IsAboutItself(request.Goal))
        {
            return Outline.OfItself();
        }
        if (Arithmetic.TryWrite(instruction, told) is { } calculation)
        {
            return calculation;
        }
        if (words.Count.In(instruction))
        {
            return material.Length > 0 ? Counts.Write(material) : Lacks(instruction, "a text to count");
        }
        if (words.Timeline.In(instruction))
        {
            return Timeline.Write(instruction, told.Length > 0 ? told : reading.Instruction);
        }
        if (words.Table.In(instruction) && !words.Compare.In(instruction) && Tables.TryWrite(instruction, told.Length > 0 ? told : reading.Instruction) is { } table)
        {
            return table;
        }
        if (words.ProsAndCons.In(instruction))
        {
            return ProsAndCons.Write(instruction, told);
        }
        if (words.Compare.In(instruction) && Comparison.TryWrite(instruction, told) is { } comparison)
        {
            return comparison;
        }
        if (words.Summarise.In(instruction) || words.Shorten.In(instruction))
        {
            return told.Length > 0 ? Summary.Write(instruction, told) : Lacks(instruction, "a text to summarise");
        }
        if (words.AsList.In(instruction) && told.Length > 0)
        {
            return Summary.AsList(instruction, told);
        }
        if (words.Inabilities.FirstOrDefault(inability => inability.When.In(instruction)) is { } inability && !Library.IsPart(instruction) && !words.Checklist.In(instruction))
        {
            return Outline.OfInability(instruction, inability, told);
        }
        var asks = GoalReading.IsQuestion(instruction) || words.Questions.AtStart(instruction) > 0
            || (told.Length == 0 && reading.Tasks.Count <= 1 && words.Explain.AtStart(GoalReading.Bare(instruction)) > 0 && !words.HowTo.In(instruction));
        var howTo = words.HowTo.In(instruction);
        if (asks && !howTo && told.Length > 0)
        {
            return Extract.Answer(instruction, told);
        }
        if (!asks || howTo)
        {
            if (Library.Find(instruction) is { } shape)
            {
                return Library.Write(shape, instruction, Given(reading));
            }
            if (words.Checklist.In(instruction))
            {
                return Outline.Checklist(instruction, Given(reading), told);
            }
        }
        return asks ? Outline.OfQuestion(instruction)
            : material.Length > 0 && reading.Tasks.Count <= 1 ? Outline.OfText(instruction, material)
            : Outline.Of(instruction, reading, told);
    }

    /// <summary>The person's own points: list items and what was told.</summary>
    private static List<string> Given(GoalReading reading) =>
        [.. (reading.Tasks.Count > 1 ? reading.Tasks.Select(task => task.Text) : []), .. reading.Context];

    private static string Lacks(string instruction, string what) =>
        $"## {Title(instruction)}\n\nThe request does not hold {what}. Paste it under the request, or after a colon, and ask again.";
}
