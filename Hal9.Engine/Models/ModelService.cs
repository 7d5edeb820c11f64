using Hal9.Engine.Budgets;
using Hal9.Engine.Models.Coats;
using Hal9.Engine.Models.Providers;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Hal9.Engine.Models;

/// <summary>The door to models: which there are, and a client for one call, with all coats on.</summary>
public sealed class ModelService
{
    /// <summary>
    /// Name of the entry in a <see cref="FunctionCallContent"/>'s additional properties that holds its arguments as the model wrote them, which
    /// need not be JSON.
    /// </summary>
    public const string RawArguments = "arguments";

    /// <summary>
    /// Name of the entry in an update's additional properties that says: what this stream gave so far is void, the answer begins anew. Only
    /// streams with a JSON-schema format have it, at most once, when the first answer did not fit.
    /// </summary>
    public const string Restarted = "hal9.restarted";

    private readonly IChatClient chain;
    private readonly ProviderTable providers;
    private readonly CircuitTable circuits;
    private readonly PriceList prices;
    private readonly CallBounds bounds;
    private readonly TimeProvider time;
    private readonly TimeSpan total;
    private readonly ModelSettings settings;

    internal ModelService(
        IChatClient chain, ProviderTable providers, CircuitTable circuits, PriceList prices, CallBounds bounds, ModelSettings settings, IOptions<ModelsOptions> options, TimeProvider time)
    {
        this.chain = chain;
        this.providers = providers;
        this.circuits = circuits;
        this.prices = prices;
        this.bounds = bounds;
        this.time = time;
        total = TimeSpan.FromSeconds(options.Value.Timeouts.TotalSeconds);
        MostAttempts = options.Value.Retry.Attempts;
        this.settings = settings;
        Fallbacks = [.. options.Value.Fallbacks.Select(text => ModelRef.TryParse(text, out var model) ? model : default)];
    }

    /// <summary>
    /// A client that pays, records, retries and measures each call made through it for this context. With a JSON-schema format the text that
    /// comes back is JSON that fits the schema, whatever the provider can do by itself. It is used for one leaf and need not be disposed.
    /// </summary>
    /// <param name="context">For whom, from what, under which leaf.</param>
    /// <param name="model">The first choice; only configured fallbacks may answer instead, and none for a pass-through call.</param>
    /// <param name="format">The wanted format, or null for text or whatever the call's own options say.</param>
    /// <param name="maxOutputTokens">The neuron's limit; the call's own limit applies too.</param>
    /// <exception cref="ModelCallFailed"><see cref="ModelFault.UnknownModel"/>.</exception>
    public IChatClient Open(CallContext context, ModelRef model, ChatResponseFormat? format = null, int? maxOutputTokens = null) =>
        new StampCoat(chain, context, model, providers.Of(model), format, maxOutputTokens, total, time);

    /// <summary>The same as Semantic Kernel's chat service. It never calls functions by itself.</summary>
    /// <exception cref="ModelCallFailed"><see cref="ModelFault.UnknownModel"/>.</exception>
    public IChatCompletionService OpenForKernel(CallContext context, ModelRef model, ChatResponseFormat? format = null, int? maxOutputTokens = null) =>
        Open(context, model, format, maxOutputTokens).AsChatCompletionService();

    /// <summary>The most that a call could cost, as it would be set aside; null: there is no price, so it would not be made.</summary>
    /// <exception cref="ModelCallFailed"><see cref="ModelFault.UnknownModel"/>.</exception>
    public Usd? WorstCase(ModelRef model, IReadOnlyList<ChatMessage> messages, int? maxOutputTokens)
    {
        var provider = providers.Of(model);
        var options = new ChatOptions { ModelId = model.Model, MaxOutputTokens = CallBounds.MostOutput(provider, model, maxOutputTokens, isPassThrough: false) };
        var bound = bounds.Of(provider, model with { Provider = provider.Name }, messages, options, time.GetUtcNow());
        return bound.Price?.WorstCase(bound.Input, bound.Output);
    }

    /// <summary>How often a call is made at most before it has failed.</summary>
    public int MostAttempts { get; }

    /// <summary>The price of a model now; null: there is none.</summary>
    public ModelPrice? PriceOf(ModelRef model) =>
        providers.Find(model) is { } provider ? prices.Find(provider.Name, model.Model, provider.Kind.ToString(), time.GetUtcNow(), endpoint: provider.Address) : null;

    /// <summary>The model behind a tier.</summary>
    public ModelRef OfTier(ModelTier tier) => settings.Tiers[tier];

    /// <summary>Whether calls to <c>provider/model</c> can be made: the provider is configured and, if it lists models, lists this one.</summary>
    public bool Knows(ModelRef model) => providers.Find(model) is not null;

    /// <summary>Whether the model is known to take images; an unknown one is taken for one that does not.</summary>
    public bool SeesImages(ModelRef model) => providers.Find(model)?.SeesImages(model.Model) == true;

    /// <summary>How the configured providers are, by the calls made to them; the built-in one cannot fail and is not listed.</summary>
    public IReadOnlyList<ProviderState> States => circuits.States;

    /// <summary>All providers: the built-in one first, then the configured ones.</summary>
    public IReadOnlyList<ProviderCard> Providers => [.. providers.All.Select(provider => new ProviderCard(provider.Name, provider.Kind, provider.Address, provider.Models, provider.KeyHint))];

    /// <summary>Models tried in this order when the first choice failed for good.</summary>
    public IReadOnlyList<ModelRef> Fallbacks { get; }

    /// <summary>The models of <see cref="List"/> and the fallbacks, with their prices now.</summary>
    public IReadOnlyList<ModelOffer> Offers()
    {
        var now = time.GetUtcNow();
        return
        [
            .. List().Select(card => card.Ref).Concat(Fallbacks).Distinct().Select(model => (Model: model, Provider: providers.Find(model)!)).Where(known => known.Provider is not null).Select(known => new ModelOffer(
                known.Model, known.Provider.Kind, [.. settings.Tiers.Where(tier => tier.Value == known.Model).Select(tier => tier.Key)],
                prices.Find(known.Model.Provider, known.Model.Model, known.Provider.Kind.ToString(), now, endpoint: known.Provider.Address),
                PriceList.MaxOutputOf(known.Model.Provider, known.Model.Model, known.Provider.Kind.ToString(), known.Provider.Address))),
        ];
    }

    /// <summary>What kind of provider a model has; null: unknown.</summary>
    public ProviderKind? KindOf(ModelRef model) => providers.Find(model)?.Kind;

    /// <summary>All models that can be named: listed ones of each provider, the built-in one, and the tiers' models.</summary>
    public IReadOnlyList<ModelCard> List()
    {
        var now = time.GetUtcNow();
        return [.. providers.All.SelectMany(provider => provider.Models.Select(model => new ModelRef(provider.Name, model)))
            .Concat(settings.Tiers.Values)
            .Distinct()
            .Select(model => (Model: model, Provider: providers.Find(model)))
            .Where(card => card.Provider is not null)
            .Select(card => new ModelCard(
                card.Model,
                card.Provider!.Kind,
                prices.Find(card.Model.Provider, card.Model.Model, card.Provider.Kind.ToString(), now, endpoint: card.Provider.Address) is not null,
                [.. settings.Tiers.Where(tier => tier.Value == card.Model).Select(tier => tier.Key)]) { SeesImages = card.Provider.SeesImages(card.Model.Model) })];
    }
}
