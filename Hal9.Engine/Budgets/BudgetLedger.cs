using Hal9.Engine.Storage;

namespace Hal9.Engine.Budgets;

/// <summary>A call that wants to be paid.</summary>
/// <param name="Dimensions">Whom and what it belongs to.</param>
/// <param name="Amount">Its worst case.</param>
/// <param name="Tokens">Its worst case in tokens, input and output.</param>
/// <param name="Deadline">Until when it may wait for open reservations to settle (UTC).</param>
public sealed record ReserveOrder(LedgerDimensions Dimensions, Usd Amount, long Tokens, DateTimeOffset Deadline);

/// <summary>What a call really used.</summary>
/// <param name="Amount">Its cost.</param>
/// <param name="Usage">Its tokens.</param>
/// <param name="PriceVersion">The version of the price used.</param>
/// <param name="Flags">Among <c>estimated</c>, <c>worstCase</c>, <c>orphan</c>; the ledger adds <c>overrun</c> itself.</param>
/// <param name="Reason">Why, when it is out of the ordinary.</param>
public sealed record Settlement(Usd Amount, TokenUsage Usage, string? PriceVersion, IReadOnlyList<string> Flags, string? Reason = null);

/// <summary>The ledger: checks all budgets of a call in one step, writes append-only hash-chained entries, keeps balances and roll-ups in the same transaction.</summary>
public sealed class BudgetLedger
{
    /// <summary>Sets a worst case aside in every budget that applies; it is on disk when this returns.</summary>
    /// <param name="order">The call.</param>
    /// <param name="alongside">Written in the same transaction, after the reservation; an exception of it undoes the reservation.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="BudgetRefused">A limit said no, even with all open reservations settled at nothing, or the deadline passed.</exception>
    public Task ReserveAsync(ReserveOrder order, Action<WriteBatch> alongside, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Books what was used and frees the reservation, exactly once: a second settle or release of the same call is an error that changes nothing.</summary>
    /// <exception cref="InvalidOperationException">There is no open reservation of that call.</exception>
    public Task SettleAsync(LedgerDimensions dimensions, Settlement settlement, Action<WriteBatch> alongside, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Frees a reservation of which nothing was used.</summary>
    /// <exception cref="InvalidOperationException">There is no open reservation of that call.</exception>
    public Task ReleaseAsync(LedgerDimensions dimensions, string reason, Action<WriteBatch> alongside, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Settles every open reservation of a run at its worst case, flagged <c>orphan</c> and <c>worstCase</c>. Part of taking a run over; runs inside the caller's group.</summary>
    /// <returns>The calls settled, with what was booked.</returns>
    public IReadOnlyList<(Guid CallId, Usd Amount)> SettleOrphans(WriteBatch batch, Guid tenantId, Guid runId) => throw new NotSupportedException();

    /// <summary>Whether a budget of these dimensions is used up already (settled spend at or above its limit), so that a run need not even start.</summary>
    public Task<Refusal?> FindExhaustedAsync(Guid tenantId, Guid userId, Guid? keyId, CancellationToken cancellationToken) => throw new NotSupportedException();
}
