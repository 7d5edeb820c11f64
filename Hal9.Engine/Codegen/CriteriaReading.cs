using Hal9.Engine.Codegen.Verification;

namespace Hal9.Engine.Codegen;

/// <summary>What is known of a criterion.</summary>
public enum CriterionStatus
{
    /// <summary>Nothing yet: its tests were not executed.</summary>
    Open,

    /// <summary>All its tests passed in the runner.</summary>
    Proven,

    /// <summary>A test of it fails.</summary>
    Red,
}

/// <summary>Reads from the runner's report which criteria are proven.</summary>
internal static class CriteriaReading
{
    public static CriterionStatus StatusOf(string criterion, SealedTests? tests, VerificationReport? report)
    {
        if (tests is null || report is null)
        {
            return CriterionStatus.Open;
        }
        // A failing test that names no criterion may be of any.
        var failures = report.Failures.Where(failure => failure.Rung >= (int)VerificationDepth.Visible).ToList();
        if (failures.Any(failure => failure.Criterion == criterion))
        {
            return CriterionStatus.Red;
        }
        var proven =
            Passed(tests.Visible, (int)VerificationDepth.Visible) && Passed(tests.HeldOut, (int)VerificationDepth.HeldOut);
        return proven ? CriterionStatus.Proven : CriterionStatus.Open;

        bool Passed(IReadOnlyList<TestFile> suite, int number) =>
            !suite.Any(test => test.Covers.Contains(criterion))
            || (report.Rungs.FirstOrDefault(rung => rung.Rung == number) is { } rung
                && (rung.Outcome == RungOutcome.Green || (rung.Outcome == RungOutcome.Red && rung.Failures.All(failure => failure.Criterion is not null))));
    }

    /// <summary>The honest sentence at the end: how many of the criteria are proven, and which are not.</summary>
    public static string Summary(Spec spec, SealedTests tests, VerificationReport report)
    {
        var statuses = spec.Criteria.Select(c => (c.Id, Status: StatusOf(c.Id, tests, report))).ToList();
        var red = statuses.Where(s => s.Status == CriterionStatus.Red).Select(s => s.Id).ToList();
        var open = statuses.Where(s => s.Status == CriterionStatus.Open).Select(s => s.Id).ToList();
        return $"{statuses.Count(s => s.Status == CriterionStatus.Proven)} of {statuses.Count} criteria are proven"
            + (red.Count > 0 ? $"; red: {string.Join(", ", red)}" : "") + (open.Count > 0 ? $"; not shown: {string.Join(", ", open)}" : "") + ".";
    }
}
