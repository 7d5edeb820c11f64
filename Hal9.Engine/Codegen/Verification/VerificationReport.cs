using Hal9.Engine.Sandbox;

namespace Hal9.Engine.Codegen.Verification;

/// <summary>The word that the runner, and nobody else, gives.</summary>
public enum Verdict
{
    /// <summary>Rungs 0 to 6 and 8 are green and at least 60 % of the mutants were killed, at the level that the tenant demands.</summary>
    Verified,

    /// <summary>"Builds, lightly tested": rungs 0 to 5 are green, and nothing above is red but the mutants.</summary>
    LightlyTested,

    /// <summary>A rung other than 7 is red, or it was not looked at as far as rung 5.</summary>
    Draft,

    /// <summary>Nothing is red, and something could not be looked at.</summary>
    Inconclusive,
}

/// <summary>How many mutants of the program its tests noticed.</summary>
/// <param name="Killed">Noticed: a test failed, crashed or did not end.</param>
/// <param name="Survived">Not noticed.</param>
/// <param name="Uncompilable">Made, and not compilable: counted in neither.</param>
public sealed record MutationScore(int Killed, int Survived, int Uncompilable)
{
    /// <summary>Killed of those that compile, 0 to 1; null when there were none.</summary>
    public double? Ratio => Killed + Survived == 0 ? null : (double)Killed / (Killed + Survived);
}

/// <summary>Size of a suite, so that a later attempt cannot quietly have less of it.</summary>
/// <param name="Tests">Test methods of the unit tests.</param>
/// <param name="Assertions">Assertions in them.</param>
/// <param name="Skipped">Those that are switched off.</param>
public sealed record SuiteSize(int Tests, int Assertions, int Skipped);

/// <summary>What a verification found.</summary>
/// <param name="Rungs">Rungs 0 to 8 in order, those not looked at as skipped.</param>
/// <param name="Mutants">Mutation score; null when rung 7 was not reached.</param>
/// <param name="HeldOutPassed">Held-out tests that passed; null when rung 6 was not reached.</param>
/// <param name="HeldOutTotal">Held-out tests.</param>
/// <param name="UnitSuite">Size of the program's own suite.</param>
/// <param name="SandboxLevel">The level at which it was executed.</param>
/// <param name="Toolchain">Versions of the tools, by name.</param>
/// <param name="Verdict">The word.</param>
/// <param name="Reason">Why it is no better word; null when verified.</param>
public sealed record VerificationReport(
    IReadOnlyList<RungResult> Rungs, MutationScore? Mutants, int? HeldOutPassed, int HeldOutTotal, SuiteSize UnitSuite, SandboxLevel SandboxLevel,
    IReadOnlyDictionary<string, string> Toolchain, Verdict Verdict, string? Reason)
{
    /// <summary>All that is wrong, in order of the rungs.</summary>
    public IReadOnlyList<RungFailure> Failures => [.. Rungs.SelectMany(rung => rung.Failures)];

    /// <summary>The state of an attempt: the signatures of all that is wrong.</summary>
    public IReadOnlySet<string> FailingSignatures => Failures.Select(failure => failure.Signature).ToHashSet(StringComparer.Ordinal);

    /// <summary>The highest rung below which, itself included, nothing is red or inconclusive; -1 when rung 0 is.</summary>
    public int HighestGreen => Rungs.TakeWhile(rung => rung.Outcome is RungOutcome.Green or RungOutcome.Skipped).LastOrDefault(rung => rung.Outcome == RungOutcome.Green)?.Rung ?? -1;
}
