using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Budgets;

/// <summary>A ledger entry as stored: append-only, chained by hash per tenant.</summary>
internal sealed class LedgerRow : ITenantOwned
{
    public Guid TenantId { get; init; }
    public long Seq { get; init; }
    public DateTimeOffset At { get; init; }
    public LedgerKind Kind { get; init; }

    /// <summary>The model call's attempt: reserve and its settle or release share it.</summary>
    public Guid CallId { get; init; }
    public Usd Amount { get; init; }
    public long Tokens { get; init; }
    public Guid? UserId { get; init; }
    public Guid? KeyId { get; init; }
    public Guid RunId { get; init; }
    public Guid StepId { get; init; }
    public required string Neuron { get; init; }
    public required string Layer { get; init; }
    public required string RunKind { get; init; }
    public required string Provider { get; init; }
    public required string Model { get; init; }
    public long InputTokens { get; init; }
    public long CachedTokens { get; init; }
    public long CacheWriteTokens { get; init; }
    public long OutputTokens { get; init; }
    public long ReasoningTokens { get; init; }
    public string? PriceVersion { get; init; }

    /// <summary>Space separated: <c>estimated</c>, <c>worstCase</c>, <c>overrun</c>, <c>orphan</c>.</summary>
    public string Flags { get; init; } = "";
    public string? Reason { get; init; }
    public required string PrevHash { get; init; }
    public required string Hash { get; set; }
}

/// <summary>The end of a tenant's chain.</summary>
internal sealed class LedgerHeadRow : ITenantOwned
{
    public Guid TenantId { get; init; }
    public long Seq { get; set; }
    public required string Hash { get; set; }
    public DateTimeOffset At { get; set; }

    /// <summary>Grows with each change of the tenant's budgets, so that every process drops what it had read of them.</summary>
    public long Revision { get; set; }
}

/// <summary>A reservation that is neither settled nor released yet.</summary>
internal sealed class OpenReservationRow : ITenantOwned
{
    public Guid CallId { get; init; }
    public Guid TenantId { get; init; }
    public Guid RunId { get; init; }
    public Usd Amount { get; init; }
    public long Tokens { get; init; }
    public Guid? UserId { get; init; }
    public Guid? KeyId { get; init; }
    public required string Neuron { get; init; }
    public required string Provider { get; init; }
    public required string Model { get; init; }
    public DateTimeOffset At { get; init; }
}

/// <summary>Settled spend.</summary>
internal abstract class CostSumRow : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Usd Amount { get; set; }
    public long InputTokens { get; set; }
    public long CachedTokens { get; set; }
    public long CacheWriteTokens { get; set; }
    public long OutputTokens { get; set; }
    public long ReasoningTokens { get; set; }
    public long Calls { get; set; }

    /// <summary>Calls among them that had no price and were booked at the ceiling price.</summary>
    public long Unpriced { get; set; }
}

/// <summary>Settled spend of a stretch of time with all dimensions.</summary>
internal abstract class CostRow : CostSumRow
{
    public required string UserId { get; init; }
    public required string KeyId { get; init; }
    public required string Provider { get; init; }
    public required string Model { get; init; }
    public required string Neuron { get; init; }
    public required string Layer { get; init; }
    public required string RunKind { get; init; }
}

/// <summary>Per tenant-local hour, keyed by the UTC instant of its start.</summary>
internal sealed class CostHourRow : CostRow
{
    public DateTimeOffset Hour { get; init; }
}

/// <summary>The same per tenant-local day.</summary>
internal sealed class CostDayRow : CostRow
{
    public DateTimeOffset Day { get; init; }
}

/// <summary>Settled spend of a tenant-local day by one dimension: what ninety days by person are read from.</summary>
internal sealed class CostTotalRow : CostSumRow
{
    public CostGroup Dimension { get; init; }
    public DateTimeOffset Day { get; init; }

    /// <summary>Which one: an id, a name or <c>provider/model</c>; empty: none, and of the tenant.</summary>
    public required string Item { get; init; }
}

/// <summary>A label under which what a run costs is counted.</summary>
internal sealed class CostTagRow : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid RunId { get; init; }
    public required string Tag { get; init; }
}

internal sealed class BudgetTables :
    IEntityTypeConfiguration<Budget>, IEntityTypeConfiguration<BudgetRaiseRow>, IEntityTypeConfiguration<BudgetAlertRow>, IEntityTypeConfiguration<OverrunRow>, IEntityTypeConfiguration<LedgerRow>, IEntityTypeConfiguration<LedgerHeadRow>,
    IEntityTypeConfiguration<OpenReservationRow>, IEntityTypeConfiguration<CostHourRow>, IEntityTypeConfiguration<CostDayRow>,
    IEntityTypeConfiguration<CostTotalRow>, IEntityTypeConfiguration<CostTagRow>
{
    public void Configure(EntityTypeBuilder<Budget> builder)
    {
        builder.ToTable("budgets");
        builder.HasKey(b => b.Id);
        builder.HasIndex(b => new { b.TenantId, b.ScopeKind, b.ScopeId, b.Period }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<BudgetRaiseRow> builder)
    {
        builder.ToTable("budget_raises");
        builder.HasKey(r => r.Id);
        builder.HasIndex(r => new { r.TenantId, r.BudgetId, r.ScopeId });
        builder.HasIndex(r => new { r.TenantId, r.Id });
    }

    public void Configure(EntityTypeBuilder<BudgetAlertRow> builder)
    {
        builder.ToTable("budget_alerts");
        builder.HasKey(a => a.Id);
        builder.HasIndex(a => new { a.TenantId, a.BudgetId, a.ScopeId, a.PeriodStart, a.Mark }).IsUnique();
        builder.HasIndex(a => new { a.TenantId, a.Id });
    }

    public void Configure(EntityTypeBuilder<OverrunRow> builder)
    {
        builder.ToTable("overruns");
        builder.HasKey(o => o.CallId);
        builder.HasIndex(o => new { o.TenantId, o.AcknowledgedAt });
        builder.HasIndex(o => new { o.TenantId, o.CallId });
    }

    public void Configure(EntityTypeBuilder<LedgerRow> builder)
    {
        builder.ToTable("ledger");
        builder.HasKey(e => new { e.TenantId, e.Seq });
        builder.HasIndex(e => e.RunId);
        builder.HasIndex(e => new { e.TenantId, e.At });
    }

    public void Configure(EntityTypeBuilder<LedgerHeadRow> builder)
    {
        builder.ToTable("ledger_heads");
        builder.HasKey(h => h.TenantId);
    }

    public void Configure(EntityTypeBuilder<OpenReservationRow> builder)
    {
        builder.ToTable("open_reservations");
        builder.HasKey(r => r.CallId);
        builder.HasIndex(r => r.TenantId);
        builder.HasIndex(r => r.RunId);
    }

    public void Configure(EntityTypeBuilder<CostHourRow> builder)
    {
        builder.ToTable("cost_hours");
        builder.HasKey(r => new { r.TenantId, r.Hour, r.UserId, r.KeyId, r.Provider, r.Model, r.Neuron, r.Layer, r.RunKind });
    }

    public void Configure(EntityTypeBuilder<CostDayRow> builder)
    {
        builder.ToTable("cost_days");
        builder.HasKey(r => new { r.TenantId, r.Day, r.UserId, r.KeyId, r.Provider, r.Model, r.Neuron, r.Layer, r.RunKind });
    }

    public void Configure(EntityTypeBuilder<CostTotalRow> builder)
    {
        builder.ToTable("cost_totals");
        builder.HasKey(r => new { r.TenantId, r.Dimension, r.Day, r.Item });
    }

    public void Configure(EntityTypeBuilder<CostTagRow> builder)
    {
        builder.ToTable("cost_tags");
        builder.HasKey(r => new { r.TenantId, r.RunId, r.Tag });
    }
}
