using System.Text.Json;
using Hal9.Engine.Audit;
using Hal9.Engine.Events;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;

namespace Hal9.Engine.Budgets;

/// <summary>What re-pricing does to one model.</summary>
/// <param name="Model"><c>provider/model</c>.</param>
/// <param name="Calls">Calls whose amount changes.</param>
/// <param name="Was">What they cost by now.</param>
/// <param name="Becomes">What they cost at the prices in force.</param>
public sealed record RepricedModel(string Model, long Calls, Usd Was, Usd Becomes);

/// <summary>What re-pricing a time does, or did.</summary>
/// <param name="Looked">Calls looked at.</param>
/// <param name="Skipped">Calls whose tokens were estimated or assumed: they are left as they are.</param>
/// <param name="Unpriced">Calls whose model has no price now: they are left as they are.</param>
/// <param name="Models">What changes, by model.</param>
/// <param name="Difference">What is added in all; negative: taken off.</param>
/// <param name="Applied">It was done, not only looked at.</param>
public sealed record Repricing(long Looked, long Skipped, long Unpriced, IReadOnlyList<RepricedModel> Models, Usd Difference, bool Applied);

/// <summary>
/// Prices what was booked in a time anew, at the prices in force for each call's own date. Nothing booked is changed: the difference of each call is booked as an
/// <c>adjust</c> entry now, so it counts in the present day and period, and a second time finds nothing to do.
/// </summary>
public sealed class Repricer
{
    private const int AtOnce = 200;
    private const long MostCalls = 1_000_000;
    private readonly BudgetLedger ledger;
    private readonly PriceList prices;
    private readonly IModelNames models;

    internal Repricer(BudgetLedger ledger, PriceList prices, IModelNames models) => (this.ledger, this.prices, this.models) = (ledger, prices, models);

    /// <summary>Looks at the actor's tenant, and books the differences if told to.</summary>
    /// <param name="actor">Who asks; must administer the tenant.</param>
    /// <param name="from">From this time on (UTC).</param>
    /// <param name="to">Before this time (UTC); at most 400 days later.</param>
    /// <param name="reason">Why; kept with each entry and in the audit log. 1 to 400 characters when applied.</param>
    /// <param name="apply">Book it; else only look.</param>
    /// <param name="cancellationToken">Stops between two groups; what was booked stays, and asking again goes on.</param>
    /// <exception cref="AccessDenied">The actor may not set what the engine is made of.</exception>
    /// <exception cref="ArgumentException">Out of range; the message names the field.</exception>
    public async Task<Repricing> RunAsync(Actor actor, DateTimeOffset from, DateTimeOffset to, string? reason, bool apply, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.May(Permission.EditEngine))
        {
            throw new AccessDenied(Permission.EditEngine);
        }
        if (to <= from || to - from > TimeSpan.FromDays(400))
        {
            throw new ArgumentException("to: later than from, by at most 400 days.");
        }
        if (apply && reason is not { Length: > 0 and <= 400 })
        {
            throw new ArgumentException("reason: 1 to 400 characters are required.");
        }
        var sums = new Dictionary<string, (long Calls, long Was, long Becomes)>();
        var (after, looked, unpriced, told) = (0L, 0L, 0L, false);
        while (looked < MostCalls)
        {
            var page = await ledger.WithBookAsync(
                actor.TenantId,
                (batch, book, now) =>
                {
                    var calls = batch.Query(
                        PriceStatements.Booked, row => BookedCall.Read(row, actor.TenantId),
                        ("@tenant", actor.TenantId), ("@from", from.ToUnixTimeMilliseconds()), ("@to", to.ToUnixTimeMilliseconds()), ("@after", after), ("@most", AtOnce));
                    var changed = calls.Select(call => (Call: call, Price: PriceOf(call))).Where(call => call.Price is null || call.Price.CostOf(call.Call.Usage) != call.Call.Amount).ToList();
                    if (apply && changed.Exists(call => call.Price is not null))
                    {
                        if (!told)
                        {
                            // Before the first difference, and with it: nothing is adjusted without somebody answering for it.
                            AuditLog.Write(batch, actor, now, "ledger.repriced", "ledger", new { from, to, reason });
                            told = true;
                        }
                        foreach (var (call, price) in changed.Where(call => call.Price is not null))
                        {
                            ledger.Adjust(batch, call.Dimensions, price!.CostOf(call.Usage) - call.Amount, price.Version, reason!);
                        }
                    }
                    return (Calls: calls, Changed: changed);
                },
                cancellationToken).ConfigureAwait(false);
            foreach (var (call, price) in page.Changed)
            {
                if (price is null)
                {
                    unpriced++;
                    continue;
                }
                var sum = sums.GetValueOrDefault(call.Model);
                sums[call.Model] = (sum.Calls + 1, checked(sum.Was + call.Amount.Nano), checked(sum.Becomes + price.CostOf(call.Usage).Nano));
            }
            looked += page.Calls.Count;
            if (page.Calls.Count < AtOnce)
            {
                break;
            }
            after = page.Calls[^1].Seq;
        }
        var skipped = await ledger.WithBookAsync(
            actor.TenantId,
            (batch, _, _) => batch.Number(PriceStatements.Skipped, ("@tenant", actor.TenantId), ("@from", from.ToUnixTimeMilliseconds()), ("@to", to.ToUnixTimeMilliseconds())) ?? 0,
            cancellationToken).ConfigureAwait(false);
        var lines = sums.Select(sum => new RepricedModel(sum.Key, sum.Value.Calls, new Usd(sum.Value.Was), new Usd(sum.Value.Becomes)))
            .OrderByDescending(line => Math.Abs(line.Becomes.Nano - line.Was.Nano)).ToList();
        return new Repricing(looked, skipped, unpriced, lines, new Usd(lines.Sum(line => line.Becomes.Nano - line.Was.Nano)), apply);
    }

    private ModelPrice? PriceOf(BookedCall call)
    {
        // A provider that is configured no more is priced by the lists all the same, as one that speaks OpenAI's words.
        var (kind, address) = models.ProviderOf(call.Dimensions.Provider) ?? ("OpenAI", null);
        return prices.Find(call.Dimensions.Provider, call.Dimensions.Model, kind, call.At, call.Usage.Input, address);
    }

    private sealed record BookedCall(long Seq, DateTimeOffset At, LedgerDimensions Dimensions, TokenUsage Usage, Usd Amount)
    {
        public string Model => $"{Dimensions.Provider}/{Dimensions.Model}";

        public static BookedCall Read(SqlRow row, Guid tenantId)
        {
            var (write, hour) = (row.GetInt64(14), row.IsDBNull(18) ? 0 : HourOf(row.GetString(18)));
            return new BookedCall(
                row.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)),
                new LedgerDimensions(
                    tenantId, row.IsDBNull(3) ? null : row.GetGuid(3), row.IsDBNull(4) ? null : row.GetGuid(4), row.GetGuid(5), row.GetGuid(6), row.GetGuid(2), row.GetString(7),
                    Enum.Parse<Layer>(row.GetString(8)), Enum.Parse<RunKind>(row.GetString(9)), row.GetString(10), row.GetString(11)),
                new TokenUsage(row.GetInt64(12), row.GetInt64(15), row.GetInt64(13), write - hour, hour, row.GetInt64(16)), new Usd(row.GetInt64(17)));
        }

        /// <summary>The ledger adds both kinds of cache writes up; the call's bill tells them apart.</summary>
        private static long HourOf(string bill)
        {
            using var lines = JsonDocument.Parse(bill);
            return lines.RootElement.EnumerateArray().Where(line => string.Equals(line.GetProperty("item").GetString(), nameof(BillItem.CacheWrite1h), StringComparison.OrdinalIgnoreCase))
                .Sum(line => line.GetProperty("count").GetInt64());
        }
    }
}
