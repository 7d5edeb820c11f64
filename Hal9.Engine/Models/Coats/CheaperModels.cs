using Hal9.Engine.Budgets;
using Hal9.Engine.Models.Providers;

namespace Hal9.Engine.Models.Coats;

/// <summary>
/// Which models may stand in for a dearer one when a budget's ladder says <see cref="LadderStep.Cheaper"/>: those of the tiers and the fallbacks, which an operator
/// chose for work here, as far as they are no dearer in input and output and cheaper in one. The dearest comes first: it is likely the best that fits.
/// </summary>
internal sealed class CheaperModels(ModelsOptions options, ModelSettings settings, ProviderTable providers, PriceList prices, TimeProvider time)
{
    public IReadOnlyList<ModelRef> Below(ModelRef model)
    {
        if (PriceOf(model) is not { } own)
        {
            return [];
        }
        return
        [
            .. settings.Tiers.Values.Concat(options.Fallbacks.Select(text => ModelRef.TryParse(text, out var fallback) ? fallback : default))
                .Distinct()
                .Where(other => other.Provider is not null && providers.Find(other) is { Kind: not ProviderKind.Offline })
                .Select(other => (Model: other with { Provider = providers.Of(other).Name }, Price: PriceOf(other)))
                .Where(other => other.Price is { } price && price.Input <= own.Input && price.Output <= own.Output && (price.Input < own.Input || price.Output < own.Output))
                .OrderByDescending(other => other.Price!.Output).ThenByDescending(other => other.Price!.Input)
                .Select(other => other.Model),
        ];
    }

    private ModelPrice? PriceOf(ModelRef model) =>
        providers.Find(model) is { } provider ? prices.Find(provider.Name, model.Model, provider.Kind.ToString(), time.GetUtcNow(), endpoint: provider.Address) : null;
}
