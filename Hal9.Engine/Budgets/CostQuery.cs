namespace Hal9.Engine.Budgets;

/// <summary>By what costs are broken down.</summary>
public enum CostGroup
{
    /// <summary>All in one.</summary>
    Tenant,

    /// <summary>By team; not available yet.</summary>
    Team,

    /// <summary>By person.</summary>
    User,

    /// <summary>By API key; an empty key is what was spent without one.</summary>
    Key,

    /// <summary>By <c>provider/model</c>.</summary>
    Model,

    /// <summary>By provider.</summary>
    Provider,

    /// <summary>By neuron.</summary>
    Neuron,

    /// <summary>By layer.</summary>
    Layer,

    /// <summary>By kind of run.</summary>
    Kind,

    /// <summary>By the labels of runs. A run with two labels counts under both, and one without any under none.</summary>
    Tag,

    /// <summary>By run.</summary>
    Run,
}

/// <summary>Which spend counts: all that fits every part that is set. An empty text means "without one".</summary>
/// <param name="User">A person's id.</param>
/// <param name="Key">An API key's id.</param>
/// <param name="Model"><c>provider/model</c>.</param>
/// <param name="Provider">A provider.</param>
/// <param name="Neuron">A neuron.</param>
/// <param name="Layer">A layer.</param>
/// <param name="Kind">A kind of run, in small letters.</param>
public sealed record CostFilter(
    string? User = null, string? Key = null, string? Model = null, string? Provider = null, string? Neuron = null, string? Layer = null, string? Kind = null)
{
    /// <summary>All of it.</summary>
    public static CostFilter All { get; } = new();

    /// <summary>The dimensions that can be narrowed, in the order in which they are named.</summary>
    public static IReadOnlyList<CostGroup> Dimensions { get; } =
        [CostGroup.User, CostGroup.Key, CostGroup.Model, CostGroup.Provider, CostGroup.Neuron, CostGroup.Layer, CostGroup.Kind];

    /// <summary>To what a dimension is narrowed; null: it is not.</summary>
    public string? this[CostGroup dimension] => dimension switch
    {
        CostGroup.User => User,
        CostGroup.Key => Key,
        CostGroup.Model => Model,
        CostGroup.Provider => Provider,
        CostGroup.Neuron => Neuron,
        CostGroup.Layer => Layer,
        CostGroup.Kind => Kind,
        _ => null,
    };

    /// <summary>The same, with that dimension narrowed to something else; null: no longer. Dimensions that cannot be narrowed leave it as it is.</summary>
    public CostFilter With(CostGroup dimension, string? value) => dimension switch
    {
        CostGroup.User => this with { User = value },
        CostGroup.Key => this with { Key = value },
        CostGroup.Model => this with { Model = value },
        CostGroup.Provider => this with { Provider = value },
        CostGroup.Neuron => this with { Neuron = value },
        CostGroup.Layer => this with { Layer = value },
        CostGroup.Kind => this with { Kind = value },
        _ => this,
    };

    /// <summary>Where one dimension alone decides: that one. Its days are kept added up.</summary>
    internal (CostGroup Dimension, string Value)? Single =>
        Dimensions.Where(d => this[d] is not null).Select(d => ((CostGroup, string)?)(d, this[d]!)).ToList() is [var only] ? only : null;
}

/// <summary>A question for costs.</summary>
/// <param name="GroupBy">By what.</param>
/// <param name="From">From the tenant-local hour of this instant on; null: from the beginning.</param>
/// <param name="To">Up to and with the hour that this instant lies in; an instant that begins an hour is not in it. Null: up to now.</param>
/// <param name="Granularity">One item per key and period, in the tenant's time zone; null or <see cref="BudgetPeriod.Total"/>: one item per key. From <see cref="BudgetPeriod.Day"/> on, whole days are counted.</param>
public sealed record CostQuery(CostGroup GroupBy, DateTimeOffset? From = null, DateTimeOffset? To = null, BudgetPeriod? Granularity = null)
{
    /// <summary>Which spend counts. By run and by tag all of it does.</summary>
    public CostFilter Filter { get; init; } = CostFilter.All;
}

/// <summary>What a key cost, in the period beginning at <see cref="From"/> if a granularity was asked.</summary>
public sealed record CostItem(
    string Key, DateTimeOffset? From, Usd Amount, long InputTokens, long CachedTokens, long CacheWriteTokens, long OutputTokens, long ReasoningTokens, long Calls, long Unpriced);

/// <summary>Costs over time: every period of the time asked for, and what was spent in those before it, to compare with.</summary>
/// <param name="Steps">Begins of the periods, oldest first, also of those in which nothing was spent.</param>
/// <param name="End">Where the last one ends.</param>
/// <param name="Zone">The tenant's time zone, in which they begin.</param>
/// <param name="Items">By period first, then the dearest first.</param>
/// <param name="Before">All in one for each of the <see cref="CostAnomaly.Before"/> periods before the first, oldest first.</param>
public sealed record CostBreakdown(IReadOnlyList<DateTimeOffset> Steps, DateTimeOffset End, TimeZoneInfo Zone, IReadOnlyList<CostItem> Items, IReadOnlyList<Usd> Before);
