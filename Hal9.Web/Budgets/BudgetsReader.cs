using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Neurons;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;

namespace Hal9.Web.Budgets;

/// <summary>A budget with what it is called, how deep it is nested, and what becomes of it.</summary>
public sealed record BudgetLine(BudgetView Budget, string Name, int Depth, BudgetOutlook Outlook)
{
    /// <summary>The used share, 0 to 1 and above.</summary>
    public double Used => BudgetOutlook.UsedOf(Budget);
}

/// <summary>A run that a budget refused.</summary>
/// <param name="Run">The run; its error is the reason.</param>
/// <param name="Who">Whose it was.</param>
public sealed record RefusedRun(RunLine Run, string Who);

/// <summary>A raise with the names in it.</summary>
/// <param name="Raise">The raise.</param>
/// <param name="Scope">What is raised.</param>
/// <param name="Who">Who asked.</param>
public sealed record RaiseLine(BudgetRaise Raise, string Scope, string Who);

/// <summary>A mark that was passed.</summary>
/// <param name="Alert">The mark.</param>
/// <param name="Scope">Whose budget.</param>
public sealed record AlertLine(BudgetAlert Alert, string Scope);

/// <summary>Something that a budget can be set for.</summary>
/// <param name="Id">Its id as budgets name it.</param>
/// <param name="Name">What it is called.</param>
public sealed record ScopeChoice(string Id, string Name);

/// <summary>Asks the engine's doors for the parts of the budgets page.</summary>
public sealed class BudgetsReader(BudgetService budgets, CostService costs, RunService runs, KeyService keys, TenantService tenants, HierarchyService hierarchies, ModelService models, CostNames names)
{
    /// <summary>In place of an id: each person, key, neuron or model by itself.</summary>
    public const string Each = "*";

    private const int MostRefused = 10;
    private const int MostChoices = 200;

    /// <summary>All budgets, nested.</summary>
    public async Task<IReadOnlyList<BudgetLine>> ListAsync(Actor actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var all = await budgets.ListAsync(actor, cancellationToken);
        var naming = await names.OfAsync(actor, [.. all.Where(b => b.ScopeId.Length > 0 && b.ScopeId != Each).Select(b => (GroupOf(b.ScopeKind), b.ScopeId)).Distinct()], cancellationToken);
        var owners = all.Any(b => b.ScopeKind is BudgetScopeKind.Key) && actor.May(Permission.UseKeys)
            ? (await keys.ListAsync(actor, null, MostChoices, cancellationToken)).ToDictionary(key => key.Id.ToString(), key => key.UserId.ToString()) : [];
        var paces = new Dictionary<(BudgetScopeKind, TimeSpan), IReadOnlyDictionary<string, Pace>>();
        var lines = new List<BudgetLine>();
        foreach (var budget in all)
        {
            var back = BudgetOutlook.LookBack(budget.Period);
            if (!paces.TryGetValue((budget.ScopeKind, back), out var pace))
            {
                paces[(budget.ScopeKind, back)] = pace = await PacesAsync(actor, GroupOf(budget.ScopeKind), back, now, cancellationToken);
            }
            var key = budget.ScopeKind is BudgetScopeKind.Tenant ? actor.TenantId.ToString("D") : budget.ScopeId;
            lines.Add(new BudgetLine(budget, naming.Of(GroupOf(budget.ScopeKind), budget.ScopeId), Depth(budget), BudgetOutlook.Of(budget, pace.GetValueOrDefault(key) ?? Pace.None, now)));
        }
        return [.. lines.OrderBy(Place).ThenBy(line => line.Depth).ThenBy(line => line.Name, StringComparer.CurrentCultureIgnoreCase).ThenBy(line => line.Budget.ScopeId).ThenBy(line => line.Budget.Period)];

        // A key stands below its owner's budgets, where the owner has any.
        bool HasOwner(BudgetView budget) => budget.ScopeKind is BudgetScopeKind.Key && owners.TryGetValue(budget.ScopeId, out var owner) && all.Any(b => b.ScopeKind is BudgetScopeKind.User && b.ScopeId == owner);
        int Depth(BudgetView budget) => budget.ScopeKind is BudgetScopeKind.Tenant ? 0 : HasOwner(budget) ? 2 : 1;
        string Place(BudgetLine line) => line.Budget.ScopeKind switch
        {
            BudgetScopeKind.Tenant => "0",
            BudgetScopeKind.User => $"1{(line.Budget.ScopeId == Each ? "" : line.Name)} {line.Budget.ScopeId}",
            BudgetScopeKind.Key when HasOwner(line.Budget) => $"1{naming.Of(CostGroup.User, owners[line.Budget.ScopeId])} {owners[line.Budget.ScopeId]}",
            BudgetScopeKind.Key => "2",
            BudgetScopeKind.Neuron => "3",
            _ => "4",
        };
    }

    /// <summary>Runs that a limit refused, newest first.</summary>
    public async Task<IReadOnlyList<RefusedRun>> RefusedAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.May(Permission.ReadRuns))
        {
            return [];
        }
        var refused = (await runs.ListAsync(actor, new RunFilter(RunStatus.Refused, Limit: MostRefused), cancellationToken)).Items;
        var naming = await names.OfAsync(actor, [.. refused.Select(run => (CostGroup.User, run.UserId.ToString())).Distinct()], cancellationToken);
        return [.. refused.Select(run => new RefusedRun(run, naming.Of(CostGroup.User, run.UserId.ToString())))];
    }

    /// <summary>Raises, newest first: what waits for a decision, and what was decided.</summary>
    public async Task<IReadOnlyList<RaiseLine>> RaisesAsync(Actor actor, CancellationToken cancellationToken)
    {
        var raises = await budgets.RaisesAsync(actor, null, null, MostRefused, cancellationToken);
        var naming = await names.OfAsync(
            actor, [.. raises.Select(raise => (GroupOf(raise.ScopeKind), raise.ScopeId)).Concat(raises.Select(raise => (CostGroup.User, raise.AskedBy.ToString()))).Distinct()], cancellationToken);
        return [.. raises.Select(raise => new RaiseLine(raise, naming.Of(GroupOf(raise.ScopeKind), raise.ScopeId), naming.Of(CostGroup.User, raise.AskedBy.ToString())))];
    }

    /// <summary>Marks that were passed, newest first.</summary>
    public async Task<IReadOnlyList<AlertLine>> AlertsAsync(Actor actor, CancellationToken cancellationToken)
    {
        var alerts = await budgets.AlertsAsync(actor, null, MostRefused, cancellationToken);
        var naming = await names.OfAsync(actor, [.. alerts.Select(alert => (GroupOf(alert.ScopeKind), alert.ScopeId)).Distinct()], cancellationToken);
        return [.. alerts.Select(alert => new AlertLine(alert, naming.Of(GroupOf(alert.ScopeKind), alert.ScopeId)))];
    }

    /// <summary>What a budget of that kind can be set for.</summary>
    public async Task<IReadOnlyList<ScopeChoice>> ChoicesAsync(Actor actor, BudgetScopeKind kind, CancellationToken cancellationToken)
    {
        switch (kind)
        {
            case BudgetScopeKind.User:
                var members = await tenants.MembersAsync(actor, MostChoices, cancellationToken);
                var naming = await names.OfAsync(actor, [.. members.Select(id => (CostGroup.User, id.ToString()))], cancellationToken);
                return [.. members.Select(id => new ScopeChoice(id.ToString(), naming.Of(CostGroup.User, id.ToString()))).OrderBy(choice => choice.Name, StringComparer.CurrentCultureIgnoreCase)];
            case BudgetScopeKind.Key:
                var known = actor.May(Permission.UseKeys) ? await keys.ListAsync(actor, null, MostChoices, cancellationToken) : [];
                return [.. known.Where(key => key.RevokedAt is null).Select(key => new ScopeChoice(key.Id.ToString(), $"{key.Name} ({key.Prefix}…)"))];
            case BudgetScopeKind.Neuron:
                return [.. (await hierarchies.OfAsync(actor, cancellationToken)).Neurons.Select(neuron => new ScopeChoice(neuron.Name, neuron.Name))];
            case BudgetScopeKind.Model:
                return [.. models.List().Select(card => new ScopeChoice(card.Ref.ToString(), card.Ref.ToString()))];
            default:
                return [];
        }
    }

    /// <summary>The costs of a budget's scope.</summary>
    public static CostFilter FilterOf(BudgetView budget) => budget.ScopeId == Each ? CostFilter.All : CostFilter.All.With(GroupOf(budget.ScopeKind), budget.ScopeId);

    private static CostGroup GroupOf(BudgetScopeKind kind) => kind switch
    {
        BudgetScopeKind.User => CostGroup.User,
        BudgetScopeKind.Key => CostGroup.Key,
        BudgetScopeKind.Neuron => CostGroup.Neuron,
        BudgetScopeKind.Model => CostGroup.Model,
        _ => CostGroup.Tenant,
    };

    private async Task<IReadOnlyDictionary<string, Pace>> PacesAsync(Actor actor, CostGroup group, TimeSpan back, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Roll-ups know whole hours: the time looked back at begins with one.
        var from = now - back;
        from = from.AddTicks(-(from.Ticks % TimeSpan.TicksPerHour));
        var hours = (now - from).TotalHours;
        return (await costs.ListAsync(actor, new CostQuery(group, from, now.AddTicks(1)), cancellationToken))
            .ToDictionary(item => item.Key, item => new Pace(item.Amount.Nano / hours, (item.InputTokens + item.OutputTokens) / hours), StringComparer.Ordinal);
    }
}
