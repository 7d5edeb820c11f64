namespace Hal9.Engine.Budgets;

/// <summary>A model's price from a date on, in integer pico-USD per token (USD per million tokens x 10^6).</summary>
public sealed record ModelPrice : TokenRates
{
    /// <summary>Which list and row, as stored on calls, for example <c>shipped-2026-08-21/openai/gpt-4o-mini</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Prices of larger requests, by rising <see cref="PriceTier.Tokens"/>: the last one whose tokens the input exceeds is the price of the whole request.</summary>
    public IReadOnlyList<PriceTier> Above { get; init; } = [];

    /// <summary>What the call costs, at the tier of its input: products summed in Int128, rounded half-up to nano once.</summary>
    /// <exception cref="OverflowException">Beyond what <see cref="Usd"/> holds.</exception>
    public Usd CostOf(TokenUsage usage)
    {
        var tier = TierOf(usage.Input);
        var pico = (Int128)(usage.Input - usage.Cached - usage.CacheWrite - usage.CacheWrite1h) * tier.Input
            + (Int128)usage.Cached * (tier.CachedInput ?? tier.Input)
            + (Int128)usage.CacheWrite * (tier.CacheWrite ?? tier.Input)
            + (Int128)usage.CacheWrite1h * (tier.CacheWrite1h ?? tier.CacheWrite ?? tier.Input)
            + (Int128)(usage.Output - usage.Reasoning) * tier.Output
            + (Int128)usage.Reasoning * (tier.Reasoning ?? tier.Output);
        return new Usd(checked((long)((pico + 500) / 1000) + tier.PerCallNano));
    }

    /// <summary>The same as lines, those of nothing left out: what <see cref="CostOf"/> adds up.</summary>
    public IReadOnlyList<BillLine> BillOf(TokenUsage usage)
    {
        var tier = TierOf(usage.Input);
        BillLine[] lines =
        [
            new(BillItem.Input, usage.Input - usage.Cached - usage.CacheWrite - usage.CacheWrite1h, tier.Input),
            new(BillItem.CachedInput, usage.Cached, tier.CachedInput ?? tier.Input),
            new(BillItem.CacheWrite, usage.CacheWrite, tier.CacheWrite ?? tier.Input),
            new(BillItem.CacheWrite1h, usage.CacheWrite1h, tier.CacheWrite1h ?? tier.CacheWrite ?? tier.Input),
            new(BillItem.Output, usage.Output - usage.Reasoning, tier.Output),
            new(BillItem.Reasoning, usage.Reasoning, tier.Reasoning ?? tier.Output),
            new(BillItem.Call, tier.PerCallNano > 0 ? 1 : 0, tier.PerCallNano * 1000),
        ];
        return [.. lines.Where(line => line.Count > 0)];
    }

    /// <summary>
    /// The most that a call with at most so much input and output can cost: the dearest kind of each token, at the dearest tier that such an
    /// input can reach. Never below <see cref="CostOf"/> of a usage within these bounds.
    /// </summary>
    /// <exception cref="OverflowException">Beyond what <see cref="Usd"/> holds.</exception>
    public Usd WorstCase(long inputTokens, long maxOutputTokens)
    {
        var most = WorstAt(Base, inputTokens, maxOutputTokens);
        foreach (var tier in Above)
        {
            if (inputTokens > tier.Tokens)
            {
                most = Int128.Max(most, WorstAt(tier, inputTokens, maxOutputTokens));
            }
        }
        return new Usd(checked((long)most));
    }

    /// <summary>The same price with the rates that a request of this size pays in its own properties, for showing; costs do not change.</summary>
    internal ModelPrice ShownAt(long inputTokens)
    {
        if (Above.Count == 0 || inputTokens <= Above[0].Tokens)
        {
            return this;
        }
        var tier = TierOf(inputTokens);
        return this with
        {
            Input = tier.Input, CachedInput = tier.CachedInput, CacheWrite = tier.CacheWrite, CacheWrite1h = tier.CacheWrite1h, Output = tier.Output,
            Reasoning = tier.Reasoning, PerCallNano = tier.PerCallNano, Above = [Base, .. Above],
        };
    }

    private PriceTier Base => new()
    {
        Tokens = -1, Input = Input, CachedInput = CachedInput, CacheWrite = CacheWrite, CacheWrite1h = CacheWrite1h, Output = Output, Reasoning = Reasoning,
        PerCallNano = PerCallNano,
    };

    private PriceTier TierOf(long inputTokens)
    {
        for (var i = Above.Count - 1; i >= 0; i--)
        {
            if (inputTokens > Above[i].Tokens)
            {
                return Above[i];
            }
        }
        return Base;
    }

    private static Int128 WorstAt(TokenRates tier, long inputTokens, long maxOutputTokens)
    {
        var dearestInput = Math.Max(Math.Max(tier.Input, tier.CachedInput ?? 0), Math.Max(tier.CacheWrite ?? 0, tier.CacheWrite1h ?? 0));
        var dearestOutput = Math.Max(tier.Output, tier.Reasoning ?? 0);
        var pico = ((Int128)inputTokens * dearestInput) + ((Int128)maxOutputTokens * dearestOutput);
        return ((pico + 999) / 1000) + tier.PerCallNano;
    }
}

/// <summary>The price of a whole request whose input exceeds a size.</summary>
public sealed record PriceTier : TokenRates
{
    /// <summary>Input tokens that the request must exceed.</summary>
    public required long Tokens { get; init; }
}
