using System.Diagnostics;
using System.Globalization;
using Hal9.Engine.Storage;
using Hal9.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Benchmarks.Ledger;

/// <summary><c>simulate --seeds N --seed S</c>: the ledger lives through N seeds from S on; a seed that fails is told with all that happened, and replays identically with <c>--seeds 1 --seed X</c>.</summary>
internal static class SimulateVerb
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var (seeds, first) = Numbers.Read(arguments, "--seeds", 10_000);
        using var folder = new TempFolder();
        var file = folder.Of("simulation.db");
        await LedgerLab.MigrateAsync(Database.Sqlite(file), cancellationToken);
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        LedgerLab[] labs = [Reopen(), Reopen()];
        var (watch, steps, lived, failed) = (Stopwatch.StartNew(), 0L, 0, 0);
        for (var seed = first; seed < first + seeds && !cancellationToken.IsCancellationRequested; seed++)
        {
            var (trace, fault) = await LedgerSimulation.RunAsync(seed, time, labs, Reopen);
            steps += trace.Count;
            lived++;
            if (fault is not null)
            {
                failed++;
                Console.WriteLine($"seed {seed}: {fault}");
                Console.WriteLine(string.Join('\n', trace.Select(line => "  " + line)));
            }
        }
        foreach (var lab in labs)
        {
            await lab.DisposeAsync();
        }
        Console.WriteLine("| seeds | from | steps | failed | seconds |");
        Console.WriteLine("|---|---|---|---|---|");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {lived} | {first} | {steps} | {failed} | {watch.Elapsed.TotalSeconds:0} |"));
        return failed == 0 && lived == seeds ? 0 : 1;

        LedgerLab Reopen() => new(Database.Sqlite(file), folder.Path, time);
    }
}
