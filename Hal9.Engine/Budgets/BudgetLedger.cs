using Hal9.Engine.Diagnostics;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Budgets;

/// <summary>
/// The ledger: checks all budgets of a call in one step, writes append-only hash-chained entries, keeps balances and roll-ups in the same
/// transaction. One per process; several processes may write to one database.
/// </summary>
public sealed class BudgetLedger
{
    // No single call of our day comes near; what does is a broken price or usage, and sums of it could leave what the columns hold.
    private const long MostNano = 10_000_000 * Usd.NanoPerUsd;
    private const long MostTokens = 1_000_000_000_000;
    private const int MostBooks = 1024;

    // How often the first in line looks again: other processes free their reservations without telling this one, and periods begin anew.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    private readonly Writer writer;
    private readonly TenantScope tenants;
    private readonly AnchorLog anchors;
    private readonly TimeProvider time;
    private readonly TimeSpan mostWait;
    private readonly LedgerChain chain = new();
    private readonly Dictionary<Guid, TenantBook> books = [];
    private readonly WaitingLine line = new();

    internal BudgetLedger(Writer writer, TenantScope tenants, AnchorLog anchors, IOptions<BudgetsOptions> options, TimeProvider time)
    {
        mostWait = TimeSpan.FromSeconds(options.Value.WaitSeconds);
        this.writer = writer;
        this.tenants = tenants;
        this.anchors = anchors;
        this.time = time;
    }

    /// <summary>Sets a worst case aside in every budget that applies; it is on disk when this returns.</summary>
    /// <param name="order">The call.</param>
    /// <param name="alongside">Written in the same transaction, after the reservation; an exception of it undoes the reservation.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="BudgetRefused">A limit said no, even with all open reservations settled at nothing, or the deadline passed.</exception>
    public async Task ReserveAsync(ReserveOrder order, Action<WriteBatch> alongside, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(alongside);
        InRange(order.Amount, order.Tokens);
        var latest = time.GetUtcNow() + mostWait;
        var waiter = new Waiter(order.Deadline <= latest ? order : order with { Deadline = latest });
        try
        {
            while (true)
            {
                var refusal = await writer.WriteAsync(order.Dimensions.TenantId, batch => TryReserve(batch, waiter, alongside), cancellationToken).ConfigureAwait(false);
                if (refusal is not null)
                {
                    EngineMeters.Blocked(order.Dimensions.TenantId);
                    throw new BudgetRefused(refusal);
                }
                if (waiter.BlockedBy is null)
                {
                    return;
                }
                await WaitAsync(waiter, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            var granted = waiter.BlockedBy is null;
            if (line.Leave(waiter) && !granted)
            {
                // Those behind may have waited for this one only. Not cancellable: they would wait for ever.
                await writer.WriteAsync(order.Dimensions.TenantId, batch => WakeAfter(batch, Enter(batch, order.Dimensions.TenantId)), CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Books what was used and frees the reservation, exactly once: a second settle or release of the same call is an error that changes nothing.</summary>
    /// <exception cref="InvalidOperationException">There is no open reservation of that call.</exception>
    public async Task SettleAsync(LedgerDimensions dimensions, Settlement settlement, Action<WriteBatch> alongside, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dimensions);
        ArgumentNullException.ThrowIfNull(settlement);
        ArgumentNullException.ThrowIfNull(alongside);
        InRange(settlement.Amount, settlement.Usage.Total);
        var closed = await writer.WriteAsync(dimensions.TenantId, batch => Settle(batch, dimensions, settlement, alongside), cancellationToken).ConfigureAwait(false);
        if (!closed)
        {
            throw NotOpen(dimensions.CallId);
        }
    }

    /// <summary>Frees a reservation of which nothing was used.</summary>
    /// <exception cref="InvalidOperationException">There is no open reservation of that call.</exception>
    public async Task ReleaseAsync(LedgerDimensions dimensions, string reason, Action<WriteBatch> alongside, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dimensions);
        ArgumentNullException.ThrowIfNull(alongside);
        var closed = await writer.WriteAsync(dimensions.TenantId, batch => Release(batch, dimensions, reason, alongside), cancellationToken).ConfigureAwait(false);
        if (!closed)
        {
            throw NotOpen(dimensions.CallId);
        }
    }

    /// <summary>Settles every open reservation of a run at its worst case, flagged <c>orphan</c> and <c>worstCase</c>. Part of taking a run over; runs inside the caller's group.</summary>
    /// <returns>The calls settled, with what was booked.</returns>
    public IReadOnlyList<(Guid CallId, Usd Amount)> SettleOrphans(WriteBatch batch, Guid tenantId, Guid runId)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var orphans = batch.Query(LedgerStatements.OpenOfRun, reader => Orphan.Read(reader, tenantId, runId), ("@tenant", tenantId), ("@run", runId));
        var settled = new List<(Guid CallId, Usd Amount)>(orphans.Count);
        foreach (var orphan in orphans)
        {
            // Nobody knows how the worst case splits into input and output; as output it is never taken for cheaper than it was.
            var settlement = new Settlement(orphan.Amount, new TokenUsage(0, orphan.Tokens), null, ["orphan", "worstCase"], "The process ended while the call was on its way.");
            if (Settle(batch, orphan.Dimensions, settlement, static _ => { }))
            {
                settled.Add((orphan.Dimensions.CallId, orphan.Amount));
            }
        }
        return settled;
    }

    /// <summary>
    /// Runs of all tenants that hold reservations made before a time. Hosting looks at each: when the run has ended, or nobody owns it any
    /// more, <see cref="SettleOrphans"/> frees them.
    /// </summary>
    public async Task<IReadOnlyList<(Guid TenantId, Guid RunId)>> FindHoldersAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var db = tenants.System("reservations left behind are swept over all tenants");
        var holders = await db.Set<OpenReservationRow>().AsNoTracking().Where(r => r.At < before)
            .Select(r => new { r.TenantId, r.RunId }).Distinct().Take(1000).ToListAsync(cancellationToken).ConfigureAwait(false);
        return [.. holders.Select(holder => (holder.TenantId, holder.RunId))];
    }

    /// <summary>Whether a budget of these dimensions is used up already (settled spend at or above its limit), so that a run need not even start.</summary>
    /// <remarks>Runs inside the caller's group.</remarks>
    public Refusal? FindExhausted(WriteBatch batch, Guid tenantId, Guid userId, Guid? keyId)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var book = Enter(batch, tenantId);
        var now = Now();
        foreach (var scope in Scopes.Of(userId, keyId))
        {
            foreach (var balance in book.BalancesOf(scope, now))
            {
                if (balance.IsExhausted)
                {
                    return balance.Refuse(OwnerOf(batch, book, balance), null);
                }
            }
        }
        return null;
    }

    /// <summary>Runs inside a group with the tenant's head locked: for changes of budgets and exact reads of what they have left.</summary>
    internal Task<T> WithBookAsync<T>(Guid tenantId, Func<WriteBatch, TenantBook, DateTimeOffset, T> work, CancellationToken cancellationToken) => writer.WriteAsync(tenantId, batch =>
    {
        var book = Enter(batch, tenantId);
        var result = work(batch, book, Now());
        if (book.Revised)
        {
            WakeAfter(batch, book);
        }
        return result;
    }, cancellationToken);

    private Refusal? TryReserve(WriteBatch batch, Waiter waiter, Action<WriteBatch> alongside)
    {
        var order = waiter.Order;
        var dimensions = order.Dimensions;
        var book = Enter(batch, dimensions.TenantId);
        var now = Now();
        Balance? blockedBy = null;
        foreach (var scope in Scopes.Of(dimensions))
        {
            var balances = book.BalancesOf(scope, now);
            if (balances.Count == 0)
            {
                continue;
            }
            foreach (var balance in balances)
            {
                if (order.RefuseWhenUsedUp && balance.IsExhausted)
                {
                    return balance.Refuse(OwnerOf(batch, book, balance), null);
                }
                if (balance.Refuses(order))
                {
                    return balance.Refuse(OwnerOf(batch, book, balance), order);
                }
                if (!balance.HasRoom(order, 0, 0))
                {
                    blockedBy ??= balance;
                }
            }
            blockedBy ??= line.BlockedAhead(waiter, balances);
        }
        if (blockedBy is not null)
        {
            var late = blockedBy.Refuse(OwnerOf(batch, book, blockedBy), order, ", while calls on their way hold the rest until the time to wait was over");
            if (order.Deadline <= now)
            {
                return late;
            }
            line.Wait(waiter, blockedBy.BudgetId, late);
            return null;
        }
        Book(batch, book, order, now);
        if (waiter.Place is not null)
        {
            var was = (waiter.BlockedBy!.Value, waiter.Late!);
            line.Grant(waiter);
            batch.OnRollback(() => line.Wait(waiter, was.Value, was.Item2));
            WakeAfter(batch, book);
        }
        alongside(batch);
        return null;
    }

    private void Book(WriteBatch batch, TenantBook book, ReserveOrder order, DateTimeOffset now)
    {
        var dimensions = order.Dimensions;
        LedgerEntries.Append(book, LedgerKind.Reserve, dimensions, order.Amount, order.Tokens, default, null, "", null, now);
        batch.Execute(
            LedgerStatements.Open,
            ("@call", dimensions.CallId), ("@tenant", dimensions.TenantId), ("@run", dimensions.RunId), ("@amount", order.Amount.Nano), ("@tokens", order.Tokens),
            ("@user", dimensions.UserId), ("@key", dimensions.KeyId), ("@neuron", dimensions.Neuron), ("@model", dimensions.Model), ("@at", now.ToUnixTimeMilliseconds()));
        foreach (var scope in Scopes.Of(dimensions))
        {
            foreach (var balance in book.KnownOf(scope) ?? [])
            {
                balance.Reserve(order.Amount.Nano, order.Tokens);
            }
        }
        NoteHead(batch, book);
    }

    /// <summary>The same inside the caller's group.</summary>
    /// <returns>False when there is no open reservation of that call; nothing is changed then.</returns>
    internal bool Settle(WriteBatch batch, LedgerDimensions dimensions, Settlement settlement, Action<WriteBatch> alongside)
    {
        var book = Enter(batch, dimensions.TenantId);
        if (LedgerEntries.Close(batch, book, dimensions.CallId) is not { } reserved)
        {
            return false;
        }
        var now = Now();
        var usage = settlement.Usage;
        var overrun = settlement.Amount.Nano > reserved.Nano || usage.Total > reserved.Tokens;
        var flags = string.Join(' ', overrun ? [.. settlement.Flags, "overrun"] : settlement.Flags);
        var row = LedgerEntries.Append(book, LedgerKind.Settle, dimensions, settlement.Amount, usage.Total, usage, settlement.PriceVersion, flags, settlement.Reason, now);
        book.Count(row, settlement.PriceVersion == PriceList.CeilingVersion);
        foreach (var scope in Scopes.Of(dimensions))
        {
            foreach (var balance in book.KnownOf(scope) ?? [])
            {
                if (balance.IsCurrent(now))
                {
                    balance.Spend(settlement.Amount.Nano, usage.Total);
                }
            }
        }
        WakeAfter(batch, book);
        NoteHead(batch, book);
        batch.OnCommitted(() => EngineMeters.Settled(dimensions.TenantId, dimensions.Provider, dimensions.Model, settlement.Amount));
        alongside(batch);
        return true;
    }

    private bool Release(WriteBatch batch, LedgerDimensions dimensions, string reason, Action<WriteBatch> alongside)
    {
        var book = Enter(batch, dimensions.TenantId);
        if (LedgerEntries.Close(batch, book, dimensions.CallId) is not { } reserved)
        {
            return false;
        }
        LedgerEntries.Append(book, LedgerKind.Release, dimensions, new Usd(reserved.Nano), reserved.Tokens, default, null, "", reason, Now());
        WakeAfter(batch, book);
        NoteHead(batch, book);
        alongside(batch);
        return true;
    }

    private TenantBook Enter(WriteBatch batch, Guid tenantId)
    {
        if (!books.TryGetValue(tenantId, out var book))
        {
            if (books.Count >= MostBooks)
            {
                foreach (var (id, other) in books)
                {
                    if (!other.IsIn(batch))
                    {
                        books.Remove(id);
                    }
                }
            }
            books[tenantId] = book = new TenantBook(tenantId, chain);
        }
        if (!book.IsIn(batch))
        {
            book.Enter(batch, Now());
        }
        return book;
    }

    private void WakeAfter(WriteBatch batch, TenantBook book)
    {
        if (!book.WakesAfter)
        {
            book.WakesAfter = true;
            batch.OnCommitted(() => line.Wake(book));
        }
    }

    private void NoteHead(WriteBatch batch, TenantBook book)
    {
        if (!book.NotesHead)
        {
            book.NotesHead = true;
            batch.OnCommitted(() => anchors.Note(book.TenantId, book.Seq, book.Hash));
        }
    }

    private async Task WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        while (true)
        {
            var left = waiter.Order.Deadline - time.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                throw new BudgetRefused(waiter.Late!);
            }
            try
            {
                await waiter.Signal.Task.WaitAsync(left < LookAgain ? left : LookAgain, time, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException)
            {
                if (line.IsFirst(waiter))
                {
                    return;
                }
            }
        }
    }

    private static string OwnerOf(WriteBatch batch, TenantBook book, Balance balance) => balance.Scope.Kind switch
    {
        BudgetScopeKind.Tenant => "tenant",
        BudgetScopeKind.Key => $"key {batch.Text(LedgerStatements.KeyName, ("@tenant", book.TenantId), ("@id", balance.Scope.Id)) ?? balance.Scope.Text}",
        _ => "user",
    };

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private static void InRange(Usd amount, long tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amount.Nano, nameof(amount));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(amount.Nano, MostNano, nameof(amount));
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, MostTokens);
    }

    private static InvalidOperationException NotOpen(Guid callId) => new($"Call {callId} has no open reservation: it was settled or released before, or never reserved.");
}
