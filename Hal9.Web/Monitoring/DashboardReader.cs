using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Monitoring;
using Hal9.Engine.Neurons;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;

namespace Hal9.Web.Monitoring;

/// <summary>What was spent today, and the budget that is nearest to its limit.</summary>
/// <param name="Today">Since the tenant's day began.</param>
/// <param name="Budget">The fullest budget of money; null: there is none.</param>
public sealed record TodaySpend(SpendPoint Today, BudgetView? Budget);

/// <summary>Runs on their way, and the hierarchy at work.</summary>
/// <param name="Queued">Runs not begun.</param>
/// <param name="Running">Runs at work.</param>
/// <param name="Hierarchy">The neurons; null: the viewer may only see their own runs.</param>
public sealed record WorkNow(int Queued, int Running, HierarchyActivity? Hierarchy)
{
    /// <summary>What waits: runs not begun, and steps that wait for a neuron's place.</summary>
    public int Waiting => Queued + (Hierarchy?.Neurons.Sum(neuron => neuron.Waiting) ?? 0);
}

/// <summary>How far a new tenant has come.</summary>
/// <param name="Provider">A provider other than the built-in one is configured.</param>
/// <param name="Neurons">How many neurons its hierarchy has.</param>
/// <param name="Run">Somebody asked for something.</param>
/// <param name="Budget">A budget is set.</param>
public sealed record FirstSteps(bool Provider, int Neurons, bool Run, bool Budget)
{
    /// <summary>Nothing is left to do.</summary>
    public bool AreDone => Provider && Neurons > 0 && Run && Budget;
}

/// <summary>Asks the engine's doors for the parts of the dashboard. Each door decides what the viewer may see.</summary>
public sealed class DashboardReader(MonitoringService monitoring, CostService costs, BudgetService budgets, RunService runs, HierarchyService hierarchies, ModelService models)
{
    /// <summary>Over which time a provider's health is judged.</summary>
    public static readonly TimeSpan HealthSpan = TimeSpan.FromHours(1);

    private const int MostFailures = 10;
    private const int MostCounted = 1000;

    /// <summary>Runs over time.</summary>
    public Task<RunStatistics> RunsAsync(Actor actor, TimeGrid grid, CancellationToken cancellationToken) => monitoring.StatisticsAsync(actor, grid, cancellationToken);

    /// <summary>Money and tokens over time.</summary>
    public Task<SpendSeries> SpendAsync(Actor actor, TimeGrid grid, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grid);
        return costs.SeriesAsync(actor, grid.Before, grid.From, grid.To, grid.Step, cancellationToken);
    }

    /// <summary>Spend of today against the fullest budget.</summary>
    public async Task<TodaySpend> TodayAsync(Actor actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var known = actor.May(Permission.ReadCosts) ? await budgets.ListAsync(actor, cancellationToken) : await budgets.ListOwnAsync(actor, cancellationToken);
        return new TodaySpend(await costs.DayAsync(actor, now, cancellationToken), Fullest(known));
    }

    /// <summary>What is on its way.</summary>
    public async Task<WorkNow> NowAsync(Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var hierarchy = actor.May(Permission.ReadRuns) ? await monitoring.NowAsync(actor, cancellationToken) : null;
        return new WorkNow(
            await runs.CountAsync(actor, new RunFilter(RunStatus.Queued), MostCounted, cancellationToken),
            await runs.CountAsync(actor, new RunFilter(RunStatus.Running), MostCounted, cancellationToken), hierarchy);
    }

    /// <summary>How the providers are.</summary>
    public Task<IReadOnlyList<ProviderActivity>> ProvidersAsync(Actor actor, CancellationToken cancellationToken) => monitoring.ProvidersAsync(actor, HealthSpan, cancellationToken);

    /// <summary>The newest runs that failed.</summary>
    public async Task<IReadOnlyList<RunLine>> FailuresAsync(Actor actor, CancellationToken cancellationToken) =>
        (await runs.ListAsync(actor, new RunFilter(RunStatus.Failed, Limit: MostFailures), cancellationToken)).Items;

    /// <summary>How far the tenant has come; null: the viewer could do nothing about it.</summary>
    public async Task<FirstSteps?> FirstStepsAsync(Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.May(Permission.EditEngine) || !actor.May(Permission.EditBudgets))
        {
            return null;
        }
        var hierarchy = await hierarchies.OfAsync(actor, cancellationToken);
        return new FirstSteps(
            models.Providers.Any(provider => provider.Kind is not ProviderKind.Offline), hierarchy.Neurons.Count, await runs.CountAsync(actor, new RunFilter(), 1, cancellationToken) > 0,
            (await budgets.ListAsync(actor, cancellationToken)).Count > 0);
    }

    /// <summary>The budget whose spend and reservations have come nearest to its limit; budgets of tokens alone say nothing about money.</summary>
    internal static BudgetView? Fullest(IEnumerable<BudgetView> budgets) =>
        budgets.Where(budget => budget.Limit is not null).OrderByDescending(Used).ThenBy(budget => budget.ScopeKind).ThenBy(budget => budget.Period).FirstOrDefault();

    /// <summary>The used share, 1 for a limit of nothing.</summary>
    internal static double Used(BudgetView budget) =>
        budget.Limit is { Nano: > 0 } limit ? (double)(budget.Spent.Nano + budget.Reserved.Nano) / limit.Nano : 1;
}
