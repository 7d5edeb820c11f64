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
                LedgerStatements.BudgetsOfScope, reader => Balance.Read(reader, scope), ("@tenant", tenantId), ("@kind", scope.Kind.ToString()), ("@scope", scope.Text));
            scopes[scope] = balances;
        }
        foreach (var balance in balances)
        {
            if (!balance.IsCurrent(now))
            {
                rollUps.Write(batch!);
                balance.Load(batch!, tenantId, Calendar, now);
            }
        }
        return balances;
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
        rollUps.Clear();
        batch = null;
        revision = -1;
        moved = false;
    }
}
