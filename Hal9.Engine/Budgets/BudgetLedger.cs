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
public sealed partial class BudgetLedger
{
    // No single call of our day comes near; what does is a broken price or usage, and sums of it could leave what the columns hold.
    private const long MostNano = 10_000_000 * Usd.NanoPerUsd;
    private const long MostTokens = 1_000_000_000_000;
    private const int MostBooks = 1024;

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

    /// <summary>Whether a budget of these dimensions is used up already (settled spend at or above its limit) and has no other way than to refuse, so that a run need not even start.</summary>
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
                if (balance.IsExhausted && balance.NextStep([]) is null)
                {
                    return balance.Refuse(OwnerOf(batch, book, balance), null);
                }
            }
        }
        return null;
    }

    /// <summary>Whether the limit that refused would let the same call through now: it was raised, changed or removed, or its period began anew.</summary>
    public Task<bool> HasRoomAsync(Guid tenantId, Refusal refusal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return WithBookAsync(
            tenantId,
            (_, book, now) => refusal.ScopeKind is not { } kind || ScopeKey.Read(kind, refusal.ScopeId ?? "") is not { } scope
                || book.BalancesOf(scope, now).Find(balance => balance.BudgetId == refusal.BudgetId) is not { } balance
                || !balance.Refuses(refusal.Needed?.Nano ?? 0, refusal.NeededTokens ?? 0),
            cancellationToken);
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

    /// <summary>The same inside the caller's group.</summary>
    /// <returns>False when there is no open reservation of that call; nothing is changed then.</returns>
    internal bool Settle(WriteBatch batch, LedgerDimensions dimensions, Settlement settlement, Action<WriteBatch> alongside)
    {
        var book = Enter(batch, dimensions.TenantId);
        var scopes = Scopes.Of(dimensions);
        if (LedgerEntries.Close(batch, book, scopes, dimensions.CallId) is not { } reserved)
        {
            return false;
        }
        var now = Now();
        // Read before this call is counted: what is read later has it already.
        var balances = scopes.Select(scope => book.BalancesOf(scope, now)).ToArray();
        var usage = settlement.Usage;
        var overrun = settlement.Amount.Nano > reserved.Nano || usage.Total > reserved.Tokens;
        var flags = string.Join(' ', overrun ? [.. settlement.Flags, "overrun"] : settlement.Flags);
        var row = LedgerEntries.Append(book, LedgerKind.Settle, dimensions, settlement.Amount, usage.Total, usage, settlement.PriceVersion, flags, settlement.Reason, now);
        if (overrun)
        {
            book.Block(row, reserved.Nano, reserved.Tokens);
        }
        book.Count(row, settlement.PriceVersion == PriceList.CeilingVersion);
        foreach (var balance in balances.SelectMany(own => own))
        {
            balance.Spend(settlement.Amount.Nano, usage.Total);
            book.Latch(balance, now);
        }
        WakeAfter(batch, book);
        NoteHead(batch, book);
        batch.OnCommitted(() => EngineMeters.Settled(dimensions.TenantId, dimensions.Provider, dimensions.Model, settlement.Amount));
        alongside(batch);
        return true;
    }

    /// <summary>Corrects what a call cost, inside the caller's group: the run's cost, the roll-ups of now and the balances change by the difference.</summary>
    internal void Adjust(WriteBatch batch, LedgerDimensions dimensions, Usd difference, string priceVersion, string reason)
    {
        var book = Enter(batch, dimensions.TenantId);
        var now = Now();
        var balances = Scopes.Of(dimensions).Select(scope => book.BalancesOf(scope, now)).ToArray();
        book.Count(LedgerEntries.Append(book, LedgerKind.Adjust, dimensions, difference, 0, default, priceVersion, "repriced", reason, now), unpriced: false);
        foreach (var balance in balances.SelectMany(own => own))
        {
            balance.Spend(difference.Nano, 0);
            book.Latch(balance, now);
        }
        batch.Execute(RunStatements.AddLateCost, ("@cost", difference.Nano), ("@run", dimensions.RunId), ("@tenant", dimensions.TenantId));
        WakeAfter(batch, book);
        NoteHead(batch, book);
    }

    private bool Release(WriteBatch batch, LedgerDimensions dimensions, string reason, Action<WriteBatch> alongside)
    {
        var book = Enter(batch, dimensions.TenantId);
        if (LedgerEntries.Close(batch, book, Scopes.Of(dimensions), dimensions.CallId) is not { } reserved)
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

    private static string OwnerOf(WriteBatch batch, TenantBook book, Balance balance) => balance.Scope.Kind switch
    {
        BudgetScopeKind.Tenant => "tenant",
        BudgetScopeKind.Key => $"key {batch.Text(LedgerStatements.KeyName, ("@tenant", book.TenantId), ("@id", balance.Scope.Id)) ?? balance.Scope.Text}",
        BudgetScopeKind.Neuron or BudgetScopeKind.Model => $"{balance.Scope.Kind.ToString().ToLowerInvariant()} {balance.Scope.Text}",
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
