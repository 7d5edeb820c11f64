namespace Hal9.Engine.Budgets;

/// <summary>What a line of a call's bill is for.</summary>
public enum BillItem
{
    /// <summary>Input that came neither from nor to a cache.</summary>
    Input,

    /// <summary>Input from the provider's cache.</summary>
    CachedInput,

    /// <summary>Input to the provider's cache.</summary>
    CacheWrite,

    /// <summary>Input to the provider's cache, kept for an hour.</summary>
    CacheWrite1h,

    /// <summary>Output that was shown.</summary>
    Output,

    /// <summary>Output that was thought.</summary>
    Reasoning,

    /// <summary>The call itself.</summary>
    Call,
}

/// <summary>A line of a call's bill.</summary>
/// <param name="Item">What for.</param>
/// <param name="Count">Tokens; for <see cref="BillItem.Call"/> 1.</param>
/// <param name="Pico">Price of one, in pico-USD.</param>
public sealed record BillLine(BillItem Item, long Count, long Pico)
{
    /// <summary>Count times price, in pico-USD.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public Int128 Amount => (Int128)Count * Pico;

    /// <summary>What the lines come to: summed in pico-USD, rounded half-up to nano once.</summary>
    /// <exception cref="OverflowException">Beyond what <see cref="Usd"/> holds.</exception>
    public static Usd Total(IEnumerable<BillLine> lines) => new(checked((long)((lines.Aggregate(Int128.Zero, (sum, line) => sum + line.Amount) + 500) / 1000)));
}
