using System.Globalization;

namespace Hal9.Tests.Support;

/// <summary>
/// A price as an operator writes it, and the cost of a call computed from it by decimal arithmetic that shares nothing with the product's:
/// exact sum in USD, rounded half-up once to the nano-dollar.
/// </summary>
public sealed record HandPrice(string Model, decimal InputUsd, decimal OutputUsd)
{
    public decimal? CachedInputUsd { get; init; }

    public decimal? CacheWriteUsd { get; init; }

    public decimal? CacheWrite1hUsd { get; init; }

    public decimal? ReasoningUsd { get; init; }

    public decimal PerCallUsd { get; init; }

    /// <summary>Three models with prices that make rounding matter: some cost fractions of a nano-dollar per token.</summary>
    public static IReadOnlyList<HandPrice> Scripted { get; } =
    [
        new("strong", 3.00m, 15.00m) { CachedInputUsd = 0.30m, CacheWriteUsd = 3.75m, CacheWrite1hUsd = 6.00m, ReasoningUsd = 17.50m },
        new("balanced", 0.2345m, 1.8765m) { CachedInputUsd = 0.0235m, CacheWriteUsd = 0.2935m },
        new("fast", 0.0371m, 0.1493m),
    ];

    /// <summary>The cost of a call in nano-USD.</summary>
    public long NanoFor(ScriptedUsage usage)
    {
        var micro =
            ((usage.Input - usage.Cached - usage.CacheWrite - usage.CacheWrite1h) * InputUsd)
            + (usage.Cached * (CachedInputUsd ?? InputUsd))
            + (usage.CacheWrite * (CacheWriteUsd ?? InputUsd))
            + (usage.CacheWrite1h * (CacheWrite1hUsd ?? CacheWriteUsd ?? InputUsd))
            + ((usage.Output - usage.Reasoning) * OutputUsd)
            + (usage.Reasoning * (ReasoningUsd ?? OutputUsd));
        return (long)decimal.Floor((micro * 1000m) + 0.5m) + (long)(PerCallUsd * 1_000_000_000m);
    }

    /// <summary>The sum over exchanges that told their usage; the models must all have a price in <see cref="Scripted"/>.</summary>
    public static long NanoFor(IEnumerable<ScriptedExchange> exchanges) =>
        exchanges.Sum(exchange => Scripted.Single(price => price.Model == exchange.Request.Model).NanoFor(exchange.Usage));

    /// <summary>As configuration, for a provider of that name.</summary>
    public IEnumerable<KeyValuePair<string, string?>> ToSettings(string provider, int index)
    {
        var section = string.Create(CultureInfo.InvariantCulture, $"Hal9:Models:Prices:{index}:");
        yield return new(section + "Model", $"{provider}/{Model}");
        foreach (var (name, value) in new (string, decimal?)[]
        {
            ("InputUsd", InputUsd), ("CachedInputUsd", CachedInputUsd), ("CacheWriteUsd", CacheWriteUsd), ("CacheWrite1hUsd", CacheWrite1hUsd),
            ("OutputUsd", OutputUsd), ("ReasoningUsd", ReasoningUsd),
        })
        {
            if (value is { } usd)
            {
                yield return new(section + name, usd.ToString(CultureInfo.InvariantCulture));
            }
        }
        if (PerCallUsd != 0)
        {
            yield return new(section + "PerCallUsd", PerCallUsd.ToString(CultureInfo.InvariantCulture));
        }
    }
}
