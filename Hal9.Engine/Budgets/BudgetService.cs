using System.Text.Json;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Budgets;

/// <summary>The order to make the budget of a scope and period, or to replace it.</summary>
public sealed record PutBudget
{
    /// <summary>What it limits.</summary>
    public required BudgetScopeKind ScopeKind { get; init; }

    /// <summary>Which user or key; null for the tenant.</summary>
    public string? ScopeId { get; init; }

    /// <summary>Over which time.</summary>
    public required BudgetPeriod Period { get; init; }

    /// <summary>The limit in money, at least 0; this or <see cref="LimitTokens"/> is required.</summary>
    public Usd? Limit { get; init; }

    /// <summary>The limit in tokens, at least 0.</summary>
    public long? LimitTokens { get; init; }

    /// <summary>Warning marks in percent, rising, 1 to 100, at most ten; null: 50, 80, 95.</summary>
    public IReadOnlyList<int>? Marks { get; init; }

    /// <summary>What happens at the limit; null or empty: refuse.</summary>
    public IReadOnlyList<LadderStep>? Ladder { get; init; }

    /// <summary>First day of the month, 1 to 28, for <see cref="BudgetPeriod.Month"/>; null: 1.</summary>
    public int? FiscalStart { get; init; }
}

/// <summary>A budget and what it has left now.</summary>
public sealed record BudgetView(
    Guid Id, BudgetScopeKind ScopeKind, string ScopeId, BudgetPeriod Period, Usd? Limit, long? LimitTokens, IReadOnlyList<int> Marks, IReadOnlyList<LadderStep> Ladder,
    int FiscalStart, Usd Spent, long SpentTokens, Usd Reserved, long ReservedTokens, DateTimeOffset? ResetsAt);

/// <summary>The door to budgets.</summary>
public sealed class BudgetService
{
    private static readonly int[] DefaultMarks = [50, 80, 95];
    private readonly BudgetLedger ledger;
    private readonly BudgetsOptions options;

    internal BudgetService(BudgetLedger ledger, IOptions<BudgetsOptions> options)
    {
        this.ledger = ledger;
        this.options = options.Value;
    }

    /// <summary>All budgets of the tenant.</summary>
    /// <exception cref="AccessDenied">The actor may not read costs.</exception>
    public Task<IReadOnlyList<BudgetView>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        Demand(actor, Permission.ReadCosts);
        return ledger.WithBookAsync(actor.TenantId, (batch, book, now) => (IReadOnlyList<BudgetView>)List(batch, book, now, static _ => true), cancellationToken);
    }

    /// <summary>The budgets that limit the actor as a person, for those who may not read costs.</summary>
    /// <exception cref="AccessDenied">The actor may not use runs.</exception>
    public Task<IReadOnlyList<BudgetView>> ListOwnAsync(Actor actor, CancellationToken cancellationToken)
    {
        Demand(actor, Permission.UseRuns);
        var own = new ScopeKey(BudgetScopeKind.User, actor.UserId);
        return ledger.WithBookAsync(actor.TenantId, (batch, book, now) => (IReadOnlyList<BudgetView>)List(batch, book, now, set => set.Scope == own), cancellationToken);
    }

    /// <summary>
    /// What the tightest of the budgets leaves that the actor's own spend draws on: that with the least money, or one of tokens that is fuller. Null: there
    /// are none. Everybody who spends may know this.
    /// </summary>
    /// <exception cref="AccessDenied">The actor may not spend.</exception>
    public Task<BudgetRoom?> RoomAsync(Actor actor, CancellationToken cancellationToken)
    {
        Demand(actor, Permission.UseRuns);
        return ledger.WithBookAsync(
            actor.TenantId,
            (batch, book, now) =>
            {
                ScopeKey[] scopes = [new(BudgetScopeKind.Tenant, Guid.Empty), new(BudgetScopeKind.User, actor.UserId), .. actor.KeyId is { } key ? [new ScopeKey(BudgetScopeKind.Key, key)] : Array.Empty<ScopeKey>()];
                var marks = batch.Query(BudgetStatements.List, SetBudget.Read, ("@tenant", actor.TenantId)).ToDictionary(set => set.Id, set => set.Marks);
                var balances = scopes.SelectMany(scope => book.BalancesOf(scope, now)).ToList();
                var money = balances.Where(b => b.LimitNano is not null).Select(b => BudgetRoom.Of(b, marks[b.BudgetId], money: true)).MinBy(room => room.Left!.Value.Nano);
                var tokens = balances.Where(b => b.LimitTokens is not null).Select(b => BudgetRoom.Of(b, marks[b.BudgetId], money: false)).MinBy(room => room.LeftTokens);
                return money is null || tokens?.UsedRatio > money.UsedRatio ? tokens : money;
            },
            cancellationToken);
    }

    /// <summary>
    /// Makes or replaces the budget of a scope and period. What was spent in the period counts at once; nothing is reset. Besides those who may
    /// edit budgets, the owner of a key may give it its first one.
    /// </summary>
    /// <exception cref="AccessDenied">The actor may not.</exception>
    /// <exception cref="ArgumentException">The order is out of range or not available yet; the message names the field.</exception>
    public async Task<BudgetView> PutAsync(Actor actor, PutBudget order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(order);
        var scopeId = Check(order);
        var (view, error) = await ledger.WithBookAsync(actor.TenantId, (batch, book, now) => Put(batch, book, now, actor, order, scopeId), cancellationToken).ConfigureAwait(false);
        return view ?? throw error!;
    }

    /// <summary>Removes a budget.</summary>
    /// <returns>False when the tenant has none of that id.</returns>
    /// <exception cref="AccessDenied">The actor may not edit budgets.</exception>
    public Task<bool> DeleteAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        Demand(actor, Permission.EditBudgets);
        return ledger.WithBookAsync(actor.TenantId, (batch, book, _) =>
        {
            var deleted = batch.Execute(BudgetStatements.Delete, ("@tenant", actor.TenantId), ("@id", id)) > 0;
            if (deleted)
            {
                book.Revise();
            }
            return deleted;
        }, cancellationToken);
    }

    // Errors come back as values: an exception inside the group would undo the work of others in it, only to run it again.
    private (BudgetView? View, Exception? Error) Put(WriteBatch batch, TenantBook book, DateTimeOffset now, Actor actor, PutBudget order, Guid scopeId)
    {
        var tenantId = actor.TenantId;
        var scope = new ScopeKey(order.ScopeKind, scopeId);
        var ofScope = batch.Number(BudgetStatements.CountOfScope, ("@tenant", tenantId), ("@kind", order.ScopeKind.ToString()), ("@scope", scope.Text))!.Value;
        if (order.ScopeKind == BudgetScopeKind.Key)
        {
            var owner = batch.Query(BudgetStatements.KeyOwner, reader => reader.GetGuid(0), ("@tenant", tenantId), ("@id", scopeId));
            if (owner.Count == 0)
            {
                return (null, new ArgumentException($"scope.id: there is no key {scopeId}.", nameof(order)));
            }
            if (!actor.May(Permission.EditBudgets) && !(owner[0] == actor.UserId && actor.May(Permission.UseKeys) && ofScope == 0))
            {
                return (null, new AccessDenied(Permission.EditBudgets));
            }
        }
        else if (!actor.May(Permission.EditBudgets))
        {
            return (null, new AccessDenied(Permission.EditBudgets));
        }
        else if (order.ScopeKind == BudgetScopeKind.User && batch.Number(BudgetStatements.Member, ("@tenant", tenantId), ("@id", scopeId)) == 0)
        {
            return (null, new ArgumentException($"scope.id: there is no person {scopeId} in this tenant.", nameof(order)));
        }
        if (ofScope == 0 && batch.Number(BudgetStatements.Count, ("@tenant", tenantId)) >= options.MostBudgets)
        {
            return (null, new ArgumentException($"scope: this tenant has {options.MostBudgets} budgets, which is all that Hal9:Budgets:MostBudgets allows.", nameof(order)));
        }
        batch.Execute(
            BudgetStatements.Put,
            ("@id", Guid.CreateVersion7(now)), ("@tenant", tenantId), ("@kind", order.ScopeKind.ToString()), ("@scope", scope.Text), ("@period", order.Period.ToString()),
            ("@limitNano", order.Limit?.Nano), ("@limitTokens", order.LimitTokens), ("@marks", JsonSerializer.Serialize(order.Marks ?? DefaultMarks)),
            ("@ladder", JsonSerializer.Serialize((order.Ladder ?? []).Select(step => step.ToString()))), ("@fiscalStart", order.FiscalStart ?? 1),
            ("@now", now.ToUnixTimeMilliseconds()));
        book.Revise();
        return (List(batch, book, now, set => set.Scope == scope && set.Period == order.Period)[0], null);
    }

    private static List<BudgetView> List(WriteBatch batch, TenantBook book, DateTimeOffset now, Func<SetBudget, bool> wanted)
    {
        var views = new List<BudgetView>();
        foreach (var set in batch.Query(BudgetStatements.List, SetBudget.Read, ("@tenant", book.TenantId)))
        {
            if (wanted(set) && book.BalancesOf(set.Scope, now).Find(balance => balance.BudgetId == set.Id) is { } balance)
            {
                views.Add(new BudgetView(
                    set.Id, set.Scope.Kind, set.Scope.Text, set.Period, balance.LimitNano is { } nano ? new Usd(nano) : null, balance.LimitTokens, set.Marks, set.Ladder,
                    set.FiscalStart, new Usd((long)balance.SpentNano), (long)balance.SpentTokens, new Usd((long)balance.OpenNano), (long)balance.OpenTokens, balance.End));
            }
        }
        return views;
    }

    private static Guid Check(PutBudget order)
    {
        var scopeId = Guid.Empty;
        switch (order.ScopeKind)
        {
            case BudgetScopeKind.Tenant:
                Require(string.IsNullOrEmpty(order.ScopeId), "scope.id", "a tenant's budget has none.");
                break;
            case BudgetScopeKind.User or BudgetScopeKind.Key:
                Require(Guid.TryParse(order.ScopeId, out scopeId) && scopeId != Guid.Empty, "scope.id", $"the id of the {order.ScopeKind.ToString().ToLowerInvariant()} is required.");
                break;
            default:
                Require(false, "scope.kind", $"budgets of a {order.ScopeKind.ToString().ToLowerInvariant()} are not available yet; use tenant, user or key.");
                break;
        }
        Require(Enum.IsDefined(order.Period), "period", "one of hour, day, week, month, total.");
        Require(order.Limit is not null || order.LimitTokens is not null, "limitUsd", "this or limitTokens is required.");
        Require(order.Limit is not { Nano: < 0 }, "limitUsd", "it must be at least 0.");
        Require(order.LimitTokens is not < 0, "limitTokens", "it must be at least 0.");
        var marks = order.Marks ?? DefaultMarks;
        var rising = marks.Count <= 10;
        for (var i = 0; i < marks.Count && rising; i++)
        {
            rising = marks[i] is >= 1 and <= 100 && (i == 0 || marks[i] > marks[i - 1]);
        }
        Require(rising, "marks", "at most ten percentages from 1 to 100, rising.");
        Require(
            order.Ladder is not { Count: > 0 } ladder || (ladder.Count == 1 && ladder[0] == LadderStep.Refuse), "ladder",
            "only refuse is available yet; leave it empty or use [\"refuse\"].");
        Require(order.FiscalStart is null or (>= 1 and <= 28), "fiscalStart", "a day from 1 to 28.");
        Require(order.FiscalStart is null or 1 || order.Period == BudgetPeriod.Month, "fiscalStart", "only a budget per month has one.");
        return scopeId;
    }

    private static void Require(bool fine, string field, string rule)
    {
        if (!fine)
        {
            throw new ArgumentException($"{field}: {rule}");
        }
    }

    private static void Demand(Actor actor, Permission permission)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.May(permission))
        {
            throw new AccessDenied(permission);
        }
    }

    private sealed record SetBudget(Guid Id, ScopeKey Scope, BudgetPeriod Period, IReadOnlyList<int> Marks, IReadOnlyList<LadderStep> Ladder, int FiscalStart)
    {
        public static SetBudget Read(SqlRow reader) => new(
            reader.GetGuid(0),
            new ScopeKey(Enum.Parse<BudgetScopeKind>(reader.GetString(1)), Guid.TryParse(reader.GetString(2), out var id) ? id : Guid.Empty),
            Enum.Parse<BudgetPeriod>(reader.GetString(3)),
            JsonSerializer.Deserialize<int[]>(reader.GetString(4)) ?? [],
            [.. (JsonSerializer.Deserialize<string[]>(reader.GetString(5)) ?? []).Select(Enum.Parse<LadderStep>)],
            reader.GetInt32(6));
    }
}
