using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Budgets;

/// <summary>
/// Prices by model and date. An operator's own prices win, those of the configuration before those imported; then the shipped list applies, but only where the bill surely comes from the
/// vendor it describes: a provider of kind Anthropic, a provider whose configured name is a vendor's (<c>openai</c>, <c>azure</c>,
/// <c>anthropic</c>, <c>google</c>, <c>gemini</c>, <c>mistral</c>, <c>deepseek</c>, also with an ending such as <c>openai-eu</c>), or one
/// whose address is the vendor's own. Any other OpenAI-compatible endpoint has no price until one is configured.
/// </summary>
public sealed class PriceList
{
    // Model names come from callers on pass-through: the cache starts anew before they could fill the memory.
    private const int MostCached = 4096;
    private static readonly ShippedPrices Shipped = ShippedPrices.Load();

    private static readonly (string Name, string Vendor)[] Names =
    [
        ("openai", "openai"), ("azure", "openai"), ("anthropic", "anthropic"), ("google", "google"), ("gemini", "google"), ("mistral", "mistral"), ("deepseek", "deepseek"),
    ];

    private static readonly (string Host, string Vendor)[] Hosts =
    [
        ("openai.com", "openai"), ("openai.azure.com", "openai"), ("services.ai.azure.com", "openai"), ("anthropic.com", "anthropic"),
        ("generativelanguage.googleapis.com", "google"), ("mistral.ai", "mistral"), ("deepseek.com", "deepseek"),
    ];

    private static readonly ModelPrice Free = new() { Version = "offline", Input = 0, Output = 0 };
    private readonly ConcurrentDictionary<(string Provider, string Model, string Kind, string? Host), List<DatedPrice>> found = new();
    private readonly List<(string Model, List<DatedPrice> Prices)> configured;
    private readonly ModelPrice? ceiling;
    private volatile List<(string Model, List<DatedPrice> Prices)> imported = [];

    /// <summary>Reads the operator's prices.</summary>
    /// <exception cref="OptionsValidationException">One of them cannot be read; the message names it.</exception>
    public PriceList(IOptions<PricesOptions> prices, IOptions<BudgetsOptions> budgets)
    {
        ArgumentNullException.ThrowIfNull(prices);
        ArgumentNullException.ThrowIfNull(budgets);
        configured = Read([.. prices.Value.Prices], "configured", static entry => $"Hal9:Models:Prices ({entry.Model})");
        ceiling = budgets.Value.Ceiling?.ToPrice();
    }

    /// <summary>The number of the imported list in force; 0: none.</summary>
    public int Imported { get; private set; }

    /// <summary>Puts an imported list in force, instead of the one before.</summary>
    /// <exception cref="OptionsValidationException">It cannot be read; the one before stays in force.</exception>
    internal void Set(int number, IReadOnlyList<PriceEntry> entries)
    {
        imported = Read(entries, $"imported-{number}", entry => $"price list {number} ({entry.Model})");
        Imported = number;
        found.Clear();
    }

    /// <summary>The version of the price that stands in for a missing one, if an operator set a ceiling.</summary>
    public const string CeilingVersion = "ceiling";

    /// <summary>
    /// The price of a model at that time: the configured override first, then the shipped list, then the ceiling price; null when there is none.
    /// The price knows its tiers, so it is right for any size of request; <paramref name="inputTokens"/> chooses which tier its own properties show.
    /// </summary>
    /// <param name="provider">The provider's configured name.</param>
    /// <param name="model">The model's name there.</param>
    /// <param name="providerKind"><c>OpenAI</c>, <c>Anthropic</c> or <c>Offline</c>, which is free.</param>
    /// <param name="at">When the call begins.</param>
    /// <param name="inputTokens">The request's size.</param>
    /// <param name="endpoint">The provider's base address, if it has one.</param>
    public ModelPrice? Find(string provider, string model, string providerKind, DateTimeOffset at, long inputTokens = 0, Uri? endpoint = null)
    {
        if (providerKind == "Offline")
        {
            return Free;
        }
        var key = (provider, model, providerKind, endpoint?.Host);
        if (!found.TryGetValue(key, out var prices))
        {
            if (found.Count >= MostCached)
            {
                found.Clear();
            }
            found[key] = prices = Collect(provider, model, VendorOf(provider, providerKind, endpoint));
        }
        ModelPrice? price = null;
        foreach (var dated in prices)
        {
            if (dated.From <= at)
            {
                price = dated.Price;
            }
        }
        return (price ?? ceiling)?.ShownAt(inputTokens);
    }

    /// <summary>The most output tokens that a model gives, where the shipped list knows it; null: unknown.</summary>
    /// <inheritdoc cref="Find" path="/param"/>
    public static int? MaxOutputOf(string provider, string model, string providerKind, Uri? endpoint = null) =>
        VendorOf(provider, providerKind, endpoint) is { } vendor ? Shipped.MaxOutputOf(vendor, model) : null;

    /// <summary>All that could apply, weakest first: the last one that has begun holds.</summary>
    private List<DatedPrice> Collect(string provider, string model, string? vendor)
    {
        List<DatedPrice> prices = [.. vendor is null ? [] : Shipped.Find(vendor, model) ?? []];
        var name = $"{provider}/{model}";
        foreach (var (pattern, own) in imported.Concat(configured))
        {
            if (pattern[^1] == '*' ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern)
            {
                prices.AddRange(own);
            }
        }
        return prices;
    }

    private static string? VendorOf(string provider, string kind, Uri? endpoint)
    {
        if (kind == "Anthropic")
        {
            return "anthropic";
        }
        foreach (var (name, vendor) in Names)
        {
            if (provider.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (provider.Length == name.Length || provider[name.Length] is '-' or '_' or '.'))
            {
                return vendor;
            }
        }
        foreach (var (host, vendor) in Hosts)
        {
            if (endpoint is not null && (endpoint.Host.Equals(host, StringComparison.OrdinalIgnoreCase) || endpoint.Host.EndsWith('.' + host, StringComparison.OrdinalIgnoreCase)))
            {
                return vendor;
            }
        }
        return null;
    }

    private static List<(string Model, List<DatedPrice> Prices)> Read(IReadOnlyList<PriceEntry> entries, string list, Func<PriceEntry, string> placeOf)
    {
        var byModel = new Dictionary<string, List<DatedPrice>>(StringComparer.Ordinal);
        var complaints = new List<string>();
        foreach (var entry in entries)
        {
            if (PriceReading.Read(entry, placeOf(entry), list, complaints) is { } price)
            {
                if (!byModel.TryGetValue(entry.Model!, out var prices))
                {
                    byModel[entry.Model!] = prices = [];
                }
                prices.Add(price);
            }
        }
        if (complaints.Count > 0)
        {
            throw new OptionsValidationException(nameof(PricesOptions), typeof(PricesOptions), complaints);
        }
        var read = new List<(string Model, List<DatedPrice> Prices)>(byModel.Count);
        foreach (var (model, prices) in byModel)
        {
            read.Add((model, [.. prices.OrderBy(price => price.From)]));
        }
        // Short patterns first, exact names last: the most exact entry wins.
        read.Sort((a, b) => (a.Model[^1] != '*', a.Model.Length).CompareTo((b.Model[^1] != '*', b.Model.Length)));
        return read;
    }
}
