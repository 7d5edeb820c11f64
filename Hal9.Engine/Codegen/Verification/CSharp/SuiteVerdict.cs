using System.Globalization;
using System.Text.RegularExpressions;
using Hal9.Engine.Sandbox;

namespace Hal9.Engine.Codegen.Verification.CSharp;

/// <summary>Reads a suite's report against what its text declares.</summary>
internal static partial class SuiteVerdict
{
    private const int MostMessage = 2_000;

    /// <summary>What is wrong; empty when every declared test ran and passed.</summary>
    public static IReadOnlyList<RungFailure> Failures(int rung, SuiteReport report, SandboxResult result, IReadOnlyList<WrittenTest> declared)
    {
        var failures = report.Cases.Where(one => one.End == TestEnd.Failed).Select(one => FailureOf(rung, one)).ToList();
        failures.AddRange(report.Cases.Where(one => one.End == TestEnd.Skipped)
            .Select(one => new RungFailure(rung, one.Display, "The test is switched off.", null, null, CriterionOf(one.Name + one.Display))));
        if (!report.Complete)
        {
            var open = report.Cases.FirstOrDefault(one => one.End == TestEnd.Open);
            var why = result.Outcome is SandboxOutcome.Exited ? $"The process ended (exit code {result.ExitCode}) before all tests had run." : $"{result.Reason} {Cause(result.Errors)}".TrimEnd();
            failures.Add(new(rung, open?.Display ?? "suite", why, null, null, open is null ? null : CriterionOf(open.Name)));
        }
        else if (report.Cases.Count == 0)
        {
            failures.Add(new(rung, "suite", "No test ran."));
        }
        else
        {
            var ran = report.Cases.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
            failures.AddRange(declared.Where(test => test.Certain && !ran.Contains(test.Name))
                .Select(test => new RungFailure(rung, test.Name, "The test was not run.", test.File, test.Line, CriterionOf(test.Name))));
        }
        return failures;
    }

    /// <summary>The criterion that a name speaks of; null when none.</summary>
    public static string? CriterionOf(string name) => Criterion().Match(name) is { Success: true } match ? "AC-" + match.Groups["number"].Value : null;

    /// <summary>A message without what changes from run to run.</summary>
    public static string Normalised(string message)
    {
        var text = Changing().Replace(message, "…");
        return text.Length > MostMessage ? text[..MostMessage] : text;
    }

    /// <summary>Each test and how it ended, and what was printed.</summary>
    public static string LogOf(SuiteReport report, SandboxResult result)
    {
        var lines = report.Cases.OrderBy(one => one.Display, StringComparer.Ordinal).Select(one => $"{one.End} {one.Display}{(one.End == TestEnd.Failed ? "\n  " + Normalised(one.Message).ReplaceLineEndings("\n  ") : "")}");
        return Logs.Bounded(string.Join('\n', lines) + (result.Errors.Length > 0 ? "\n--- output\n" + result.Errors : ""));
    }

    private static RungFailure FailureOf(int rung, TestCase failed)
    {
        var frames = Frame().Matches(failed.Stack).ToList();
        var frame = frames.FirstOrDefault(one => one.Groups["file"].Value.StartsWith("src/", StringComparison.Ordinal)) ?? frames.FirstOrDefault();
        int? line = frame is null ? null : int.Parse(frame.Groups["line"].Value, CultureInfo.InvariantCulture);
        return new(rung, failed.Display, Normalised(failed.Message), frame?.Groups["file"].Value, line, CriterionOf(failed.Name + " " + failed.Display));
    }

    private static string Cause(string errors) =>
        errors.Split('\n').FirstOrDefault(line => line.StartsWith("Stack overflow", StringComparison.Ordinal) || line.StartsWith("Unhandled exception", StringComparison.Ordinal) || line.StartsWith("Fatal error", StringComparison.Ordinal)) ?? "";

    [GeneratedRegex(@"(?<![A-Za-z])AC[_\- ]?(?<number>\d{1,3})(?!\d)")]
    private static partial Regex Criterion();

    [GeneratedRegex(@" in (?<file>(src|tests)/[^:\n]+):line (?<line>\d+)")]
    private static partial Regex Frame();

    [GeneratedRegex(@"0x[0-9a-fA-F]{4,}|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|/tmp/[^\s'""]+|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.]*Z?|\d+(\.\d+)? ?ms\b")]
    private static partial Regex Changing();
}
