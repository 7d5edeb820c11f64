using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;

namespace Hal9.Engine.Budgets;

/// <summary>What became of the wish for a raise.</summary>
public enum RaiseState
{
    /// <summary>Nobody has decided yet.</summary>
    Asked,

    /// <summary>It holds until it expires.</summary>
    Approved,

    /// <summary>Somebody said no.</summary>
    Declined,
}

/// <summary>A temporary raise of a budget's limit, asked for or granted.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="BudgetId">The budget.</param>
/// <param name="ScopeKind">What it limits.</param>
/// <param name="ScopeId">Which one: of a budget that stands for each, the one that is raised.</param>
/// <param name="State">What became of it.</param>
/// <param name="Amount">What is added to the limit, if it is one of money.</param>
/// <param name="Tokens">What is added to the limit, if it is one of tokens.</param>
/// <param name="Reason">Why it is asked for.</param>
/// <param name="RunId">The run that was refused or waits for it.</param>
/// <param name="AskedBy">Who asked.</param>
/// <param name="AskedAt">When (UTC).</param>
/// <param name="ExpiresAt">Until when it holds, or shall hold (UTC).</param>
/// <param name="DecidedBy">Who decided.</param>
/// <param name="DecidedAt">When (UTC).</param>
/// <param name="Decision">Why so.</param>
public sealed record BudgetRaise(
    Guid Id, Guid BudgetId, BudgetScopeKind ScopeKind, string ScopeId, RaiseState State, Usd? Amount, long? Tokens, string? Reason, Guid? RunId, Guid AskedBy, DateTimeOffset AskedAt,
    DateTimeOffset ExpiresAt, Guid? DecidedBy, DateTimeOffset? DecidedAt, string? Decision)
{
    internal static BudgetRaise Read(SqlRow row) => new(
        row.GetGuid(0), row.GetGuid(1), Enum.Parse<BudgetScopeKind>(row.GetString(2)), row.GetString(3), Enum.Parse<RaiseState>(row.GetString(4)),
        row.IsDBNull(5) ? null : new Usd(row.GetInt64(5)), row.IsDBNull(6) ? null : row.GetInt64(6), row.IsDBNull(7) ? null : row.GetString(7), row.IsDBNull(8) ? null : row.GetGuid(8),
        row.GetGuid(9), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(10)), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(11)),
        row.IsDBNull(12) ? null : row.GetGuid(12), row.IsDBNull(13) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(13)), row.IsDBNull(14) ? null : row.GetString(14));
}

/// <summary>The wish for a raise.</summary>
/// <param name="Amount">Added to the limit of money; above 0.</param>
/// <param name="Tokens">Added to the limit of tokens; above 0.</param>
/// <param name="Reason">Why, at most 500 characters.</param>
/// <param name="ExpiresAt">Until when (UTC), at most 92 days; null: until the budget's period ends, which one without periods does not.</param>
/// <param name="RunId">The run that was refused or waits for it.</param>
public sealed record AskRaise(Usd? Amount = null, long? Tokens = null, string? Reason = null, DateTimeOffset? ExpiresAt = null, Guid? RunId = null)
{
    /// <summary>Of a budget that stands for each of its kind: whose limit is raised; null: that of whoever asks.</summary>
    public string? ScopeId { get; init; }
}

/// <summary>The decision on a raise that was asked for. What is null stays as it was asked for.</summary>
public sealed record DecideRaise(bool Approve, string? Reason = null, Usd? Amount = null, long? Tokens = null, DateTimeOffset? ExpiresAt = null);

/// <summary>A warning mark that a budget passed: one per mark and period.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="BudgetId">The budget.</param>
/// <param name="ScopeKind">What it limits.</param>
/// <param name="ScopeId">Which one.</param>
/// <param name="Period">Over which time.</param>
/// <param name="PeriodStart">When that period began (UTC).</param>
/// <param name="Mark">Percent.</param>
/// <param name="At">When it was passed (UTC).</param>
/// <param name="Spent">What was spent then.</param>
/// <param name="SpentTokens">What was spent then, in tokens.</param>
/// <param name="Limit">The limit then.</param>
/// <param name="LimitTokens">The limit then, in tokens.</param>
public sealed record BudgetAlert(
    Guid Id, Guid BudgetId, BudgetScopeKind ScopeKind, string ScopeId, BudgetPeriod Period, DateTimeOffset PeriodStart, int Mark, DateTimeOffset At, Usd Spent, long SpentTokens,
    Usd? Limit, long? LimitTokens);

/// <summary>A raise as stored.</summary>
internal sealed class BudgetRaiseRow : ITenantOwned
{
    public Guid Id { get; init; }
    public Guid TenantId { get; init; }
    public Guid BudgetId { get; init; }
    public BudgetScopeKind ScopeKind { get; init; }
    public required string ScopeId { get; init; }
    public RaiseState State { get; init; }
    public long? AmountNano { get; init; }
    public long? AmountTokens { get; init; }
    public string? Reason { get; init; }
    public Guid? RunId { get; init; }
    public Guid AskedBy { get; init; }
    public DateTimeOffset AskedAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public Guid? DecidedBy { get; init; }
    public DateTimeOffset? DecidedAt { get; init; }
    public string? Decision { get; init; }

    public BudgetRaise Show() => new(
        Id, BudgetId, ScopeKind, ScopeId, State, AmountNano is { } nano ? new Usd(nano) : null, AmountTokens, Reason, RunId, AskedBy, AskedAt, ExpiresAt, DecidedBy, DecidedAt, Decision);
}

/// <summary>A passed mark as stored; the unique index is the latch.</summary>
internal sealed class BudgetAlertRow : ITenantOwned
{
    public Guid Id { get; init; }
    public Guid TenantId { get; init; }
    public Guid BudgetId { get; init; }
    public BudgetScopeKind ScopeKind { get; init; }
    public required string ScopeId { get; init; }
    public BudgetPeriod Period { get; init; }
    public DateTimeOffset PeriodStart { get; init; }
    public int Mark { get; init; }
    public DateTimeOffset At { get; init; }
    public long SpentNano { get; init; }
    public long SpentTokens { get; init; }
    public long? LimitNano { get; init; }
    public long? LimitTokens { get; init; }

    public BudgetAlert Show() => new(
        Id, BudgetId, ScopeKind, ScopeId, Period, PeriodStart, Mark, At, new Usd(SpentNano), SpentTokens, LimitNano is { } nano ? new Usd(nano) : null, LimitTokens);
}
