using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Models;
using Hal9.Engine.Monitoring;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;

namespace Hal9.Web.Budgets;

/// <summary>Asks the engine's doors for the parts of the costs. Each door decides what the viewer may see.</summary>
public sealed class CostsReader(CostService costs, BudgetService budgets, MonitoringService monitoring, RunService runs, ModelService models, PriceList prices, CostNames names)
{
    private const int MostDearest = 10;

    /// <summary>The breakdown with all that is reckoned from it.</summary>
    public async Task<CostsView> ReadAsync(Actor actor, CostsQuery query, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var breakdown = await BreakDownAsync(actor, query, now, cancellationToken);
        var (first, end) = (breakdown.Steps[0], breakdown.End);
        var passed = (now < end ? now : end) - first;
        var before = await costs.ListAsync(actor, new CostQuery(CostGroup.Tenant, first - passed, first) { Filter = query.Of }, cancellationToken);
        var providers = models.Providers.ToDictionary(provider => provider.Name, StringComparer.Ordinal);
        var byModel = await costs.ListAsync(actor, new CostQuery(CostGroup.Model, first, end) { Filter = query.Of }, cancellationToken);
        var totals = query.By is CostGroup.Tag
            ? (await costs.BreakDownAsync(actor, new CostQuery(CostGroup.Tenant, first, end, query.Granularity(now)), cancellationToken)).Items
            : breakdown.Items;
        var total = CostsView.SumOf("", totals);
        var naming = await names.OfAsync(
            actor, [.. CostFilter.Dimensions.Where(d => query.Of[d] is not null).Select(d => (d, query.Of[d]!)), .. breakdown.Items.Select(item => (query.By, item.Key)).Distinct()], cancellationToken);
        var byStep = totals.ToLookup(item => item.From, item => item.Amount.Nano);
        var steps = breakdown.Steps.Select(step => (step, new Usd(byStep[step].Sum()))).ToList();
        return new CostsView(
            breakdown, LinesOf(query.By, breakdown.Items, total, naming), total, new Usd(before.Sum(item => item.Amount.Nano)), CostAnomaly.Find(breakdown.Before, steps),
            [.. byModel.Select(item => (item, Price: PriceOf(item.Key))).Select(model => new ModelCost(model.item.Key, model.item, model.Price, CostsView.SavedBy(model.item, model.Price)))], naming);

        ModelPrice? PriceOf(string model) => ModelRef.TryParse(model, out var known) && providers.TryGetValue(known.Provider, out var provider)
            ? prices.Find(known.Provider, known.Model, provider.Kind.ToString(), now, endpoint: provider.Address)
            : null;
    }

    /// <summary>By key and step; by run, all in one: runs are listed, not drawn.</summary>
    public Task<CostBreakdown> BreakDownAsync(Actor actor, CostsQuery query, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (from, to) = query.Range.At(now);
        var group = query.By is CostGroup.Run ? CostGroup.Tenant : query.By;
        return costs.BreakDownAsync(actor, new CostQuery(group, from, to, query.Granularity(now)) { Filter = query.Of }, cancellationToken);
    }

    /// <summary>The month's end, and the day's budget.</summary>
    public async Task<CostsAhead> AheadAsync(Actor actor, CostsQuery query, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var daily = query.Of == CostFilter.All
            ? (await budgets.ListAsync(actor, cancellationToken)).FirstOrDefault(budget => budget is { ScopeKind: BudgetScopeKind.Tenant, Period: BudgetPeriod.Day, Limit: not null })?.Limit
            : null;
        return new CostsAhead(await costs.ForecastAsync(actor, query.Of, now, cancellationToken), daily);
    }

    /// <summary>What queries cost in that time, of everybody.</summary>
    public async Task<QueryCosts> QueriesAsync(Actor actor, CostsQuery query, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (from, to) = query.Range.At(now);
        return new QueryCosts(await monitoring.QueryCostsAsync(actor, from, to, cancellationToken));
    }

    /// <summary>The dearest runs that ended in the time, of what the query counts.</summary>
    public async Task<IReadOnlyList<RunLine>> DearestAsync(Actor actor, RunFilter filter, CancellationToken cancellationToken) =>
        actor.May(Permission.ReadRuns) ? (await runs.ListAsync(actor, filter with { Sort = RunSort.Cost, Limit = MostDearest }, cancellationToken)).Items : [];

    private static IReadOnlyList<CostLine> LinesOf(CostGroup by, IEnumerable<CostItem> items, CostItem total, CostNaming naming) =>
    [
        .. items.GroupBy(item => item.Key).Select(group => CostsView.SumOf(group.Key, group))
            .Select(sum => new CostLine(sum.Key, naming.Of(by, sum.Key), sum, total.Amount.Nano > 0 ? (double)sum.Amount.Nano / total.Amount.Nano : 0))
            .OrderByDescending(line => line.Sum.Amount.Nano).ThenBy(line => line.Key, StringComparer.Ordinal),
    ];
}
