using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Models;
using Hal9.Engine.Monitoring;

namespace Hal9.Web.Budgets;

/// <summary>A row of the costs: a person, a model and so on, over the whole time.</summary>
/// <param name="Key">Its key in the engine.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Sum">All of it.</param>
/// <param name="Share">Its share in the whole, 0 to 1.</param>
public sealed record CostLine(string Key, string Name, CostItem Sum, double Share)
{
    /// <summary>What a call cost on average.</summary>
    public Usd PerCall => new(Sum.Calls > 0 ? Sum.Amount.Nano / Sum.Calls : 0);
}

/// <summary>A model with what its cache saved, and the price by which that was reckoned.</summary>
/// <param name="Model"><c>provider/model</c>.</param>
/// <param name="Sum">All of it.</param>
/// <param name="Price">Its price now; null: it has none, or its provider is not there any more.</param>
/// <param name="Saved">What reading from the cache saved, less what writing to it cost more.</param>
public sealed record ModelCost(string Model, CostItem Sum, ModelPrice? Price, Usd Saved);

/// <summary>All that the costs of a time show.</summary>
/// <param name="Breakdown">By key and step.</param>
/// <param name="Lines">By key, dearest first.</param>
/// <param name="Total">All in one.</param>
/// <param name="Previous">What the same time before cost; null: it was not asked for.</param>
/// <param name="Anomalies">Steps that stand out.</param>
/// <param name="Models">By model, with prices; dearest first.</param>
/// <param name="Naming">What everything is called.</param>
public sealed record CostsView(
    CostBreakdown Breakdown, IReadOnlyList<CostLine> Lines, CostItem Total, Usd Previous, IReadOnlyList<CostAnomaly> Anomalies, IReadOnlyList<ModelCost> Models, CostNaming Naming)
{
    /// <summary>What caches saved by all models with a price.</summary>
    public Usd Saved => new(Models.Sum(model => model.Saved.Nano));

    /// <summary>Adds items up.</summary>
    internal static CostItem SumOf(string key, IEnumerable<CostItem> items)
    {
        var sum = new CostItem(key, null, Usd.Zero, 0, 0, 0, 0, 0, 0, 0);
        return items.Aggregate(sum, (all, item) => all with
        {
            Amount = new Usd(all.Amount.Nano + item.Amount.Nano), InputTokens = all.InputTokens + item.InputTokens, CachedTokens = all.CachedTokens + item.CachedTokens,
            CacheWriteTokens = all.CacheWriteTokens + item.CacheWriteTokens, OutputTokens = all.OutputTokens + item.OutputTokens,
            ReasoningTokens = all.ReasoningTokens + item.ReasoningTokens, Calls = all.Calls + item.Calls, Unpriced = all.Unpriced + item.Unpriced,
        });
    }

    /// <summary>What a cache saved, at the price of a small request: cached tokens at the difference to plain input, less the surcharge of those written.</summary>
    internal static Usd SavedBy(CostItem sum, ModelPrice? price)
    {
        if (price is null)
        {
            return Usd.Zero;
        }
        var pico = ((Int128)sum.CachedTokens * (price.Input - (price.CachedInput ?? price.Input))) - ((Int128)sum.CacheWriteTokens * ((price.CacheWrite ?? price.Input) - price.Input));
        return new Usd((long)(pico / 1000));
    }
}

/// <summary>What lies ahead.</summary>
/// <param name="Month">The tenant's month at the pace of the last days.</param>
/// <param name="PerDay">The tenant's budget for a day, if there is one: a line in the chart.</param>
public sealed record CostsAhead(CostForecast Month, Usd? PerDay);

/// <summary>What queries cost.</summary>
/// <param name="ByMode">By mode.</param>
public sealed record QueryCosts(IReadOnlyList<QueryCost> ByMode)
{
    /// <summary>Those that the aim is about; null: there were none.</summary>
    public QueryCost? Complex => ByMode.FirstOrDefault(cost => cost.Mode is QueryCost.Complex);
}
