using System.Text.RegularExpressions;

namespace Hal9.Engine.Learning;

/// <summary>
/// The closed list of kinds of work. It is small on purpose: each class has to gather its own evidence. A goal belongs to the first class whose words it has; what fits none is <c>other</c>.
/// </summary>
internal static class TaskClasses
{
    public const string Other = "other";

    private static readonly (string Name, Regex Words)[] Rules =
    [
        Rule("code-repair", @"\b(fix|bug|debug|stack trace|exception|does not compile|fehler beheben)\b.*\b(code|function|class|method|test|build|script)\b|\b(fix|debug) (this|the|my) (code|bug|test|build)"),
        Rule("test-write", @"\b(write|add|generate)\b.*\b(unit )?tests?\b"),
        Rule("code-edit", @"\b(refactor|rename|extract (a )?(method|class)|add .* to (this|the) (class|function|method))\b"),
        Rule("review", @"\b(review|critique|proofread|korrekturlesen)\b"),
        Rule("design-api", @"\b(design|define)\b.*\b(api|endpoint|interface|contract)s?\b"),
        Rule("design-data", @"\b(design|define|model)\b.*\b(schema|database|tables?|data model)\b"),
        Rule("query", @"\b(sql|query|regex|regular expression)\b"),
        Rule("code-new", @"\b(write|implement|create|build|program)\b.*\b(function|class|script|program|app|service|component|code|cli|library)\b"),
        Rule("configure", @"\b(configure|dockerfile|docker-compose|kubernetes|helm|nginx|yaml|terraform|set up)\b"),
        Rule("summarise", @"\b(summari[sz]e|summary|tl;?dr|zusammenfass\w*|fasse)\b"),
        Rule("shorten", @"\b(shorten|condense|kürze\w*)\b"),
        Rule("translate", @"\b(translate|übersetz\w*)\b"),
        Rule("rewrite", @"\b(rewrite|rephrase|improve the (text|wording)|umformulier\w*)\b"),
        Rule("extract", @"\b(extract|list all|find all|pull out)\b"),
        Rule("classify", @"\b(classify|categori[sz]e|label|sentiment)\b"),
        Rule("compare", @"\b(compare|versus|vs\.?|pros and cons|vergleich\w*)\b"),
        Rule("plan", @"\b(plan|roadmap|strategy|steps to|konzept|strategie)\b"),
        Rule("brainstorm", @"\b(brainstorm|ideas? for|suggest|name ideas)\b"),
        Rule("calculate", @"\b(calculate|compute|how many|how much|berechne\w*)\b|\d\s*[-+*/]\s*\d"),
        Rule("table", @"\b(table|spreadsheet|csv|tabelle)\b"),
        Rule("write", @"\b(write|draft|compose)\b.*\b(mail|e-?mail|letter|post|article|text|speech|announcement)\b"),
        Rule("explain", @"\b(explain|what is|what are|why|how does|erkläre?)\b"),
        Rule("ask", @"\?\s*$"),
    ];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Rules.Select(rule => rule.Name), Other];

    /// <summary>The class of a goal.</summary>
    public static string Of(string goal)
    {
        // What a goal is about stands at its beginning; the rest is material.
        var start = goal.Length > 600 ? goal[..600] : goal;
        return Array.Find(Rules, rule => rule.Words.IsMatch(start)).Name ?? Other;
    }

    private static (string, Regex) Rule(string name, string words) => (name, new Regex(words, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking));
}
