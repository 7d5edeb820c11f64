namespace Hal9.Engine.Budgets;

/// <summary>A model's price from a date on, in integer pico-USD per token (USD per million tokens x 10^6).</summary>
public sealed record ModelPrice
{
    /// <summary>Which list and row, as stored on calls, for example <c>shipped-2026-08-21/openai/gpt-4o-mini</c>.</summary>
    public required string Version { get; init; }

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

    /// <summary>What the call costs: products summed in Int128, rounded half-up to nano once.</summary>
    public Usd CostOf(TokenUsage usage)
    {
        var plainInput = usage.Input - usage.Cached - usage.CacheWrite - usage.CacheWrite1h;
        var plainOutput = usage.Output - usage.Reasoning;
        var pico = (Int128)plainInput * Input
            + (Int128)usage.Cached * (CachedInput ?? Input)
            + (Int128)usage.CacheWrite * (CacheWrite ?? Input)
            + (Int128)usage.CacheWrite1h * (CacheWrite1h ?? CacheWrite ?? Input)
            + (Int128)plainOutput * Output
            + (Int128)usage.Reasoning * (Reasoning ?? Output);
        return new Usd(checked((long)((pico + 500) / 1000)) + PerCallNano);
    }

    /// <summary>The most that a call with so much input and at most so much output can cost: the dearest kind of each token.</summary>
    public Usd WorstCase(long inputTokens, long maxOutputTokens)
    {
        var dearestInput = Math.Max(Math.Max(Input, CachedInput ?? 0), Math.Max(CacheWrite ?? 0, CacheWrite1h ?? 0));
        var dearestOutput = Math.Max(Output, Reasoning ?? 0);
        var pico = ((Int128)inputTokens * dearestInput) + ((Int128)maxOutputTokens * dearestOutput);
        return new Usd(checked((long)((pico + 999) / 1000)) + PerCallNano);
    }
}

/// <summary>Prices by model and date.</summary>
public sealed class PriceList
{
    /// <summary>
    /// The price of a model for a request with so much input at that time: the configured override first, then the shipped list; null when there is none.
    /// Above a context tier the whole request has the tier's price.
    /// </summary>
    public ModelPrice? Find(string provider, string model, string providerKind, DateTimeOffset at, long inputTokens) => throw new NotSupportedException();
}
