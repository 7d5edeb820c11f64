using Hal9.Engine.Audit;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Budgets;

// Raises for a time, and the marks that were passed.
public sealed partial class BudgetService
{
    private const int MostAsked = 5;
    private const int MostReason = 500;
    private static readonly TimeSpan MostRaise = TimeSpan.FromDays(92);

    /// <summary>
    /// Asks for a raise of a budget. Everybody who spends may ask, for the budgets that limit them. From somebody who may edit budgets it is granted at once, with
    /// them as the approver.
    /// </summary>
    /// <returns>The raise; null when there is no such budget, or it is not one that limits the actor.</returns>
    /// <exception cref="AccessDenied">The actor may not spend and may not edit budgets.</exception>
    /// <exception cref="ArgumentException">The order is out of range; the message names the field.</exception>
    public Task<BudgetRaise?> AskAsync(Actor actor, Guid budgetId, AskRaise order, CancellationToken cancellationToken) => AskAsync(actor, budgetId, order, null, cancellationToken);

    /// <summary>The same, once per key: a repeated order with the same key gets the raise that the first one made. The key is stored with the raise, for a day.</summary>
    /// <exception cref="RequestKeyReused">The key belongs to another order.</exception>
    public async Task<BudgetRaise?> AskAsync(Actor actor, Guid budgetId, AskRaise order, RequestKey? key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(order);
        var mayEdit = actor.May(Permission.EditBudgets);
        if (!mayEdit)
        {
            Demand(actor, Permission.UseRuns);
        }
        Check(order.Amount, order.Tokens, order.Reason);
        Require(order.Amount is not null || order.Tokens is not null, "amountUsd", "this or tokens is required.");
        var (raise, fault) = await ledger.WithBookAsync(actor.TenantId, (batch, book, now) => Ask(batch, book, now, actor, budgetId, order, key, mayEdit), cancellationToken).ConfigureAwait(false);
        return fault is null ? raise : throw fault;
    }

    /// <summary>Approves or declines a raise that was asked for, or ends one that was approved (by declining it).</summary>
    /// <returns>The raise as it is now; null when the tenant has none of that id.</returns>
    /// <exception cref="AccessDenied">The actor may not edit budgets.</exception>
    /// <exception cref="ArgumentException">The order is out of range, or the raise was decided before.</exception>
    public async Task<BudgetRaise?> DecideAsync(Actor actor, Guid raiseId, DecideRaise order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        Demand(actor, Permission.EditBudgets);
        Check(order.Amount, order.Tokens, order.Reason);
        var (raise, fault) = await ledger.WithBookAsync(actor.TenantId, (batch, book, now) => Decide(batch, book, now, actor, raiseId, order), cancellationToken).ConfigureAwait(false);
        return fault is null ? raise : throw fault;
    }

    /// <summary>Raises, newest first: all for those who may read costs, else one's own.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="state">Only such; null: all.</param>
    /// <param name="after">The last one of the page before.</param>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<IReadOnlyList<BudgetRaise>> RaisesAsync(Actor actor, RaiseState? state, Guid? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var all = actor.May(Permission.ReadCosts);
        if (!all)
        {
            Demand(actor, Permission.UseRuns);
        }
        await using var db = tenants.Open(actor.TenantId);
        var rows = await db.Set<BudgetRaiseRow>().AsNoTracking()
            .Where(row => (all || row.AskedBy == actor.UserId) && (state == null || row.State == state) && (after == null || row.Id < after))
            .OrderByDescending(row => row.Id).Take(Math.Clamp(limit, 1, 200)).ToListAsync(cancellationToken).ConfigureAwait(false);
        return rows.ConvertAll(row => row.Show());
    }

    /// <summary>Marks that were passed, newest first: one per mark and period.</summary>
    /// <exception cref="AccessDenied">The actor may not read costs.</exception>
    public async Task<IReadOnlyList<BudgetAlert>> AlertsAsync(Actor actor, Guid? after, int limit, CancellationToken cancellationToken)
    {
        Demand(actor, Permission.ReadCosts);
        await using var db = tenants.Open(actor.TenantId);
        var rows = await db.Set<BudgetAlertRow>().AsNoTracking().Where(row => after == null || row.Id < after)
            .OrderByDescending(row => row.Id).Take(Math.Clamp(limit, 1, 200)).ToListAsync(cancellationToken).ConfigureAwait(false);
        return rows.ConvertAll(row => row.Show());
    }

    private static (BudgetRaise? Raise, Exception? Fault) Ask(
        WriteBatch batch, TenantBook book, DateTimeOffset now, Actor actor, Guid budgetId, AskRaise order, RequestKey? key, bool mayEdit)
    {
        if (key is not null && RequestKeyStore.Find(batch, actor, key, now) is { } known)
        {
            return known.Order == key.Order ? (Find(batch, actor.TenantId, known.MadeId), null) : (null, new RequestKeyReused());
        }
        if (!batch.First(BudgetStatements.Find, SetBudget.Read, out var set, ("@tenant", actor.TenantId), ("@id", budgetId)))
        {
            return default;
        }
        var scopeId = set!.ScopeId == Budget.Each ? order.ScopeId ?? OwnOf(actor, set.Kind) : set.ScopeId;
        var own = set.Kind is not (BudgetScopeKind.User or BudgetScopeKind.Key) || scopeId == OwnOf(actor, set.Kind);
        if (!own && !mayEdit)
        {
            return default;
        }
        if (scopeId is null || ScopeKey.Read(set.Kind, scopeId) is null)
        {
            return (null, new ArgumentException("scopeId: this budget stands for each of its kind: say whose limit is raised."));
        }
        var expires = order.ExpiresAt ?? book.Calendar.PeriodOf(set.Terms.Period, set.Terms.FiscalStart, now).End;
        if (FaultOf(set, order.Amount, order.Tokens, expires, now) is { } fault)
        {
            return (null, fault);
        }
        if (!mayEdit && batch.Number(BudgetStatements.CountAsked, ("@tenant", actor.TenantId), ("@budget", budgetId), ("@by", actor.UserId)) >= MostAsked)
        {
            return (null, new ArgumentException($"budget: {MostAsked} of your requests for this budget wait for a decision; more do not help."));
        }
        var id = Guid.CreateVersion7(now);
        batch.Execute(
            BudgetStatements.InsertRaise,
            ("@id", id), ("@tenant", actor.TenantId), ("@budget", budgetId), ("@kind", set.Kind.ToString()), ("@scope", scopeId), ("@nano", order.Amount?.Nano),
            ("@tokens", order.Tokens), ("@reason", order.Reason), ("@run", order.RunId), ("@by", actor.UserId), ("@now", now.ToUnixTimeMilliseconds()),
            ("@expires", expires!.Value.ToUnixTimeMilliseconds()));
        if (key is not null)
        {
            RequestKeyStore.Write(batch, actor, key, id, now);
        }
        return mayEdit ? Decide(batch, book, now, actor, id, new DecideRaise(true, "Granted by who asked.")) : (Find(batch, actor.TenantId, id), null);
    }

    private static (BudgetRaise? Raise, Exception? Fault) Decide(WriteBatch batch, TenantBook book, DateTimeOffset now, Actor actor, Guid raiseId, DecideRaise order)
    {
        if (Find(batch, actor.TenantId, raiseId) is not { } raise)
        {
            return default;
        }
        if (raise.State == RaiseState.Approved && !order.Approve)
        {
            Note(order.Reason);
            batch.Execute(
                BudgetStatements.EndRaise, ("@tenant", actor.TenantId), ("@id", raiseId), ("@now", now.ToUnixTimeMilliseconds()), ("@by", actor.UserId), ("@reason", order.Reason));
            book.Revise();
            return (Find(batch, actor.TenantId, raiseId), null);
        }
        if (raise.State != RaiseState.Asked)
        {
            return (null, new ArgumentException($"raise: it was {raise.State.ToString().ToLowerInvariant()} before."));
        }
        var (amount, tokens, expires) = (order.Amount ?? raise.Amount, order.Tokens ?? raise.Tokens, order.ExpiresAt ?? raise.ExpiresAt);
        if (order.Approve)
        {
            if (!batch.First(BudgetStatements.Find, SetBudget.Read, out var set, ("@tenant", actor.TenantId), ("@id", raise.BudgetId)))
            {
                return (null, new ArgumentException("raise: its budget was removed; there is nothing to raise."));
            }
            if (FaultOf(set!, amount, tokens, expires, now) is { } fault)
            {
                return (null, fault);
            }
        }
        Note(order.Reason);
        batch.Execute(
            BudgetStatements.DecideRaise,
            ("@tenant", actor.TenantId), ("@id", raiseId), ("@state", (order.Approve ? RaiseState.Approved : RaiseState.Declined).ToString()), ("@nano", amount?.Nano), ("@tokens", tokens),
            ("@by", actor.UserId), ("@now", now.ToUnixTimeMilliseconds()), ("@reason", order.Reason), ("@expires", expires.ToUnixTimeMilliseconds()));
        if (order.Approve)
        {
            // Whoever waits for room looks again, and so does every other process.
            book.Revise();
        }
        return (Find(batch, actor.TenantId, raiseId), null);

        void Note(string? why) => AuditLog.Write(
            batch, actor, now, order.Approve ? "raise.approved" : "raise.declined", $"raise/{raiseId}",
            new { raise.BudgetId, amountUsd = (order.Amount ?? raise.Amount)?.ToString(), tokens = order.Tokens ?? raise.Tokens, why });
    }

    private static ArgumentException? FaultOf(SetBudget set, Usd? amount, long? tokens, DateTimeOffset? expires, DateTimeOffset now)
    {
        if (amount is not null && set.Terms.LimitNano is null)
        {
            return new ArgumentException("amountUsd: this budget has no limit of money.");
        }
        if (tokens is not null && set.Terms.LimitTokens is null)
        {
            return new ArgumentException("tokens: this budget has no limit of tokens.");
        }
        return expires is { } end && end > now && end - now <= MostRaise
            ? null
            : new ArgumentException($"expiresAt: a time from now on, at most {MostRaise.TotalDays:0} days ahead; a budget in total needs one.");
    }

    private static BudgetRaise? Find(WriteBatch batch, Guid tenantId, Guid id) =>
        batch.First(BudgetStatements.FindRaise, BudgetRaise.Read, out var raise, ("@tenant", tenantId), ("@id", id)) ? raise : null;

    private static string? OwnOf(Actor actor, BudgetScopeKind kind) => kind switch
    {
        BudgetScopeKind.User => actor.UserId.ToString("D"),
        BudgetScopeKind.Key => actor.KeyId?.ToString("D"),
        _ => null,
    };

    private static void Check(Usd? amount, long? tokens, string? reason)
    {
        Require(amount is null or { Nano: > 0 and <= 1_000_000_000 * Usd.NanoPerUsd }, "amountUsd", "above 0.");
        Require(tokens is null or (> 0 and <= 1_000_000_000_000_000), "tokens", "above 0.");
        Require(reason is null || reason.Length <= MostReason, "reason", $"at most {MostReason} characters.");
    }
}
