using System.Text.Json;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Neurons;
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

/// <summary>A neuron.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name, unique in the tenant.</param>
/// <param name="Layer">Its layer.</param>
/// <param name="Role">Its role in a sentence.</param>
/// <param name="Prompt">Its standing instructions.</param>
/// <param name="Tier">Which strength of model it asks for.</param>
/// <param name="MaxOutputTokens">The most tokens that one answer may have.</param>
/// <param name="Concurrency">How many steps it handles at once.</param>
/// <param name="Delegates">Neurons, one layer below, that it may delegate to.</param>
internal sealed record NeuronBody(
    Guid Id, string Name, Layer Layer, string Role, string Prompt, ModelTier Tier, int MaxOutputTokens, int Concurrency, IReadOnlyList<string> Delegates)
{
    public static NeuronBody Of(Hierarchy hierarchy, Neuron neuron) => new(
        neuron.Id, neuron.Name, neuron.Layer, neuron.Role, neuron.Prompt, neuron.Tier, neuron.MaxOutputTokens, neuron.Concurrency,
        [.. hierarchy.DelegatesOf(neuron).Select(child => child.Name)]);
}

/// <summary>The tenant's neurons and who may delegate to whom.</summary>
/// <param name="Neurons">Top layer first.</param>
internal sealed record HierarchyBody(IReadOnlyList<NeuronBody> Neurons);

/// <summary>What the engine is made of, to read.</summary>
internal static class CatalogueEndpoints
{
    public static void MapCatalogue(this IEndpointRouteBuilder api)
    {
        var engine = api.MapGroup("").WithTags("Engine").Needs(Permission.ReadEngine);
        engine.MapGet("/models", (HttpContext context, ModelService models) => Answer(context, new ListBody<ModelBody>([.. models.List().Select(ModelBody.Of)], null)))
            .WithName("listEngineModels").WithSummary("The models that can be named, with price state and tiers").WithDescription(Tagged)
            .Produces<ListBody<ModelBody>>().Produces(304).ProducesProblems(401, 403);
        engine.MapGet("/neurons", async (HttpContext context, HierarchyService hierarchies, CancellationToken cancellationToken) =>
            Answer(context, new ListBody<NeuronBody>(Neurons(await hierarchies.OfAsync(CurrentActor.From(context.User), cancellationToken)), null)))
            .WithName("listNeurons").WithSummary("The tenant's neurons, top layer first").WithDescription(Tagged)
            .Produces<ListBody<NeuronBody>>().Produces(304).ProducesProblems(401, 403);
        engine.MapGet("/neurons/{name}", async (string name, HttpContext context, HierarchyService hierarchies, CancellationToken cancellationToken) =>
            await hierarchies.OfAsync(CurrentActor.From(context.User), cancellationToken) is var hierarchy && hierarchy.Find(name) is { } neuron
                ? Answer(context, NeuronBody.Of(hierarchy, neuron))
                : Problems.NotFound("neuron"))
            .WithName("getNeuron").WithSummary("A neuron by its name").WithDescription(Tagged)
            .Produces<NeuronBody>().Produces(304).ProducesProblems(401, 403, 404);
        engine.MapGet("/hierarchies", async (HttpContext context, HierarchyService hierarchies, CancellationToken cancellationToken) =>
            Answer(context, new ListBody<HierarchyBody>([new HierarchyBody(Neurons(await hierarchies.OfAsync(CurrentActor.From(context.User), cancellationToken)))], null)))
            .WithName("listHierarchies").WithSummary("The tenant's hierarchy").WithDescription("A tenant has one hierarchy in this version. " + Tagged)
            .Produces<ListBody<HierarchyBody>>().Produces(304).ProducesProblems(401, 403);
    }

    private const string Tagged = "The answer has an `ETag`; send it as `If-None-Match` and an unchanged answer is 304.";

    private static List<NeuronBody> Neurons(Hierarchy hierarchy) => [.. hierarchy.Neurons.Select(neuron => NeuronBody.Of(hierarchy, neuron))];

    private static IResult Answer<T>(HttpContext context, T body)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(body, ApiJson.Options);
        var tag = $"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(json)[..16])}\"";
        context.Response.Headers.ETag = tag;
        return context.Request.Headers.IfNoneMatch.Contains(tag) ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Bytes(json, "application/json; charset=utf-8");
    }
}
