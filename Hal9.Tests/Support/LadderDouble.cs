using System.Text.RegularExpressions;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Models.Offline.Projects;
using Hal9.Engine.Sandbox;

namespace Hal9.Tests.Support;

/// <summary>
/// Stands in for the ladder where a test is about the pipeline around it: it executes nothing, and finds the faults that it is told, by their text. That the
/// ladder finds such faults by building and testing is for the ladder's own tests and for the journeys to show.
/// </summary>
internal sealed partial class LadderDouble
{
    private static readonly string[] Names = ["text", "parse", "compile", "rules", "unit tests", "build and visible tests", "held-out tests", "mutants", "flake check"];

    private readonly Lock gate = new();
    private readonly List<(VerificationInput Input, VerificationDepth Depth)> asked = [];

    /// <summary>What is red: a text within a source (but not within another text), the rung that finds it, the criterion.</summary>
    public IList<(string Text, string But, int Rung, string? Criterion)> Faults { get; } =
    [
        ("rest of the code", "(nothing)", 0, null), ("using Missing.Library", "(nothing)", 2, null),
        .. ProjectLibrary.All.SelectMany(project => project.Faults.Select(fault => (fault.Bad, fault.Good.Contains(fault.Bad, StringComparison.Ordinal) ? fault.Good : "(nothing)", 5, (string?)"AC-1"))),
        ("items.TryAdd(id, changed);", "(nothing)", 5, "AC-2"),
    ];

    /// <summary>What was asked for so far.</summary>
    public IReadOnlyList<(VerificationInput Input, VerificationDepth Depth)> Asked
    {
        get
        {
            lock (gate)
            {
                return [.. asked];
            }
        }
    }

    /// <summary>Waits for this before it answers: the place where a test stops the product.</summary>
    public Func<VerificationDepth, CancellationToken, Task>? Hold { get; set; }

    public async Task<VerificationReport> VerifyAsync(VerificationInput input, VerificationDepth depth, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Hold is { } hold)
        {
            await hold(depth, cancellationToken);
        }
        lock (gate)
        {
            asked.Add((input, depth));
        }
        var failures = input.Sources.OrderBy(source => source.Key, StringComparer.Ordinal).SelectMany(source => FailuresOf(source.Key, source.Value)).ToList();
        var stubs = input.Sources.Values.Any(text => text.Contains("NotSupportedException", StringComparison.Ordinal));
        var first = failures.Count == 0 ? int.MaxValue : failures.Min(failure => failure.Rung);
        var rungs = Names.Select((name, rung) => new RungResult(
            rung, name, rung > (int)depth || rung > first ? RungOutcome.Skipped : rung == first ? RungOutcome.Red : RungOutcome.Green, rung >= first ? "red below" : null, $"double {rung}", 0,
            TimeSpan.FromMilliseconds(1), "", rung == first ? [.. failures.Where(failure => failure.Rung == rung)] : [], rung < first && rung <= (int)depth ? PassedOn(rung, input, stubs) : [])).ToList();
        var verdict = failures.Count > 0 ? Verdict.Draft : depth == VerificationDepth.Full ? Verdict.Verified : Verdict.LightlyTested;
        var suite = string.Concat(input.UnitTests.Values);
        return new VerificationReport(
            rungs, depth >= VerificationDepth.Mutation && failures.Count == 0 ? new MutationScore(9, 1, 0) : null, failures.Count == 0 ? input.HeldOutAcceptance.Count : null,
            input.HeldOutAcceptance.Count, new SuiteSize(TestMark().Count(suite), Assertion().Count(suite), SkipMark().Count(suite)), SandboxLevel.Full,
            new Dictionary<string, string> { ["double"] = "1" }, verdict, verdict == Verdict.Verified ? null : "something is red");
    }

    private IEnumerable<RungFailure> FailuresOf(string path, string text)
    {
        if (text.Count(c => c == '{') != text.Count(c => c == '}'))
        {
            yield return new RungFailure(1, "CS1513", "} expected", path, 1);
        }
        foreach (var (fault, _, rung, criterion) in Faults.Where(fault => text.Replace(fault.But, "", StringComparison.Ordinal).Contains(fault.Text, StringComparison.Ordinal)))
        {
            yield return new RungFailure(rung, rung >= 5 ? "Tests.Acceptance" : "CS0246", $"found {fault}", path, 1, criterion);
        }
    }

    private static List<string> PassedOn(int rung, VerificationInput input, bool stubs)
    {
        var suite = rung switch { 4 => input.UnitTests, 5 => input.VisibleAcceptance, _ => new Dictionary<string, string>() };
        return [.. suite.Where(test => !stubs || test.Value.Contains("Assert.True(true)", StringComparison.Ordinal))
            .SelectMany(test => Method().Matches(test.Value).Select(match => $"{test.Key}:{match.Groups[1].Value}")).Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex(@"\[(Fact|Theory)")]
    private static partial Regex TestMark();

    [GeneratedRegex(@"\bAssert\.")]
    private static partial Regex Assertion();

    [GeneratedRegex(@"\bSkip\s*=")]
    private static partial Regex SkipMark();

    [GeneratedRegex(@"public void (\w+)\(")]
    private static partial Regex Method();
}
