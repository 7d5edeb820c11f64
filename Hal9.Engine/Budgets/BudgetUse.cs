using System.Diagnostics.Metrics;
using Hal9.Engine.Diagnostics;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Budgets;

/// <summary>
/// How full budgets are, for whoever watches the product as a whole. Read anew before each look, so that a new period or another process's spend
/// is never shown late; between two looks nothing is done.
/// </summary>
public sealed class BudgetUse : IDisposable
{
    // More tenants than a label may have values would only be added up under one name.
    private const int MostTenants = 1000;

    private readonly BudgetLedger ledger;
    private readonly TenantScope tenants;
    private readonly Meter meter = new(EngineTelemetry.Name);
    private volatile IReadOnlyList<Measurement<double>> ratios = [];

    internal BudgetUse(BudgetLedger ledger, TenantScope tenants)
    {
        this.ledger = ledger;
        this.tenants = tenants;
        meter.CreateObservableGauge(EngineTelemetry.BudgetUsedRatio, () => ratios, "1", "Used share of the fullest budget.");
    }

    /// <summary>Reads the balances.</summary>
    /// <exception cref="System.Data.Common.DbException">The database refused; until it takes a look again nothing is told.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        ratios = [];
        var owners = await OwnersAsync(cancellationToken).ConfigureAwait(false);
        // Asked for at once, so that they share a few groups of the writer.
        var fresh = await Task.WhenAll(owners.Select(id => ledger.WithBookAsync(id, (_, book, now) => Ratios(book, now), cancellationToken))).ConfigureAwait(false);
        ratios = [.. fresh.SelectMany(own => own)];
    }

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    private async Task<List<Guid>> OwnersAsync(CancellationToken cancellationToken)
    {
        await using var db = tenants.System("how full budgets are is measured over all tenants");
        return await db.Set<Budget>().AsNoTracking().Select(b => b.TenantId).Distinct().OrderBy(id => id).Take(MostTenants).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    private static List<Measurement<double>> Ratios(TenantBook book, DateTimeOffset now)
    {
        book.BalancesOf(ScopeKey.Tenant, now);
        return
        [
            .. book.Known.Where(balance => balance.IsCurrent(now)).GroupBy(balance => balance.Scope.Kind).Select(kind => new Measurement<double>(
                kind.Max(balance => balance.UsedRatio), new("tenant", book.TenantId), new KeyValuePair<string, object?>("scope", kind.Key.ToString().ToLowerInvariant()))),
        ];
    }
}
