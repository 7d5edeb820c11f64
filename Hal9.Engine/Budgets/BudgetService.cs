using System.Text.Json;
using Hal9.Engine.Audit;
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

    /// <summary>Which: the id of a user or key, a neuron's name, <c>provider/model</c>; <see cref="Budget.Each"/> for each of the kind; null for the tenant.</summary>
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
    int FiscalStart, Usd Spent, long SpentTokens, Usd Reserved, long ReservedTokens, DateTimeOffset? ResetsAt)
{
    /// <summary>What is added to the limit now by approved raises.</summary>
    public Usd? Raised { get; init; }

    /// <summary>The same in tokens.</summary>
    public long? RaisedTokens { get; init; }

    /// <summary>When the raises become fewer or end (UTC); null: there are none.</summary>
    public DateTimeOffset? RaisedUntil { get; init; }

    /// <summary>When the period began (UTC).</summary>
    public DateTimeOffset StartedAt { get; init; }
}

/// <summary>Knows the models by the names that calls are booked under. Models implements it, above this folder.</summary>
public interface IModelNames
{
    /// <summary><c>provider/model</c> as calls of it are booked, or null when such a model cannot be called here.</summary>
    string? Find(string model);

    /// <summary>Kind and address of a provider; null: it is not known here.</summary>
    (string Kind, Uri? Address)? ProviderOf(string name);
}

/// <summary>The door to budgets.</summary>
public sealed partial class BudgetService
{
    private const string DirectNeuron = "direct";
    private static readonly int[] DefaultMarks = [50, 80, 95];
    private readonly BudgetLedger ledger;
    private readonly TenantScope tenants;
    private readonly IModelNames models;
    private readonly BudgetsOptions options;

    internal BudgetService(BudgetLedger ledger, TenantScope tenants, IModelNames models, IOptions<BudgetsOptions> options)
    {
        this.ledger = ledger;
        this.tenants = tenants;
        this.models = models;
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
        return ledger.WithBookAsync(actor.TenantId, (_, book, now) => (IReadOnlyList<BudgetView>)[.. book.BalancesOf(own, now).Select(balance => Show(balance, own.Text))], cancellationToken);
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
            (_, book, now) =>
            {
                var balances = Scopes.Of(actor.UserId, actor.KeyId).SelectMany(scope => book.BalancesOf(scope, now)).ToList();
                var money = balances.Where(b => b.LimitNano is not null).Select(b => BudgetRoom.Of(b, money: true)).MinBy(room => room.Left!.Value.Nano);
                var tokens = balances.Where(b => b.LimitTokens is not null).Select(b => BudgetRoom.Of(b, money: false)).MinBy(room => room.LeftTokens);
                return money is null || tokens?.UsedRatio > money.UsedRatio ? tokens : money;
            },
            cancellationToken);
    }

    /// <summary>The budgets that spend of the actor on these neurons and models (<c>provider/model</c>) draws on, tightest first. Everybody who spends may know this.</summary>
    /// <exception cref="AccessDenied">The actor may not spend.</exception>
    public Task<IReadOnlyList<BudgetDraw>> DrawsAsync(
        Actor actor, IReadOnlyList<string> neurons, IReadOnlyList<string> models, Usd expected, Usd worst, CancellationToken cancellationToken)
    {
        Demand(actor, Permission.UseRuns);
        var scopes = Scopes.Of(actor.UserId, actor.KeyId)
            .Concat(neurons.Select(neuron => new ScopeKey(BudgetScopeKind.Neuron, Name: neuron)))
            .Concat(models.Select(model => ScopeKey.Read(BudgetScopeKind.Model, model)).OfType<ScopeKey>()).ToList();
        return ledger.WithBookAsync(
            actor.TenantId,
            (_, book, now) => (IReadOnlyList<BudgetDraw>)
            [
                .. scopes.SelectMany(scope => book.BalancesOf(scope, now)).Select(balance => BudgetDraw.Of(balance, expected, worst))
                    .OrderBy(draw => draw.Left?.Nano ?? long.MaxValue).ThenBy(draw => draw.LeftTokens ?? long.MaxValue),
            ],
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
        return ledger.WithBookAsync(actor.TenantId, (batch, book, now) =>
        {
            var deleted = batch.Execute(BudgetStatements.Delete, ("@tenant", actor.TenantId), ("@id", id)) > 0;
            if (deleted)
            {
                AuditLog.Write(batch, actor, now, "budget.deleted", $"budget/{id}", new { });
                book.Revise();
            }
            return deleted;
        }, cancellationToken);
    }

    // Errors come back as values: an exception inside the group would undo the work of others in it, only to run it again.
    private (BudgetView? View, Exception? Error) Put(WriteBatch batch, TenantBook book, DateTimeOffset now, Actor actor, PutBudget order, string scopeId)
    {
        var tenantId = actor.TenantId;
        var ofScope = batch.Number(BudgetStatements.CountOfScope, ("@tenant", tenantId), ("@kind", order.ScopeKind.ToString()), ("@scope", scopeId))!.Value;
        if (CheckScope(batch, actor, order.ScopeKind, scopeId, ofScope) is { } fault)
        {
            return (null, fault);
        }
        if (ofScope == 0 && batch.Number(BudgetStatements.Count, ("@tenant", tenantId)) >= options.MostBudgets)
        {
            return (null, new ArgumentException($"scope: this tenant has {options.MostBudgets} budgets, which is all that Hal9:Budgets:MostBudgets allows.", nameof(order)));
        }
        batch.Execute(
            BudgetStatements.Put,
            ("@id", Guid.CreateVersion7(now)), ("@tenant", tenantId), ("@kind", order.ScopeKind.ToString()), ("@scope", scopeId), ("@period", order.Period.ToString()),
            ("@limitNano", order.Limit?.Nano), ("@limitTokens", order.LimitTokens), ("@marks", JsonSerializer.Serialize(order.Marks ?? DefaultMarks)),
            ("@ladder", JsonSerializer.Serialize((order.Ladder ?? []).Select(step => step.ToString()))), ("@fiscalStart", order.FiscalStart ?? 1),
            ("@now", now.ToUnixTimeMilliseconds()));
        AuditLog.Write(
            batch, actor, now, "budget.put", $"{order.ScopeKind}/{scopeId}/{order.Period}".ToLowerInvariant(),
            new { limitUsd = order.Limit?.ToString(), order.LimitTokens, order.Marks, ladder = order.Ladder?.Select(step => step.ToString()), order.FiscalStart });
        book.Revise();
        return (List(batch, book, now, set => set.Kind == order.ScopeKind && set.ScopeId == scopeId && set.Terms.Period == order.Period)[0], null);
    }

    /// <summary>Whether the actor may set a budget of that scope, and whether there is such a thing.</summary>
    private static Exception? CheckScope(WriteBatch batch, Actor actor, BudgetScopeKind kind, string scopeId, long ofScope)
    {
        var mayEdit = actor.May(Permission.EditBudgets);
        if (kind == BudgetScopeKind.Key && scopeId != Budget.Each)
        {
            var owner = batch.Query(BudgetStatements.KeyOwner, reader => reader.GetGuid(0), ("@tenant", actor.TenantId), ("@id", Guid.Parse(scopeId)));
            if (owner.Count == 0)
            {
                return new ArgumentException($"scope.id: there is no key {scopeId}.");
            }
            return mayEdit || (owner[0] == actor.UserId && actor.May(Permission.UseKeys) && ofScope == 0) ? null : new AccessDenied(Permission.EditBudgets);
        }
        if (!mayEdit)
        {
            return new AccessDenied(Permission.EditBudgets);
        }
        return (kind, scopeId) switch
        {
            (_, Budget.Each) => null,
            (BudgetScopeKind.User, _) when batch.Number(BudgetStatements.Member, ("@tenant", actor.TenantId), ("@id", Guid.Parse(scopeId))) == 0 =>
                new ArgumentException($"scope.id: there is no person {scopeId} in this tenant."),
            (BudgetScopeKind.Neuron, not DirectNeuron) when batch.Number(BudgetStatements.Neuron, ("@tenant", actor.TenantId), ("@name", scopeId)) == 0 =>
                new ArgumentException($"scope.id: there is no neuron {scopeId}; {DirectNeuron} stands for pass-through calls."),
            _ => null,
        };
    }

    private static List<BudgetView> List(WriteBatch batch, TenantBook book, DateTimeOffset now, Func<SetBudget, bool> wanted)
    {
        var views = new List<BudgetView>();
        foreach (var set in batch.Query(BudgetStatements.List, SetBudget.Read, ("@tenant", book.TenantId)).Where(wanted))
        {
            // One that stands for each has no balance of its own: what each has spent is shown with each.
            var balance = ScopeKey.Read(set.Kind, set.ScopeId) is { } scope
                ? book.BalancesOf(scope, now).Find(balance => balance.BudgetId == set.Terms.Id)
                : Balance.Unused(set, book.Calendar, now);
            if (balance is not null)
            {
                views.Add(Show(balance, set.ScopeId));
            }
        }
        return views;
    }

    private static BudgetView Show(Balance balance, string scopeId) => new(
        balance.BudgetId, balance.Scope.Kind, scopeId, balance.Period, balance.Terms.LimitNano is { } nano ? new Usd(nano) : null, balance.Terms.LimitTokens, balance.Terms.Marks,
        balance.Terms.Ladder, balance.Terms.FiscalStart, new Usd((long)balance.SpentNano), (long)balance.SpentTokens, new Usd((long)balance.OpenNano), (long)balance.OpenTokens, balance.End)
    {
        StartedAt = balance.Start,
        Raised = balance.RaisedNano > 0 ? new Usd(balance.RaisedNano) : null,
        RaisedTokens = balance.RaisedTokens > 0 ? balance.RaisedTokens : null,
        RaisedUntil = balance.RaisedUntil,
    };

    /// <summary>Checks what needs no look at the tenant, and returns the scope's id as budgets store it.</summary>
    private string Check(PutBudget order)
    {
        var scopeId = order.ScopeId ?? "";
        switch (order.ScopeKind)
        {
            case BudgetScopeKind.Tenant:
                Require(scopeId.Length == 0, "scope.id", "a tenant's budget has none.");
                break;
            case BudgetScopeKind.User or BudgetScopeKind.Key when scopeId != Budget.Each:
                Require(Guid.TryParse(scopeId, out var id) && id != Guid.Empty, "scope.id", $"the id of the {order.ScopeKind.ToString().ToLowerInvariant()} is required, or {Budget.Each} for each.");
                scopeId = id.ToString("D");
                break;
            case BudgetScopeKind.Neuron:
                Require(scopeId.Length > 0, "scope.id", $"the neuron's name is required, or {Budget.Each} for each.");
                break;
            case BudgetScopeKind.Model when scopeId != Budget.Each:
                scopeId = models.Find(scopeId) ?? "";
                Require(scopeId.Length > 0, "scope.id", $"a model that can be called here, as provider/model, is required, or {Budget.Each} for each.");
                break;
            case BudgetScopeKind.Team:
                Require(false, "scope.kind", "there are no teams in this version; use tenant, user, key, neuron or model.");
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
        var ladder = order.Ladder ?? [];
        Require(ladder.All(Enum.IsDefined) && ladder.Distinct().Count() == ladder.Count, "ladder", "each of clamp, cheaper, offline, pause, refuse at most once, in the order in which they are tried.");
        Require(ladder.Count == 0 || !ladder.SkipLast(1).Contains(LadderStep.Refuse), "ladder", "nothing comes after refuse.");
        Require(!ladder.Contains(LadderStep.Pause) || ladder.SkipWhile(step => step != LadderStep.Pause).Skip(1).All(step => step == LadderStep.Refuse), "ladder", "only refuse comes after pause.");
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
}
