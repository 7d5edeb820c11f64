using Hal9.Engine.Diagnostics;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;

namespace Hal9.Engine.Budgets;

/// <summary>
/// One tenant's part of the ledger in memory: the end of its chain and the balances of the budgets that were asked for. All of it is a cache
/// of the database as of the head; the head's row is locked and read again in each group, and when another process has moved it, or a group
/// is rolled back, the cache is dropped. Used on the writer's thread only.
/// </summary>
internal sealed class TenantBook(Guid tenantId, LedgerChain chain)
{
    // Scopes are users and keys of one tenant; far more than that come from a caller that makes them up.
    private const int MostScopes = 10_000;

    // Time zones and budgets changed by other means than the doors of this product are noticed after this long.
    private static readonly TimeSpan MostAge = TimeSpan.FromMinutes(1);

    private readonly Dictionary<ScopeKey, List<Balance>> scopes = [];
    private readonly RollUps rollUps = new(tenantId);
    private HashSet<(string Provider, string Model)>? blocked;
    private WriteBatch? batch;
    private long group;
    private long revision = -1;
    private bool moved;
    private DateTimeOffset readAt;
    private DateTimeOffset movedAt;

    public Guid TenantId => tenantId;
    public long Seq { get; private set; }
    public string Hash { get; private set; } = LedgerChain.Origin;
    public TenantCalendar Calendar { get; private set; } = new(TimeZoneInfo.Utc);

    /// <summary>Whether this group has changed budgets.</summary>
    public bool Revised { get; private set; }

    /// <summary>Whether those who wait are woken after this group.</summary>
    public bool WakesAfter { get; set; }

    /// <summary>Whether the head is noted for an anchor after this group.</summary>
    public bool NotesHead { get; set; }

    public bool IsIn(WriteBatch current) => ReferenceEquals(batch, current) && group == current.Group;

    /// <summary>Locks and reads the head, once per group.</summary>
    public void Enter(WriteBatch current, DateTimeOffset now)
    {
        if (current.TenantId != tenantId)
        {
            throw new InvalidOperationException("Work that locks a tenant's head has to say whose it is: the writer keeps the order of the locks by that.");
        }
        batch = current;
        group = current.Group;
        Revised = WakesAfter = NotesHead = moved = false;
        rollUps.Clear();
        current.First(
            LedgerStatements.LockHead, static row => (row.GetInt64(0), row.GetString(1), row.GetInt64(2)), out var head, ("@tenant", tenantId), ("@origin", LedgerChain.Origin));
        var (seq, hash, rev) = head;
        if (seq != Seq || rev != revision || hash != Hash || now - readAt > MostAge || now < readAt)
        {
            scopes.Clear();
            blocked = null;
            (Seq, Hash, revision, readAt) = (seq, hash, rev, now);
            Calendar = TenantCalendar.Of(current.Text(LedgerStatements.TimeZone, ("@tenant", tenantId)));
        }
        current.OnRollback(Forget);
        current.OnCommitting(Write);
    }

    /// <summary>The budgets of a scope with what they have left now.</summary>
    public List<Balance> BalancesOf(ScopeKey scope, DateTimeOffset now)
    {
        if (!scopes.TryGetValue(scope, out var balances))
        {
            if (scopes.Count >= MostScopes)
            {
                scopes.Clear();
            }
            balances = batch!.Query(
                BudgetStatements.OfScope, reader => new Balance(BudgetTerms.Read(reader), scope), ("@tenant", tenantId), ("@kind", scope.Kind.ToString()), ("@scope", scope.Text));
            scopes[scope] = balances;
        }
        foreach (var balance in balances)
        {
            if (!balance.IsCurrent(now))
            {
                rollUps.Write(batch!);
                balance.Load(batch!, tenantId, Calendar, now);
                // What was passed while nobody looked: by another process, or by a budget that was lowered.
                Latch(balance, now);
            }
        }
        return balances;
    }

    /// <summary>Tells of each mark that a balance has passed, once per mark and period whatever else happens: the row is written with the spend that passed it.</summary>
    public void Latch(Balance balance, DateTimeOffset now)
    {
        foreach (var mark in balance.TakePassed())
        {
            var told = batch!.Execute(
                BudgetStatements.Latch,
                ("@id", Guid.CreateVersion7(now)), ("@tenant", tenantId), ("@budget", balance.BudgetId), ("@kind", balance.Scope.Kind.ToString()), ("@scope", balance.Scope.Text),
                ("@period", balance.Period.ToString()), ("@start", balance.Start.ToUnixTimeMilliseconds()), ("@mark", mark), ("@now", now.ToUnixTimeMilliseconds()),
                ("@spentNano", (long)balance.SpentNano), ("@spentTokens", (long)balance.SpentTokens), ("@limitNano", balance.LimitNano), ("@limitTokens", balance.LimitTokens));
            if (told > 0)
            {
                var scope = balance.Scope.Kind.ToString().ToLowerInvariant();
                batch.OnCommitted(() => EngineMeters.BudgetMark(tenantId, scope, mark));
            }
        }
    }

    /// <summary>Whether an overrun of the model waits for somebody to look at it.</summary>
    public bool IsBlocked(string provider, string model) =>
        (blocked ??= [.. batch!.Query(OverrunStatements.Blocked, static row => (row.GetString(0), row.GetString(1)), ("@tenant", tenantId))]).Contains((provider, model));

    /// <summary>Keeps a call that cost more than was set aside, which blocks its model.</summary>
    public void Block(LedgerRow row, long reserved, long reservedTokens)
    {
        batch!.Execute(
            OverrunStatements.Insert,
            ("@call", row.CallId), ("@tenant", tenantId), ("@run", row.RunId), ("@provider", row.Provider), ("@model", row.Model), ("@now", row.At.ToUnixTimeMilliseconds()),
            ("@reserved", reserved), ("@booked", row.Amount.Nano), ("@reservedTokens", reservedTokens), ("@bookedTokens", row.Tokens));
        blocked?.Add((row.Provider, row.Model));
        batch.OnCommitted(() => EngineMeters.Overrun(tenantId, row.Provider, row.Model));
    }

    /// <summary>The balances of a scope if they are known, without asking the database.</summary>
    public List<Balance>? KnownOf(ScopeKey scope) => scopes.GetValueOrDefault(scope);

    /// <summary>All balances that are known, without asking the database.</summary>
    public IEnumerable<Balance> Known => scopes.Values.SelectMany(balances => balances);

    /// <summary>A budget of the tenant was made, changed or removed: every process drops what it had read.</summary>
    public void Revise()
    {
        batch!.Number(LedgerStatements.BumpRevision, ("@tenant", tenantId));
        revision++;
        scopes.Clear();
        blocked = null;
        Revised = true;
    }

    public void Append(LedgerRow row)
    {
        batch!.Execute(
            LedgerStatements.Append,
            ("@tenant", row.TenantId), ("@seq", row.Seq), ("@at", row.At.ToUnixTimeMilliseconds()), ("@kind", Names.Of(row.Kind)), ("@call", row.CallId),
            ("@amount", row.Amount.Nano), ("@tokens", row.Tokens), ("@user", row.UserId), ("@key", row.KeyId), ("@run", row.RunId), ("@step", row.StepId),
            ("@neuron", row.Neuron), ("@layer", row.Layer), ("@runKind", row.RunKind), ("@provider", row.Provider), ("@model", row.Model),
            ("@input", row.InputTokens), ("@cached", row.CachedTokens), ("@cacheWrite", row.CacheWriteTokens), ("@output", row.OutputTokens),
            ("@reasoning", row.ReasoningTokens), ("@priceVersion", row.PriceVersion), ("@flags", row.Flags), ("@reason", row.Reason),
            ("@prevHash", row.PrevHash), ("@hash", row.Hash));
        (Seq, Hash, moved, movedAt) = (row.Seq, row.Hash, true, row.At);
    }

    public string NextHash(LedgerRow row) => chain.Hash(row, Hash);

    /// <summary>Adds a settled call to the roll-ups of its time.</summary>
    public void Count(LedgerRow row, bool unpriced) => rollUps.Count(row, Calendar, unpriced);

    private void Write()
    {
        rollUps.Write(batch!);
        if (moved)
        {
            batch!.Execute(LedgerStatements.MoveHead, ("@tenant", tenantId), ("@seq", Seq), ("@hash", Hash), ("@at", movedAt.ToUnixTimeMilliseconds()));
        }
    }

    private void Forget()
    {
        scopes.Clear();
        blocked = null;
        rollUps.Clear();
        batch = null;
        revision = -1;
        moved = false;
    }
}
