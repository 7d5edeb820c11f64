using System.Diagnostics;
using Hal9.Benchmarks.Harness;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Hal9.Benchmarks.Ledger;

/// <summary>
/// <c>ledger</c> (P7): pairs of reserve and settle a second by 64 callers, hash chain, balances, roll-ups and anchors on, against the least that one commit
/// per entry can be; and whether a budget that is asked for more than it has is ever overspent.
/// </summary>
internal static class LedgerVerb
{
    private const string Pairs = "pairs a second";
    private const string Group = "BudgetLedger, 64 callers";
    private const string Alone = "BudgetLedger, 1 caller";
    private const string OneByOne = "one commit per entry";
    private const int Callers = 64;

    public static async Task<int> RunAsync(VerbOptions options, CancellationToken cancellationToken)
    {
        using var folder = new TempFolder();
        var database = Database.Sqlite(folder.Of("ledger.db"));
        await LedgerLab.MigrateAsync(database, cancellationToken);
        var figures = new Figures();
        var card = new Scorecard(options);
        long overspent;
        await using (var lab = new LedgerLab(database, folder.Path, TimeProvider.System))
        {
            var actor = await lab.MakeTenantAsync();
            foreach (var period in new[] { BudgetPeriod.Hour, BudgetPeriod.Month, BudgetPeriod.Total })
            {
                await lab.LimitAsync(actor, 1_000_000 * Usd.NanoPerUsd, period);
            }
            var time = TimeSpan.FromSeconds(options.Quick || options.Guard ? 0.7 : 2);
            using var plain = new PlainLedger(folder.Of("plain.db"));
            await BurstAsync(lab, actor, Callers, time);
            await plain.RunAsync(TimeSpan.FromSeconds(0.3));
            await Rounds.RunAsync(options.RoundsOr(7, 5), [Group, OneByOne, Alone], async side =>
            {
                var bytes = GC.GetTotalAllocatedBytes(true);
                var cpu = Process.GetCurrentProcess().TotalProcessorTime;
                var begun = Stopwatch.GetTimestamp();
                var pairs = side switch
                {
                    Group => await BurstAsync(lab, actor, Callers, time),
                    Alone => await BurstAsync(lab, actor, 1, time),
                    _ => await plain.RunAsync(time),
                };
                figures.Of(side, Pairs).Add(pairs / Stopwatch.GetElapsedTime(begun).TotalSeconds);
                figures.Of(side, "CPU a pair").Add((Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / pairs);
                figures.Of(side, "bytes allocated a pair").Add((double)(GC.GetTotalAllocatedBytes(true) - bytes) / pairs);
            });
            overspent = await OverspendAsync(lab);
            var (verdict, entries) = await VerifyAsync(lab, actor, cancellationToken);
            card.Remark($"After it the chain of {entries:#,##0} entries is {verdict}. A second budget, asked by 64 callers for twice what it has, was overspent by {overspent} nano-USD.");
            if (verdict != LedgerVerdict.Intact)
            {
                throw new InvalidOperationException($"The ledger is {verdict} after the measurement.");
            }
        }
        SqliteConnection.ClearAllPools();

        var pairsASecond = figures.Median(Group, Pairs);
        card.Judge(new Judged("P7", "pairs a second, 64 callers, times one commit per entry", pairsASecond / figures.Median(OneByOne, Pairs), "x", options.Guard ? 5 : 8, 15, true));
        if (!options.Guard)
        {
            card.Judge(new Judged("P7", "the same in pairs (no floor)", pairsASecond, "", 0, 20_000, true));
        }
        card.Judge(new Judged("P7", "overspent", overspent, " nano-USD", 0, 0, false));
        card.Show(figures, [Group, Alone, OneByOne], (Pairs, ""), ("CPU a pair", "us"), ("bytes allocated a pair", "B"));
        return card.Close();
    }

    private static async Task<long> BurstAsync(LedgerLab lab, Actor actor, int callers, TimeSpan time)
    {
        var begun = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var pairs = 0L;
            while (Stopwatch.GetElapsedTime(begun) < time)
            {
                var call = CallOf(actor);
                await lab.Ledger.ReserveAsync(new ReserveOrder(call, new Usd(2000), 1000, DateTimeOffset.MaxValue), static (_, _) => { }, CancellationToken.None);
                await lab.Ledger.SettleAsync(call, new Settlement(new Usd(1000), new TokenUsage(100, 10), "test/1", []), static _ => { }, CancellationToken.None);
                pairs++;
            }
            return pairs;
        })));
        return counts.Sum();
    }

    private static async Task<long> OverspendAsync(LedgerLab lab)
    {
        const long Limit = 1_000_000;
        const long Worst = 2000;
        var actor = await lab.MakeTenantAsync();
        await lab.LimitAsync(actor, Limit);
        long paid = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, (int)(2 * Limit / Worst)), new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (i, cancellationToken) =>
        {
            var call = CallOf(actor);
            try
            {
                await lab.Ledger.ReserveAsync(new ReserveOrder(call, new Usd(Worst), 100, DateTimeOffset.UtcNow.AddMinutes(1)), static (_, _) => { }, cancellationToken);
            }
            catch (BudgetRefused)
            {
                return;
            }
            var cost = Worst - (i % 1000);
            await lab.Ledger.SettleAsync(call, new Settlement(new Usd(cost), new TokenUsage(50, 10), "test/1", []), static _ => { }, cancellationToken);
            Interlocked.Add(ref paid, cost);
        });
        return Math.Max(0, paid - Limit);
    }

    private static LedgerDimensions CallOf(Actor actor) => new(
        actor.TenantId, actor.UserId, null, Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), "generalist", Layer.L2, RunKind.Api, "openai", "gpt-4o-mini");

    private static async Task<(LedgerVerdict Verdict, long Entries)> VerifyAsync(LedgerLab lab, Actor actor, CancellationToken cancellationToken)
    {
        var report = await lab.Entries.VerifyAsync(actor, cancellationToken);
        return (report.Verdict, report.Entries);
    }
}
