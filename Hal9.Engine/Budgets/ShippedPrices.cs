using System.Text.Json;

namespace Hal9.Engine.Budgets;

/// <summary>The prices that come with the product: <c>prices.json</c>, whose head names its sources, their commits and licences.</summary>
internal sealed class ShippedPrices
{
    private const string Resource = "Hal9.Engine.Budgets.prices.json";
    private readonly Dictionary<(string Vendor, string Model), List<DatedPrice>> exact = [];
    private readonly List<(string Vendor, string Pattern, List<DatedPrice> Prices)> patterns = [];

    private readonly Dictionary<string, Dictionary<string, int>> maxOutput;

    private ShippedPrices(PriceFile file) => (List, maxOutput) = (file.List, file.MaxOutput);

    /// <summary>The list's name, which begins the version of each of its prices.</summary>
    public string List { get; }

    public static ShippedPrices Load()
    {
        using var stream = typeof(ShippedPrices).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"The resource {Resource} is missing.");
        var file = JsonSerializer.Deserialize<PriceFile>(stream, JsonSerializerOptions.Web)!;
        var shipped = new ShippedPrices(file);
        var complaints = new List<string>();
        foreach (var row in file.Rows)
        {
            var prices = new List<DatedPrice>(row.Prices.Count);
            foreach (var dated in row.Prices)
            {
                var entry = dated.ToEntry($"{row.Vendor}/{row.Name}");
                if (PriceReading.Read(entry, entry.Model!, file.List, complaints) is { } price)
                {
                    prices.Add(price);
                }
            }
            foreach (var match in row.Match)
            {
                if (match.Contains('*', StringComparison.Ordinal))
                {
                    shipped.patterns.Add((row.Vendor, match, prices));
                }
                else
                {
                    shipped.exact.TryAdd((row.Vendor, match), prices);
                }
            }
        }
        return complaints.Count == 0 ? shipped : throw new InvalidOperationException(string.Join(' ', complaints));
    }

    /// <summary>The most output tokens that a model gives, if it is known.</summary>
    public int? MaxOutputOf(string vendor, string model) =>
        maxOutput.TryGetValue(vendor, out var models) && models.TryGetValue(model, out var most) ? most : null;

    /// <summary>All dated prices of a model, or none.</summary>
    public List<DatedPrice>? Find(string vendor, string model)
    {
        if (exact.TryGetValue((vendor, model), out var prices))
        {
            return prices;
        }
        foreach (var (owner, pattern, found) in patterns)
        {
            if (owner == vendor && Matches(pattern, model))
            {
                return found;
            }
        }
        return null;
    }

    private static bool Matches(string pattern, string model)
    {
        var core = pattern.Trim('*');
        return (pattern[0] == '*', pattern[^1] == '*') switch
        {
            (true, true) => model.Contains(core, StringComparison.Ordinal),
            (true, false) => model.EndsWith(core, StringComparison.Ordinal),
            _ => model.StartsWith(core, StringComparison.Ordinal),
        };
    }

    private sealed record PriceFile(string List, Dictionary<string, Dictionary<string, int>> MaxOutput, List<PriceRow> Rows);

    private sealed record PriceRow(string Vendor, string Name, List<string> Match, List<Rates> Prices);

    private sealed record Rates(
        DateOnly? From, long? Tokens, decimal? Input, decimal? CachedInput, decimal? CacheWrite, decimal? CacheWrite1h, decimal? Output, decimal? Reasoning, List<Rates>? Above)
    {
        public PriceEntry ToEntry(string model)
        {
            var entry = Fill(new PriceEntry { Model = model, From = From });
            foreach (var tier in Above ?? [])
            {
                entry.Above.Add(tier.Fill(new PriceAbove { Tokens = tier.Tokens }));
            }
            return entry;
        }

        private T Fill<T>(T rates) where T : PriceRates
        {
            rates.InputUsd = Input;
            rates.CachedInputUsd = CachedInput;
            rates.CacheWriteUsd = CacheWrite;
            rates.CacheWrite1hUsd = CacheWrite1h;
            rates.OutputUsd = Output;
            rates.ReasoningUsd = Reasoning;
            return rates;
        }
    }
}
