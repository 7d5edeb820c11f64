using System.Diagnostics;
using Hal9.Engine.Codegen.Verification.CSharp;
using Hal9.Engine.Codegen.Verification.Scripts;
using Hal9.Engine.Codegen.Verification.Toolchains;
using Hal9.Engine.Sandbox;

namespace Hal9.Engine.Codegen.Verification;

/// <summary>
/// Climbs the ladder of proofs and stops at the first rung that is not green. Compiles in this process, executes in the sandbox only. Results of rungs
/// are kept by content, so that an unchanged rung costs nothing in the next attempt. Safe for concurrent use.
/// </summary>
public sealed class Verifier
{
    private const double LeastKilled = 0.6;
    private static readonly string[] Names =
        ["text", "parse", "compile", "rules", "unit tests", "build and visible tests", "held-out tests", "mutants", "flake check"];

    private readonly ISandbox sandbox;
    private readonly PackageShelf shelf;
    private readonly RungCache cache = new();

    /// <summary>Makes a verifier.</summary>
    /// <param name="sandbox">Where code is executed.</param>
    public Verifier(ISandbox sandbox)
        : this(sandbox, new PackageShelf(Path.Combine(AppContext.BaseDirectory, "runner", "packages")))
    {
    }

    internal Verifier(ISandbox sandbox, PackageShelf shelf) => (this.sandbox, this.shelf) = (sandbox, shelf);

    /// <summary>Whether rung 5 builds with the whole tool chain. Only measurements of the rungs around it go without.</summary>
    internal bool BuildsWhole { get; init; } = true;

    /// <summary>Limits of one run of a suite; three times that in the one retry.</summary>
    internal SandboxLimits Limits { get; init; } = SuiteRunner.Limits;

    /// <summary>Verifies a project.</summary>
    /// <param name="input">The project, its tests and their seal.</param>
    /// <param name="depth">The last rung to look at.</param>
    /// <param name="cancellationToken">Ends what is being executed.</param>
    /// <returns>What was found. What is wrong with the project is in the report and never thrown.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<VerificationReport> VerifyAsync(VerificationInput input, VerificationDepth depth, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        var rungs = new List<RungResult>();
        var clock = Stopwatch.StartNew();
        var text = TextRung.Check(input);
        rungs.Add(Result(0, RungFinding.Of("text", text), clock.Elapsed));
        var lane = LaneOf(input, out var whyNot);
        for (var rung = 1; rung <= 8; rung++)
        {
            var blocking = rungs.FirstOrDefault(one => one.Outcome is RungOutcome.Red or RungOutcome.Inconclusive && one.Rung != 7);
            clock.Restart();
            rungs.Add(
                rung > (int)depth ? Result(rung, RungFinding.Skipped("It was not asked for."), TimeSpan.Zero)
                : blocking is not null ? Result(rung, RungFinding.Skipped($"Rung {blocking.Rung} ({blocking.Name}) is {(blocking.Outcome == RungOutcome.Red ? "red" : "inconclusive")}."), TimeSpan.Zero)
                : lane is null ? Result(rung, RungFinding.Unknown("", whyNot!), TimeSpan.Zero)
                : await ClimbAsync(lane, input, rung, clock, cancellationToken));
        }
        var (verdict, reason) = Judge(rungs, lane?.Mutants, depth);
        return new(
            rungs, lane?.Mutants, lane?.HeldOutPassed, lane?.HeldOutTests ?? 0, lane?.UnitSuite ?? new SuiteSize(0, 0, 0), sandbox.Level,
            lane?.Toolchain ?? new Dictionary<string, string>(), verdict, reason);
    }

    private async Task<RungResult> ClimbAsync(ILane lane, VerificationInput input, int rung, Stopwatch clock, CancellationToken cancellationToken)
    {
        if ((rung >= 4 || input.Language != Language.CSharp) && await sandbox.ReadyAsync(cancellationToken) is var level && level < input.LeastLevel)
        {
            return Result(rung, RungFinding.Unknown("", $"The sandbox's level is {level}, and {input.LeastLevel} is demanded: nothing is executed."), clock.Elapsed);
        }
        var key = RungCache.KeyOf(rung, input, BuildsWhole);
        // What is below runs in this process, and makes what the others run.
        if (rung >= 4 && cache.Find(key) is { } known)
        {
            (lane.HeldOutPassed, lane.Mutants) = (known.HeldOutPassed ?? lane.HeldOutPassed, known.Mutants ?? lane.Mutants);
            return known.Result with { Cached = true };
        }
        var finding = await lane.ClimbAsync(rung, cancellationToken);
        var result = Result(rung, finding, clock.Elapsed);
        if (finding.Outcome is RungOutcome.Green or RungOutcome.Red)
        {
            cache.Keep(key, result, rung == 6 ? lane.HeldOutPassed : null, rung == 7 ? lane.Mutants : null);
        }
        return result;
    }

    private ILane? LaneOf(VerificationInput input, out string? whyNot)
    {
        if (input.Language == Language.CSharp)
        {
            var runner = RunnerProgram.Find();
            whyNot = runner is null ? "The runner or the .NET host was not found beside the product." : null;
            return runner is null ? null : new CSharpLane(input, sandbox, runner, shelf, BuildsWhole, Limits);
        }
        (var tool, whyNot) = ScriptTool.For(input.Language);
        return tool is null ? null : new ScriptLane(input, sandbox, tool, Limits);
    }

    private static RungResult Result(int rung, RungFinding found, TimeSpan duration) => new(
        rung, Names[rung], found.Outcome, found.Reason, found.Command, found.ExitCode, duration, found.Log, found.Failures ?? [], found.PassedTests ?? []);

    private (Verdict Verdict, string? Reason) Judge(List<RungResult> rungs, MutationScore? mutants, VerificationDepth depth)
    {
        bool Good(int rung) => rungs[rung].Outcome == RungOutcome.Green || (rung == 4 && rungs[rung].Outcome == RungOutcome.Skipped && depth >= VerificationDepth.UnitTests);
        string Why(RungResult rung) => $"Rung {rung.Rung} ({rung.Name}): {rung.Reason}";

        if (rungs.FirstOrDefault(rung => rung.Outcome == RungOutcome.Red && rung.Rung != 7) is { } red)
        {
            return (Verdict.Draft, Why(red));
        }
        if (rungs.FirstOrDefault(rung => rung.Outcome == RungOutcome.Inconclusive) is { } unknown)
        {
            return (Verdict.Inconclusive, Why(unknown));
        }
        if (depth < VerificationDepth.Visible || !Enumerable.Range(0, 6).All(Good))
        {
            return (Verdict.Draft, rungs.Take(6).FirstOrDefault(rung => !Good(rung.Rung)) is { } low ? Why(low) : $"It was looked at up to rung {(int)depth} only.");
        }
        if (!BuildsWhole)
        {
            return (Verdict.Draft, "It was not built with the whole tool chain.");
        }
        if (rungs.Skip(6).FirstOrDefault(rung => rung.Rung != 7 && !Good(rung.Rung)) is { } high)
        {
            return (Verdict.LightlyTested, Why(high));
        }
        return mutants?.Ratio is { } ratio && ratio >= LeastKilled ? (Verdict.Verified, null) : (Verdict.LightlyTested, Why(rungs[7]));
    }
}
