using Hal9.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Engine.Budgets;

/// <summary>The small form; <c>simulate --seeds 10000</c> of the benchmarks is the full one.</summary>
public sealed class LedgerSimulationTests(SqliteTemplate template) : IClassFixture<SqliteTemplate>
{
    [Fact]
    public async Task Ledger_OfTwoHundredSeeds_KeepsItsRulesAtEachStep()
    {
        using var folder = new TempFolder();
        var file = template.CopyTo(folder.Path);
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        LedgerLab[] labs = [Reopen(), Reopen()];
        var happened = new HashSet<string>();

        for (var seed = 1; seed <= 200; seed++)
        {
            var (trace, fault) = await LedgerSimulation.RunAsync(seed, time, labs, Reopen);
            Assert.True(fault is null, $"seed {seed}: {fault}\n{string.Join('\n', trace)}");
            happened.UnionWith(trace.Select(line => line.Split(' ')[0] + line.Split(':')[^1]));
        }
        var (once, _) = await LedgerSimulation.RunAsync(17, time, labs, Reopen);
        var (again, _) = await LedgerSimulation.RunAsync(17, time, labs, Reopen);

        Assert.Equal(once, again);
        // It is only worth something if all of it happens.
        Assert.Superset(new HashSet<string> { "reserve granted", "reserve refused", "reserve blocked", "reserve undone" }, happened);
        foreach (var lab in labs)
        {
            await lab.DisposeAsync();
        }

        LedgerLab Reopen() => new(Hal9.Engine.Storage.Database.Sqlite(file), folder.Path, time);
    }
}
