namespace Hal9.Engine.Budgets;

/// <summary>Prices that an operator sets: section <c>Hal9:Models:Prices</c>, a list. They win over the shipped ones.</summary>
public sealed class PricesOptions
{
    /// <summary>The entries; among those that name a model the most exact one wins, then the one with the latest <see cref="PriceEntry.From"/>.</summary>
    public IList<PriceEntry> Prices { get; } = [];
}

/// <summary>Rates in USD per million tokens, at most six decimals. What is not set: cached input and cache writes as input, reasoning as output.</summary>
public class PriceRates
{
    /// <summary>Plain input.</summary>
    public decimal? InputUsd { get; set; }

    /// <summary>Input read from the provider's cache.</summary>
    public decimal? CachedInputUsd { get; set; }

    /// <summary>Input written to the provider's cache for 5 minutes.</summary>
    public decimal? CacheWriteUsd { get; set; }

    /// <summary>Input written to the provider's cache for an hour.</summary>
    public decimal? CacheWrite1hUsd { get; set; }

    /// <summary>Plain output.</summary>
    public decimal? OutputUsd { get; set; }

    /// <summary>Reasoning output.</summary>
    public decimal? ReasoningUsd { get; set; }

    /// <summary>USD per call, at most nine decimals.</summary>
    public decimal? PerCallUsd { get; set; }
}

/// <summary>The price of one model, or of all whose name begins so.</summary>
public sealed class PriceEntry : PriceRates
{
    /// <summary><c>provider/model</c> by the provider's configured name; a <c>*</c> at the end stands for anything.</summary>
    public string? Model { get; set; }

    /// <summary>The first day (UTC) on which it holds; none: always.</summary>
    public DateOnly? From { get; set; }

    /// <summary>Rates of whole requests whose input exceeds a size; what a tier leaves out stays as below it.</summary>
    public IList<PriceAbove> Above { get; } = [];
}

/// <summary>Rates above a size.</summary>
public sealed class PriceAbove : PriceRates
{
    /// <summary>Input tokens that the request must exceed.</summary>
    public long? Tokens { get; set; }
}
