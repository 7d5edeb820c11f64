namespace Hal9.Engine.Budgets;

/// <summary>What each kind of token costs, in integer pico-USD per token (USD per million tokens x 10^6).</summary>
public abstract record TokenRates
{
    /// <summary>Plain input.</summary>
    public required long Input { get; init; }

    /// <summary>Input read from cache; null: as input.</summary>
    public long? CachedInput { get; init; }

    /// <summary>Input written to cache for 5 minutes; null: as input.</summary>
    public long? CacheWrite { get; init; }

    /// <summary>Input written to cache for an hour; null: as <see cref="CacheWrite"/>.</summary>
    public long? CacheWrite1h { get; init; }

    /// <summary>Plain output.</summary>
    public required long Output { get; init; }

    /// <summary>Reasoning output; null: as output.</summary>
    public long? Reasoning { get; init; }

    /// <summary>Per call, in nano-USD.</summary>
    public long PerCallNano { get; init; }
}
