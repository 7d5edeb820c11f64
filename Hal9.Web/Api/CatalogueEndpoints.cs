using Hal9.Engine.Models;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;

namespace Hal9.Web.Api;

/// <summary>A model that can be named.</summary>
/// <param name="Id"><c>provider/model</c>.</param>
/// <param name="Provider">The provider's configured name.</param>
/// <param name="Model">The model's name there.</param>
/// <param name="Kind">The provider's kind.</param>
/// <param name="Priced">Whether there is a price for it now; a model without one is not called.</param>
/// <param name="Tiers">The tiers that it serves.</param>
internal sealed record ModelBody(string Id, string Provider, string Model, ProviderKind Kind, bool Priced, IReadOnlyList<ModelTier> Tiers)
{
    public static ModelBody Of(ModelCard card) => new(card.Ref.ToString(), card.Ref.Provider, card.Ref.Model, card.Kind, card.Priced, card.Tiers);
}

/// <summary>What the engine is made of, to read.</summary>
internal static class CatalogueEndpoints
{
    public static void MapCatalogue(this IEndpointRouteBuilder api) =>
        api.MapGet("/models", (ModelService models) => new ListBody<ModelBody>([.. models.List().Select(ModelBody.Of)], null))
            .Needs(Permission.ReadEngine).WithTags("Engine")
            .WithName("listEngineModels").WithSummary("The models that can be named, with price state and tiers")
            .ProducesProblems(401, 403);
}
