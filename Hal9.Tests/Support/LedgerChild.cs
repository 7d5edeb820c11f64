using System.Globalization;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Storage;

namespace Hal9.Tests.Support;

/// <summary>
/// One of several processes that write to one ledger: says <c>ready</c>, begins when it is told, makes its calls by eight workers, and says how
/// many were paid and refused. Started as <c>hal9-benchmarks ledger-child</c>.
/// </summary>
internal static class LedgerChild
{
    public static async Task<int> RunAsync(string[] args)
    {
        var database = Enum.Parse<DataProvider>(args[0]) == DataProvider.Sqlite ? Database.Sqlite(args[1]) : new Database(DataProvider.PostgreSql, args[1]);
        var (folder, tenantId) = (args[2], Guid.Parse(args[3]));
        var (calls, worst, seed) = (int.Parse(args[4], CultureInfo.InvariantCulture), long.Parse(args[5], CultureInfo.InvariantCulture), int.Parse(args[6], CultureInfo.InvariantCulture));
        await using var lab = new LedgerLab(database, folder, TimeProvider.System);
        await Console.Out.WriteLineAsync("ready");
        await Console.In.ReadLineAsync();
        var random = new Random(seed);
        var costs = Enumerable.Range(0, calls).Select(_ => random.NextInt64(worst / 10, worst + 1)).ToArray();
        var (paid, refused) = (0, 0);
        await Parallel.ForEachAsync(costs, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (cost, cancellationToken) =>
        {
            var call = new LedgerDimensions(tenantId, null, null, Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), "writer", Layer.L2, RunKind.Api, "openai", "gpt-4o-mini");
            try
            {
                var order = new ReserveOrder(call, new Usd(worst), 100, DateTimeOffset.UtcNow.AddMinutes(5));
                await lab.Ledger.ReserveAsync(order, static (_, _) => { }, cancellationToken);
            }
            catch (BudgetRefused)
            {
                Interlocked.Increment(ref refused);
                return;
            }
            await lab.Ledger.SettleAsync(call, new Settlement(new Usd(cost), new TokenUsage(50, 10), "test/1", []), static _ => { }, cancellationToken);
            Interlocked.Increment(ref paid);
        });
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{paid} {refused}"));
        return 0;
    }
}
