using System.Text.RegularExpressions;

namespace Hal9.Benchmarks.Gateway;

/// <summary>
/// What a neuron is answered by the fake model: a strategist gets two parts for two designers, a designer one piece for one implementer, everything is
/// accepted. A deep run is so nine calls on three levels. The label tells which call of which run it was.
/// </summary>
internal static partial class Thought
{
    public static string Of(string body, out string label)
    {
        var run = RunNumber().Match(body).Groups[1].Value;
        var format = Format().Match(body).Groups[1].Value;
        var strategy = format == "plan" && body.Contains("You are strategist", StringComparison.Ordinal);
        var part = strategy || format is "verdicts" or "" ? "" : PartOf(body);
        label = $"{run} {(strategy ? "strategy" : format.Length == 0 ? "integrate" : format)}{part}";
        return format switch
        {
            "plan" when strategy => Plan(Assignment("analyst", $"Work out partA of run#{run}."), Assignment("architect", $"Work out partB of run#{run}.")),
            "plan" => Plan(Assignment("generalist", $"Write the piece of part{part} of run#{run}.")),
            "work" => $$"""{"outcome":"answer","answer":"The piece of part{{part}} of run#{{run}} is done.","reason":""}""",
            "review" => $$"""{"verdicts":[{"assignment":1,"verdict":"accept","feedback":""}],"answer":"part{{part}} of run#{{run}} is complete."}""",
            "verdicts" => """{"verdicts":[{"assignment":1,"verdict":"accept","feedback":""},{"assignment":2,"verdict":"accept","feedback":""}]}""",
            _ => "Everything is done.",
        };
    }

    private static string PartOf(string body) => body.Contains("partA", StringComparison.Ordinal) ? "A" : "B";

    private static string Plan(params string[] assignments) => $$"""{"outcome":"delegate","assignments":[{{string.Join(',', assignments)}}],"answer":"","reason":"So."}""";

    private static string Assignment(string neuron, string goal) => $$"""{"neuron":"{{neuron}}","goal":"{{goal}}","criteria":["It is there."],"dependsOn":[],"share":0.5}""";

    [GeneratedRegex(@"run#(\d+)")]
    private static partial Regex RunNumber();

    [GeneratedRegex("\"json_schema\":\\s*\\{[^{]*?\"name\":\\s*\"(\\w+)\"")]
    private static partial Regex Format();
}
