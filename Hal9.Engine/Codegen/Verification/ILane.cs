namespace Hal9.Engine.Codegen.Verification;

/// <summary>What a rung found, before it is given its number and time.</summary>
internal sealed record RungFinding(
    RungOutcome Outcome, string Command, string? Reason = null, int? ExitCode = null, string Log = "",
    IReadOnlyList<RungFailure>? Failures = null, IReadOnlyList<string>? PassedTests = null)
{
    public static RungFinding Green(string command, string log = "", IReadOnlyList<string>? passed = null, int? exitCode = null) => new(RungOutcome.Green, command, null, exitCode, log, null, passed);

    public static RungFinding Skipped(string reason) => new(RungOutcome.Skipped, "", reason);

    public static RungFinding Unknown(string command, string reason, string log = "", IReadOnlyList<RungFailure>? failures = null) =>
        new(RungOutcome.Inconclusive, command, reason, null, log, failures);

    /// <summary>Red when there are failures, else green.</summary>
    public static RungFinding Of(string command, IReadOnlyList<RungFailure> failures, string log = "") =>
        failures.Count == 0 ? Green(command, log) : new(RungOutcome.Red, command, Sentence(failures), null, log, failures);

    /// <summary>What is wrong, in one sentence.</summary>
    public static string Sentence(IReadOnlyList<RungFailure> failures)
    {
        var first = failures[0];
        var place = first.File is null ? "" : first.Line is null ? first.File + ": " : $"{first.File}:{first.Line}: ";
        return failures.Count == 1 ? $"{place}{first.Message}" : $"{failures.Count} faults, first: {place}{first.Message}";
    }
}

/// <summary>One project on the ladder of its language. Rungs are asked for in order; a rung may use what a lower one made.</summary>
internal interface ILane
{
    /// <summary>Versions of its tools.</summary>
    IReadOnlyDictionary<string, string> Toolchain { get; }

    /// <summary>Size of the project's own suite.</summary>
    SuiteSize UnitSuite { get; }

    /// <summary>Number of held-out tests.</summary>
    int HeldOutTests { get; }

    /// <summary>Of the last climb of rung 6: how many held-out tests passed.</summary>
    int? HeldOutPassed { get; set; }

    /// <summary>Of the last climb of rung 7.</summary>
    MutationScore? Mutants { get; set; }

    /// <summary>Climbs one rung, 1 to 8.</summary>
    Task<RungFinding> ClimbAsync(int rung, CancellationToken cancellationToken);
}
