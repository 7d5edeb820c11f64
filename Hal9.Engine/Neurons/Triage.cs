using System.Text.RegularExpressions;
using Hal9.Engine.Events;

namespace Hal9.Engine.Neurons;

/// <summary>The way in that triage chose, and why.</summary>
/// <param name="Mode">Quick, standard or deep.</param>
/// <param name="Entry">The neuron that gets the goal.</param>
/// <param name="Reasons">Why, in words, strongest first.</param>
internal sealed record TriageChoice(RunMode Mode, Neuron Entry, IReadOnlyList<string> Reasons);

/// <summary>
/// Chooses the entry layer by points that a person can follow: each sign of more work adds one or two; 0 or 1 is quick, 2 or 3 standard, 4 and more deep.
/// What the caller asked for wins.
/// </summary>
internal static partial class Triage
{
    private const int LongGoal = 600;
    private const int VeryLongGoal = 4000;

    public static TriageChoice Choose(RunMode asked, string goal, Hierarchy hierarchy)
    {
        var (mode, reasons) = asked == RunMode.Auto ? Weigh(goal) : (asked, [$"The caller asked for {asked.ToString().ToLowerInvariant()}."]);
        var layer = mode switch { RunMode.Deep => Layer.L4, RunMode.Standard => Layer.L3, _ => Layer.L2 };
        var technical = Technical().IsMatch(goal);
        var entry = (layer, technical) switch
        {
            (Layer.L3, true) => hierarchy.Find("architect"),
            (Layer.L2, true) => hierarchy.Find("engineer"),
            _ => null,
        };
        entry = entry?.Layer == layer ? entry : hierarchy.EntryOf(layer);
        return entry is null
            ? throw new InvalidOperationException("This tenant has no neurons.")
            : new TriageChoice(mode, entry, technical && layer != Layer.L4 ? [.. reasons, "The goal is technical."] : reasons);
    }

    private static (RunMode Mode, IReadOnlyList<string> Reasons) Weigh(string goal)
    {
        var reasons = new List<(int Points, string Reason)>();
        void Add(int points, bool applies, string reason)
        {
            if (applies)
            {
                reasons.Add((points, reason));
            }
        }

        var items = ListItem().Count(goal);
        Add(1, items is 2 or 3, "It lists a few things to do.");
        Add(2, items > 3, "It lists many things to do.");
        Add(1, goal.Length is > LongGoal and <= VeryLongGoal, "It is long.");
        Add(2, goal.Length > VeryLongGoal, "It is very long.");
        Add(2, Strategic().IsMatch(goal), "It asks for a plan, a design or a decision.");
        Add(1, Joined().Count(goal) > 1, "It joins several tasks.");
        Add(1, Thorough().IsMatch(goal), "It asks for thoroughness.");
        var points = reasons.Sum(r => r.Points);
        IReadOnlyList<string> words = reasons.Count == 0
            ? ["It is one short question or task."]
            : [.. reasons.OrderByDescending(r => r.Points).Select(r => r.Reason)];
        return (points switch { < 2 => RunMode.Quick, < 4 => RunMode.Standard, _ => RunMode.Deep }, words);
    }

    [GeneratedRegex(@"^\s*(?:[-*•]|\d+[.)])\s+\S", RegexOptions.Multiline)]
    private static partial Regex ListItem();

    [GeneratedRegex(@"\b(plan|strategy|strategic|roadmap|architecture|design|compare|evaluate|decide|migrate|migration|proposal|konzept|strategie|plane|vergleiche)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Strategic();

    [GeneratedRegex(@"\b(and then|then|afterwards|also|furthermore|additionally|finally|danach|außerdem)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Joined();

    [GeneratedRegex(@"\b(thorough|thoroughly|in depth|in detail|comprehensive|complete|end to end|ausführlich|gründlich)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Thorough();

    [GeneratedRegex(@"```|\b(code|function|class|api|endpoint|sql|query|regex|script|bug|compile|refactor|c#|python|typescript|javascript|docker|kubernetes)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Technical();
}
