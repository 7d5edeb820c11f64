using System.Globalization;
using System.Text.Json.Nodes;
using Hal9.Engine.Models.Offline.Work;

namespace Hal9.Engine.Models.Offline;

/// <summary>Cuts a goal into assignments by its own sentences, list items and order words, or by the sections of a known shape.</summary>
internal static class Planner
{
    private const int Most = 6;

    /// <summary>The plan as JSON: delegates, or answers itself when there is nobody, nothing to do, or too much text to hand down.</summary>
    /// <param name="request">The request.</param>
    /// <param name="neurons">The names that the schema allows.</param>
    /// <param name="limit">The most tokens that the plan may have.</param>
    public static JsonObject Plan(OfflineRequest request, IReadOnlyList<string> neurons, int limit)
    {
        var reading = GoalReading.Of(request.Goal);
        if (neurons.Count == 0)
        {
            return Answer(request, limit, "There is nobody to delegate to.");
        }
        if (FollowUp.TryWrite(request) is not null)
        {
            return Answer(request, limit, "It is about the last answer, which is at hand here only.");
        }
        if (Worker.IsAboutItself(request.Goal))
        {
            return Answer(request, limit, "It is about this model itself.");
        }
        if (!request.Goal.Any(char.IsLetterOrDigit))
        {
            return Answer(request, limit, "The goal has no words to work on.");
        }
        var (parts, reason) = Parts(reading);
        var staffing = new Staffing(neurons, request.Delegates);
        var share = Math.Floor(1000.0 / parts.Count) / 1000;
        var assignments = new JsonArray();
        for (var i = 0; i < parts.Count; i++)
        {
            // A part that builds on others gets their results; it needs the material only when it is the first to see it.
            var references = parts[i].DependsOn.Select(number => GoalReading.Reference(parts[number - 1].Text));
            var goal = GoalReading.Compose(parts[i].Text, [.. reading.Context, .. references], parts[i].DependsOn.Count > 0 && parts[i].UsesResults ? "" : reading.Material);
            assignments.Add(new JsonObject
            {
                ["neuron"] = staffing.For(parts[i].Text),
                ["goal"] = goal,
                ["criteria"] = new JsonArray([.. Criteria(parts[i].Text).Select(criterion => (JsonNode)criterion)]),
                ["dependsOn"] = new JsonArray([.. parts[i].DependsOn.Select(number => (JsonNode)number)]),
                ["share"] = share,
            });
        }
        var plan = new JsonObject { ["outcome"] = "delegate", ["assignments"] = assignments, ["answer"] = "", ["reason"] = reason };
        return Tokens.Count(Json.Write(plan)) <= limit ? plan : Answer(request, limit, "The text is too long to be handed down within the output limit, so it is worked on here.");
    }

    /// <summary>What a result is checked for: the words that carry the part's content.</summary>
    internal static IEnumerable<string> Criteria(string part)
    {
        // What only says what to do ("write") need not occur in the result.
        var words = GoalReading.WithoutVerb(Script.Shorten(Library.Plain(part), 1000));
        var terms = Keywords.Terms(words, 5);
        return terms.Count > 0 ? [Judge.Covers + string.Join(", ", terms)] : [];
    }

    private static JsonObject Answer(OfflineRequest request, int limit, string reason) => new()
    {
        ["outcome"] = "answer",
        ["assignments"] = new JsonArray(),
        ["answer"] = Json.Fit(OfflineNote.Above(Worker.Work(request)), limit),
        ["reason"] = Reason(reason),
    };

    private static (List<Part> Parts, string Reason) Parts(GoalReading reading)
    {
        if (reading.Tasks.Count > 1)
        {
            var all = reading.Tasks.Select((task, i) => new Part(task.Text, After(task, i), task.Follows)).ToList();
            var grouped = Grouped(all, reading.Lead);
            var kind = reading.Lead.Length > 0 ? "list items" : "sentences and clauses";
            return (grouped, Reason(string.Create(CultureInfo.InvariantCulture, $"Split by its {kind} into {grouped.Count} parts{(grouped.Count < all.Count ? $" from {all.Count}" : "")}.")));
        }
        var text = reading.Tasks.Count == 1 ? reading.Tasks[0].Text : Script.Shorten(reading.Instruction, 2000);
        if (reading.Material.Length == 0 && Library.Find(text) is { } shape && !Library.IsPart(text) && Worker.IsForLibrary(text))
        {
            var sections = shape.Sections.Take(Most).Select(section => new Part(Library.PartOf(shape, section, text), [], false)).ToList();
            return (sections, Reason($"Designed as the sections of a known shape: {shape.Name}."));
        }
        return ([new Part(text, [], false)], Reason("It cannot be split by its wording, so it goes down whole."));
    }

    /// <summary>Numbers, from 1, of the parts whose results one needs: only what its wording says.</summary>
    private static List<int> After(GoalTask task, int index) =>
        index == 0 || !task.Follows ? [] : task.FollowsAll ? [.. Enumerable.Range(1, index)] : [index];

    /// <summary>At most six: neighbours are put together as a list.</summary>
    private static List<Part> Grouped(List<Part> parts, string lead)
    {
        if (parts.Count <= Most)
        {
            return parts;
        }
        var size = (parts.Count + Most - 1) / Most;
        return [.. parts.Chunk(size).Select((group, number) => new Part(
            $"{(lead.Length > 0 ? lead : "Work on these points")}:\n" + string.Join('\n', group.Select(part => "- " + WithoutLead(part.Text, lead).ReplaceLineEndings(" "))),
            [.. group.SelectMany(part => part.DependsOn).Select(needed => ((needed - 1) / size) + 1).Where(needed => needed <= number).Distinct().Order()],
            group.All(part => part.UsesResults)))];
    }

    private static string WithoutLead(string text, string lead) =>
        lead.Length > 0 && text.StartsWith(lead + ": ", StringComparison.Ordinal) ? text[(lead.Length + 2)..] : text;

    private static string Reason(string text) => $"{OfflineNote.Text} {text}";

    private sealed record Part(string Text, IReadOnlyList<int> DependsOn, bool UsesResults);

    /// <summary>Gives work to the neuron whose role shares most words with it, else to whoever has least.</summary>
    private sealed class Staffing(IReadOnlyList<string> names, IReadOnlyList<ShownNeuron> shown)
    {
        private readonly int[] load = new int[names.Count];
        private readonly HashSet<string>[] roles =
            [.. names.Select(name => Keywords.Of($"{name} {shown.FirstOrDefault(neuron => neuron.Name == name)?.Role}").ToHashSet(StringComparer.Ordinal))];

        public string For(string text)
        {
            var words = Keywords.Of(Script.Shorten(text, 1000)).ToHashSet(StringComparer.Ordinal);
            var best = Enumerable.Range(0, names.Count)
                .OrderByDescending(i => roles[i].Count(words.Contains))
                .ThenBy(i => load[i])
                .First();
            load[best]++;
            return names[best];
        }
    }
}
