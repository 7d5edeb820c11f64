using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;

namespace Hal9.Engine.Codegen.Verification.CSharp;

/// <summary>The rungs that doubt the tests: mutants and repetitions.</summary>
internal sealed partial class CSharpLane
{
    private const double LeastKilled = 0.6;
    private static readonly (string Culture, string TimeZone)[] Elsewhere = [("tr-TR", "Pacific/Chatham"), ("", "America/St_Johns"), ("de-DE", "Asia/Kolkata")];

    private void CompileAll(CancellationToken cancellationToken)
    {
        // Rung 6 may have been recalled, and then its tests were not compiled.
        _ = CompileSuite(SuiteNames.HeldOut, app!, cancellationToken);
    }

    private SuiteOrder All => new([.. images.Keys.Order(StringComparer.Ordinal)], [.. images.OrderBy(image => image.Key, StringComparer.Ordinal).Select(image => image.Value)], [[app!]]) { Folders = packages };

    /// <summary>The mutants of the compiled program, with the image of each; null where it does not compile.</summary>
    public IReadOnlyList<(Mutant Mutant, CompiledImage? Image)> Mutate(int most, CancellationToken cancellationToken) =>
    [
        .. Mutator.Choose(Mutator.Of(program!), most).AsParallel().AsOrdered().WithCancellation(cancellationToken).WithDegreeOfParallelism(2)
            .Select(mutant => (mutant, CSharpCompiler.Emit((CSharpCompilation)program!.ReplaceSyntaxTree(mutant.Original, mutant.Tree), cancellationToken).Image)),
    ];

    /// <summary>Runs mutants under all suites.</summary>
    /// <returns>For each, whether the tests noticed.</returns>
    public async Task<IReadOnlyList<bool>> NoticedAsync(IReadOnlyList<CompiledImage> mutants, CancellationToken cancellationToken)
    {
        // Five times what the program itself needs, at least 2 s: a mutant that hangs is noticed, and must not cost a hundred that do not.
        var milliseconds = Math.Max(2_000, (int)(LastRun.TotalMilliseconds * 5));
        var order = All with { Runs = [.. mutants.Select(mutant => (IReadOnlyList<CompiledImage>)[mutant])], StopOnFail = true, RunMilliseconds = milliseconds };
        var reports = await suites.RunManyAsync(order, limits, web, cancellationToken);
        return [.. reports.Select(report => !report.Passed)];
    }

    private async Task<RungFinding> MutateAsync(CancellationToken cancellationToken)
    {
        CompileAll(cancellationToken);
        if (images.Count == 0 || input.Kind == ProjectKind.BlazorPage)
        {
            return RungFinding.Skipped(images.Count == 0 ? "There are no tests to doubt." : "Pages have no mutants: the SDK, not this ladder, makes C# of them.");
        }
        var mutants = Mutate(MostMutants, cancellationToken);
        var compiled = mutants.Where(one => one.Image is not null).ToList();
        var noticed = compiled.Count == 0 ? [] : await NoticedAsync([.. compiled.Select(one => one.Image!)], cancellationToken);
        var killed = noticed.Count(one => one);
        Mutants = new(killed, noticed.Count - killed, mutants.Count - compiled.Count);
        var command = string.Create(CultureInfo.InvariantCulture, $"{compiled.Count} mutants, all tests");
        var log = string.Join('\n', compiled.Select((one, index) => $"{(noticed[index] ? "killed  " : "survived")} {one.Mutant.Operator} {one.Mutant.Original.FilePath}:{one.Mutant.Line} {one.Mutant.Change}"));
        if (Mutants.Ratio is not { } ratio)
        {
            return RungFinding.Skipped("The program has nothing that could be changed.");
        }
        return ratio >= LeastKilled
            ? RungFinding.Green(command, log)
            : RungFinding.Of(command, [new(7, "mutants", string.Create(CultureInfo.InvariantCulture, $"The tests notice {killed} of {noticed.Count} small changes of the program; {LeastKilled:P0} are wanted."))], log);
    }

    private async Task<RungFinding> RepeatAsync(CancellationToken cancellationToken)
    {
        CompileAll(cancellationToken);
        if (images.Count == 0)
        {
            return RungFinding.Skipped("There are no tests to repeat.");
        }
        IReadOnlyList<WrittenTest> expected = [.. images.Keys.SelectMany(Declared)];
        var hidden = Declared(SuiteNames.HeldOut).Select(test => test.Name).ToHashSet(StringComparer.Ordinal);
        var log = new List<string>();
        for (var round = 0; round < Elsewhere.Length; round++)
        {
            var (culture, zone) = Elsewhere[round];
            var found = await JudgeAsync(8, All with { Seed = 1_000 + round, Culture = culture }, expected, zone, cancellationToken);
            log.Add($"order {1_000 + round}, culture {(culture.Length == 0 ? "invariant" : culture)}, time zone {zone}: {found.Outcome}");
            if (found.Outcome != RungOutcome.Green)
            {
                var failures = (found.Failures ?? []).Select(failure => hidden.Any(name => failure.Id.StartsWith(name, StringComparison.Ordinal))
                    ? new RungFailure(8, "held-out", $"A held-out test of {failure.Criterion ?? "an unnamed criterion"} fails in another order, culture or time zone.", null, null, failure.Criterion)
                    : failure with { Message = $"In another order, culture ({culture}) or time zone ({zone}): {failure.Message}" }).Distinct().ToList();
                return found with { Failures = failures, PassedTests = [], Log = string.Join('\n', log), Reason = failures.Count > 0 ? RungFinding.Sentence(failures) : found.Reason };
            }
        }
        return RungFinding.Green("all tests three times, in other orders, cultures and time zones", string.Join('\n', log));
    }
}
