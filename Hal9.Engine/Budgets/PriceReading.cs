using System.Globalization;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Budgets;

/// <summary>A price from a day on.</summary>
internal sealed record DatedPrice(DateTimeOffset From, ModelPrice Price);

/// <summary>Turns decimal USD as people write it into integers, or says what is wrong with it.</summary>
internal static class PriceReading
{
    // Far above the dearest price of our day; beyond it somebody mistook the unit, and the cost of one call could exceed what the ledger takes.
    private const decimal MostPerMillion = 10_000;
    private const decimal MostPerCall = 1_000;

    /// <summary>Reads an entry; complaints name it by <paramref name="place"/>.</summary>
    public static DatedPrice? Read(PriceEntry entry, string place, string list, List<string> complaints)
    {
        var before = complaints.Count;
        // What is paid by the call alone has no price per token.
        if ((entry.InputUsd is null || entry.OutputUsd is null) && (entry.PerCallUsd is null || entry.InputUsd is not null || entry.OutputUsd is not null))
        {
            complaints.Add($"{place}: InputUsd and OutputUsd are required (0 when free).");
        }
        var price = new ModelPrice
        {
            Version = entry.From is { } from ? string.Create(CultureInfo.InvariantCulture, $"{list}/{entry.Model}@{from:yyyy-MM-dd}") : $"{list}/{entry.Model}",
            Input = Pico(entry.InputUsd, place, nameof(entry.InputUsd), complaints) ?? 0,
            CachedInput = Pico(entry.CachedInputUsd, place, nameof(entry.CachedInputUsd), complaints),
            CacheWrite = Pico(entry.CacheWriteUsd, place, nameof(entry.CacheWriteUsd), complaints),
            CacheWrite1h = Pico(entry.CacheWrite1hUsd, place, nameof(entry.CacheWrite1hUsd), complaints),
            Output = Pico(entry.OutputUsd, place, nameof(entry.OutputUsd), complaints) ?? 0,
            Reasoning = Pico(entry.ReasoningUsd, place, nameof(entry.ReasoningUsd), complaints),
            PerCallNano = PerCall(entry.PerCallUsd, place, complaints) ?? 0,
        };
        var tiers = new List<PriceTier>(entry.Above.Count);
        for (var i = 0; i < entry.Above.Count; i++)
        {
            tiers.Add(ReadTier(entry.Above[i], $"{place}:Above:{i}", price, tiers.LastOrDefault(), complaints));
        }
        return complaints.Count > before
            ? null
            : new DatedPrice(entry.From is { } day ? new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero) : DateTimeOffset.MinValue, price with { Above = tiers });
    }

    private static PriceTier ReadTier(PriceAbove above, string place, ModelPrice price, PriceTier? below, List<string> complaints)
    {
        if (above.Tokens is not > 0)
        {
            complaints.Add($"{place}: Tokens must be above 0.");
        }
        else if (below is not null && above.Tokens <= below.Tokens)
        {
            complaints.Add($"{place}: Tokens must rise from tier to tier.");
        }
        return new PriceTier
        {
            Tokens = above.Tokens ?? 0,
            Input = Pico(above.InputUsd, place, nameof(above.InputUsd), complaints) ?? below?.Input ?? price.Input,
            CachedInput = Pico(above.CachedInputUsd, place, nameof(above.CachedInputUsd), complaints) ?? below?.CachedInput ?? price.CachedInput,
            CacheWrite = Pico(above.CacheWriteUsd, place, nameof(above.CacheWriteUsd), complaints) ?? below?.CacheWrite ?? price.CacheWrite,
            CacheWrite1h = Pico(above.CacheWrite1hUsd, place, nameof(above.CacheWrite1hUsd), complaints) ?? below?.CacheWrite1h ?? price.CacheWrite1h,
            Output = Pico(above.OutputUsd, place, nameof(above.OutputUsd), complaints) ?? below?.Output ?? price.Output,
            Reasoning = Pico(above.ReasoningUsd, place, nameof(above.ReasoningUsd), complaints) ?? below?.Reasoning ?? price.Reasoning,
            PerCallNano = PerCall(above.PerCallUsd, place, complaints) ?? below?.PerCallNano ?? price.PerCallNano,
        };
    }

    /// <summary>USD per million tokens to pico-USD per token.</summary>
    public static long? Pico(decimal? perMillion, string place, string name, List<string> complaints) => Scale(perMillion, 1_000_000, MostPerMillion, 6, place, name, complaints);

    private static long? PerCall(decimal? usd, string place, List<string> complaints) => Scale(usd, Usd.NanoPerUsd, MostPerCall, 9, place, nameof(PriceRates.PerCallUsd), complaints);

    private static long? Scale(decimal? value, long scale, decimal most, int decimals, string place, string name, List<string> complaints)
    {
        if (value is not { } amount)
        {
            return null;
        }
        if (amount < 0 || amount > most)
        {
            complaints.Add(string.Create(CultureInfo.InvariantCulture, $"{place}: {name} is {amount}; it must be between 0 and {most}."));
            return 0;
        }
        if (decimal.Truncate(amount * scale) != amount * scale)
        {
            complaints.Add(string.Create(CultureInfo.InvariantCulture, $"{place}: {name} is {amount}; it may have at most {decimals} decimals."));
            return 0;
        }
        return (long)(amount * scale);
    }
}

/// <summary>Refuses a start with prices that cannot be read.</summary>
internal sealed class PricesValidation : IValidateOptions<PricesOptions>
{
    public ValidateOptionsResult Validate(string? name, PricesOptions options)
    {
        var complaints = Complaints([.. options.Prices], static (i, entry) => $"Hal9:Models:Prices:{i} ({entry.Model ?? "no Model"})");
        return complaints.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(complaints);
    }

    /// <summary>What is wrong with a list, each complaint naming its entry.</summary>
    public static List<string> Complaints(IReadOnlyList<PriceEntry> entries, Func<int, PriceEntry, string> placeOf)
    {
        var complaints = new List<string>();
        var seen = new HashSet<(string?, DateOnly?)>();
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            var place = placeOf(i, entry);
            var slash = entry.Model?.IndexOf('/', StringComparison.Ordinal) ?? -1;
            if (slash < 1 || slash == entry.Model!.Length - 1)
            {
                complaints.Add($"{place}: Model must be <provider>/<model>, with * allowed at the end.");
            }
            else if (entry.Model.AsSpan(0, entry.Model.Length - 1).Contains('*'))
            {
                complaints.Add($"{place}: * is allowed at the end of Model only.");
            }
            else if (!seen.Add((entry.Model, entry.From)))
            {
                complaints.Add($"{place}: there is another entry for the same Model and From.");
            }
            PriceReading.Read(entry, place, "configured", complaints);
        }
        return complaints;
    }
}
