using System.Globalization;

namespace Hal9.Engine.Codegen.Verification;

/// <summary>Keeps held-out tests held out: one bit and a criterion go out, no name, text or line.</summary>
internal static class HeldOut
{
    /// <summary>What may be known of a run of held-out tests.</summary>
    /// <param name="found">What was found.</param>
    /// <param name="all">How many there are.</param>
    /// <param name="passed">Told how many passed.</param>
    public static RungFinding Hide(RungFinding found, int all, Action<int> passed)
    {
        var count = found.PassedTests?.Count ?? 0;
        passed(count);
        var failures = (found.Failures ?? []).Select(failure => failure.Criterion).Distinct()
            .Select(criterion => new RungFailure(6, "held-out", $"A held-out test of {criterion ?? "an unnamed criterion"} fails.", null, null, criterion)).ToList();
        var reason = failures.Count == 0 ? found.Reason : found.Outcome == RungOutcome.Red ? RungFinding.Sentence(failures) : "The held-out tests ran out of a resource, or fail in one run and pass in the next.";
        return found with { Failures = failures, PassedTests = [], Log = string.Create(CultureInfo.InvariantCulture, $"{count} of {all} passed"), Reason = reason };
    }
}
