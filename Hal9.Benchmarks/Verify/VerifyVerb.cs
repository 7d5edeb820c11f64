using System.Diagnostics;
using System.Globalization;
using Hal9.Benchmarks.Harness;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Codegen.Verification.CSharp;
using Hal9.Engine.Codegen.Verification.Toolchains;
using Hal9.Engine.Sandbox;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hal9.Benchmarks.Verify;

/// <summary>Is "verified" true? Correct programs, stubs, mutants and frauds of a set of exercises on the ladder's rungs 0 to 6, without the whole build of rung 5.</summary>
internal sealed class VerifyVerb : IDisposable
{
    // Their stubs are working programs to be made better: accepting them is right.
    private static readonly string[] Refactorings = ["ledger", "markdown", "tree-building"];

    private readonly VerifyOptions options;
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("hal9-verify-data");
    private readonly SandboxService sandbox;
    private readonly RunnerProgram runner;
    private readonly PackageShelf shelf;
    private readonly List<Outcome> outcomes = [];

    private VerifyVerb(VerifyOptions options)
    {
        this.options = options;
        sandbox = new(Options.Create(new SandboxOptions { Minimum = SandboxLevel.Reduced }), data.FullName, TimeProvider.System, NullLogger<SandboxService>.Instance);
        runner = RunnerProgram.Find() ?? throw new InvalidOperationException("The runner is not beside the benchmarks.");
        shelf = new(options.Packages ?? Path.Combine(runner.Folder, "packages"));
    }

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        VerifyOptions options;
        try
        {
            options = VerifyOptions.Read(arguments);
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return 2;
        }
        if (!File.Exists(options.Set))
        {
            Console.WriteLine($"{options.Set} is not there: nothing is measured.");
            return 0;
        }
        using var verb = new VerifyVerb(options);
        return await verb.MeasureAsync(cancellationToken);
    }

    public void Dispose()
    {
        sandbox.Dispose();
        data.Delete(recursive: true);
    }

    private async Task<int> MeasureAsync(CancellationToken cancellationToken)
    {
        var (exercises, malformed) = ExerciseSet.Read(options.Set);
        foreach (var line in malformed)
        {
            Console.WriteLine($"malformed: {line}");
        }
        var state = await sandbox.ProbeAsync(cancellationToken);
        Console.WriteLine($"{exercises.Count} exercises, sandbox level {state.Level}. {state.Reason}");
        var chosen = exercises.Select((exercise, index) => (exercise, index)).Skip(options.From).Take(options.Take).ToList();
        await Parallel.ForEachAsync(chosen, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellationToken }, async (one, token) =>
        {
            try
            {
                await MeasureAsync(one.exercise, one.index, exercises[(one.index + (exercises.Count / 2)) % exercises.Count], token);
            }
            catch (Exception broken) when (broken is not OperationCanceledException)
            {
                // A set that nobody here has seen: whatever is odd about one exercise must not cost the others.
                Count(one.exercise.Slug, "example", RungOutcome.Inconclusive, 0, 0, $"{broken.GetType().Name}: {broken.Message}");
            }
        });
        var earlier = options is { Merge: true, Json: { } file } ? ResultFile.Read(file)?.Items ?? [] : [];
        var result = ResultFile.Of(Path.GetFileName(options.Set), malformed, [.. ResultFile.Merge(earlier, outcomes).OrderBy(item => item.Slug, StringComparer.Ordinal).ThenBy(item => item.Kind, StringComparer.Ordinal)]);
        if (options.Json is { } path)
        {
            result.Write(path);
        }
        return VerifyScore.Show(result, options, Refactorings);
    }

    private async Task MeasureAsync(Exercise exercise, int index, Exercise other, CancellationToken cancellationToken)
    {
        if (options.Examples)
        {
            for (var round = 0; round < options.Repeats; round++)
            {
                await VerifyAsync(exercise, "example", exercise.Example, cancellationToken);
            }
            await VerifyAsync(exercise, "stub", exercise.Stub, cancellationToken);
        }
        if (options.Negatives)
        {
            foreach (var (kind, sources) in Negatives.Of(exercise, index, other))
            {
                await VerifyAsync(exercise, "negative:" + kind, sources, cancellationToken);
            }
        }
        if (options.Mutants != 0)
        {
            await MutateAsync(exercise, cancellationToken);
        }
        Console.WriteLine($"{DateTime.Now:HH:mm:ss} {exercise.Slug}");
    }

    private async Task VerifyAsync(Exercise exercise, string kind, IReadOnlyDictionary<string, string> sources, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        // A verifier each, so that nothing is remembered.
        // What is known to take all it can get may have less of it, or the measurement would be one of waiting.
        var limits = kind.StartsWith("negative:abuse", StringComparison.Ordinal) ? SuiteRunner.Limits with { Time = TimeSpan.FromSeconds(2), CpuSeconds = 2, MemoryBytes = 192L << 20 } : SuiteRunner.Limits;
        var report = await new Verifier(sandbox, shelf) { BuildsWhole = false, Limits = limits }.VerifyAsync(exercise.Input(sources), VerificationDepth.HeldOut, cancellationToken);
        var looked = report.Rungs.Take(7).ToList();
        var outcome = looked.Exists(rung => rung.Outcome == RungOutcome.Red) ? RungOutcome.Red
            : looked.Exists(rung => rung.Outcome == RungOutcome.Inconclusive) ? RungOutcome.Inconclusive
            : looked[5].Outcome == RungOutcome.Green ? RungOutcome.Green : RungOutcome.Inconclusive;
        var expected = kind == "example" ? RungOutcome.Green : RungOutcome.Red;
        Count(exercise.Slug, kind, outcome, clock.ElapsedMilliseconds, (long)looked.Take(6).Sum(rung => rung.Duration.TotalMilliseconds), outcome == expected ? null : report.Reason, looked.Find(rung => rung.Outcome == RungOutcome.Red)?.Name);
    }

    private async Task MutateAsync(Exercise exercise, CancellationToken cancellationToken)
    {
        var lane = new CSharpLane(exercise.Input(exercise.Example), sandbox, runner, shelf, fullBuild: false, SuiteRunner.Limits);
        for (var rung = 1; rung <= 6; rung++)
        {
            if (rung is not 3 and not 4 && (await lane.ClimbAsync(rung, cancellationToken)) is { Outcome: RungOutcome.Red or RungOutcome.Inconclusive } stuck)
            {
                Count(exercise.Slug, "mutant:none", RungOutcome.Inconclusive, 0, 0, $"The example itself: {stuck.Reason}");
                return;
            }
        }
        var mutants = lane.Mutate(options.Mutants < 0 ? int.MaxValue : options.Mutants, cancellationToken);
        foreach (var piece in mutants.Where(mutant => mutant.Image is not null).Chunk(100))
        {
            var clock = Stopwatch.StartNew();
            var noticed = await lane.NoticedAsync([.. piece.Select(mutant => mutant.Image!)], cancellationToken);
            for (var n = 0; n < piece.Length; n++)
            {
                var mutant = piece[n].Mutant;
                Count(exercise.Slug, "mutant:" + mutant.Operator, noticed[n] ? RungOutcome.Red : RungOutcome.Green, clock.ElapsedMilliseconds / piece.Length, 0,
                    noticed[n] ? null : string.Create(CultureInfo.InvariantCulture, $"line {mutant.Line}: {mutant.Change}"));
            }
        }
        foreach (var mutant in mutants.Where(mutant => mutant.Image is null))
        {
            lock (outcomes)
            {
                Of(exercise.Slug, "mutant:" + mutant.Mutant.Operator).Uncompilable++;
            }
        }
    }

    private void Count(string slug, string kind, RungOutcome outcome, long milliseconds, long lane, string? reason, string? rung = null)
    {
        lock (outcomes)
        {
            var item = Of(slug, kind);
            item.Accepted += outcome == RungOutcome.Green ? 1 : 0;
            item.Rejected += outcome == RungOutcome.Red ? 1 : 0;
            item.Inconclusive += outcome == RungOutcome.Inconclusive ? 1 : 0;
            item.Milliseconds += milliseconds;
            if (kind == "example" && lane > 0)
            {
                item.LaneMilliseconds.Add(lane);
            }
            if (rung is not null)
            {
                item.RejectedAt[rung] = item.RejectedAt.GetValueOrDefault(rung) + 1;
            }
            if (reason is not null)
            {
                item.Reasons.Add(reason.Length > 300 ? reason[..300] : reason);
            }
        }
    }

    private Outcome Of(string slug, string kind)
    {
        var item = outcomes.Find(one => one.Slug == slug && one.Kind == kind);
        if (item is null)
        {
            outcomes.Add(item = new(slug, kind));
        }
        return item;
    }
}
