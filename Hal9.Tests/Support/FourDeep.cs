using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Hal9.Engine;
using Hal9.Engine.Budgets;

namespace Hal9.Tests.Support;

/// <summary>What a crowd on budgets four deep left behind.</summary>
/// <param name="Paid">Calls that were paid and settled.</param>
/// <param name="Refused">Calls that were refused.</param>
/// <param name="Took">How long all of them took.</param>
/// <param name="Faults">Overspend and false refusals, in words.</param>
internal sealed record FourDeepReport(int Paid, int Refused, TimeSpan Took, IReadOnlyList<string> Faults);

/// <summary>
/// Many calls of random size at once, each on budgets of its tenant, its person, its key and its model that are tight in turn. No budget may hold more than its limit, and
/// who is refused must not have fitted: what was settled at that moment plus the call's own worst case is above the limit that the refusal names.
/// </summary>
internal static partial class FourDeep
{
    private const int Callers = 64;
    private const long Most = 2_000;

    public static async Task<FourDeepReport> RunAsync(LedgerLab lab, int calls, int seed, CancellationToken cancellationToken)
    {
        var actor = await lab.MakeTenantAsync();
        Guid[] users = [.. Enumerable.Range(0, 4).Select(_ => Guid.CreateVersion7())];
        Guid[] keys = [.. await Task.WhenAll(Enumerable.Range(0, 8).Select(i => lab.MakeKeyAsync(actor, string.Create(CultureInfo.InvariantCulture, $"key {i}"))))];
        string[] models = ["a", "b", "c"];
        // A call costs about a quarter of its worst case on average, 500 nano-USD: each level has room for some nine of ten of its calls.
        var expected = calls * Most / 8;
        await lab.Budgets.PutAsync(actor, new PutBudget { ScopeKind = BudgetScopeKind.Tenant, Period = BudgetPeriod.Total, Limit = new Usd(expected) }, cancellationToken);
        foreach (var (kind, count) in new[] { (BudgetScopeKind.User, users.Length), (BudgetScopeKind.Key, keys.Length), (BudgetScopeKind.Model, models.Length) })
        {
            await lab.Budgets.PutAsync(actor, new PutBudget { ScopeKind = kind, ScopeId = Budget.Each, Period = BudgetPeriod.Total, Limit = new Usd(expected / count) }, cancellationToken);
        }
        var random = new Random(seed);
        var plan = Enumerable.Range(0, calls).Select(_ => (User: users[random.Next(4)], Key: keys[random.Next(8)], Model: models[random.Next(3)], Worst: random.NextInt64(1, Most), Share: random.NextDouble())).ToList();
        var refusals = new ConcurrentQueue<(Refusal Refusal, long Worst)>();
        var begun = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(plan, new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = cancellationToken }, async (wish, cancel) =>
        {
            var call = LedgerLab.Call(actor with { UserId = wish.User }, wish.Key, model: wish.Model);
            try
            {
                await lab.Ledger.ReserveAsync(new ReserveOrder(call, new Usd(wish.Worst), 1000, lab.Time.GetUtcNow().AddMinutes(5)), static (_, _) => { }, cancel);
            }
            catch (BudgetRefused e)
            {
                refusals.Enqueue((e.Refusal, wish.Worst));
                return;
            }
            var cost = (long)(wish.Worst * wish.Share);
            await lab.Ledger.SettleAsync(call, new Settlement(new Usd(cost), new TokenUsage(100, 10), "test/1", []), static _ => { }, cancel);
        });
        var took = Stopwatch.GetElapsedTime(begun);
        var faults = new List<string>();
        var rows = (await lab.RowsAsync(actor.TenantId)).Where(row => row.Kind == LedgerKind.Settle).ToList();
        Check("tenant", rows, expected);
        foreach (var (name, limit, groups) in new[]
        {
            ("user", expected / users.Length, rows.GroupBy(row => row.UserId.ToString())), ("key", expected / keys.Length, rows.GroupBy(row => row.KeyId.ToString())),
            ("model", expected / models.Length, rows.GroupBy(row => (string?)row.Model)),
        })
        {
            foreach (var group in groups)
            {
                Check($"{name} {group.Key}", group, limit);
            }
        }
        foreach (var (refusal, worst) in refusals)
        {
            var spent = SpentPart().Match(refusal.Reason) is { Success: true } match && Usd.TryParse(match.Groups[1].Value, out var usd) ? usd.Nano : 0;
            if (refusal.Reason.Contains("while calls on their way", StringComparison.Ordinal) || spent + worst <= refusal.Limit!.Value.Nano)
            {
                faults.Add($"refused falsely: {refusal.Reason}");
            }
        }
        if (await lab.OpenAsync(actor.TenantId) is > 0 and var open)
        {
            faults.Add($"{open} reservations are open");
        }
        return new FourDeepReport(rows.Count, refusals.Count, took, faults);

        void Check(string whose, IEnumerable<LedgerRow> settled, long limit)
        {
            if (settled.Sum(row => row.Amount.Nano) is var spent && spent > limit)
            {
                faults.Add($"the budget of {whose} is {limit}, and {spent} were spent");
            }
        }
    }

    [GeneratedRegex(@"; ([\d.]+) USD are spent")]
    private static partial Regex SpentPart();
}
