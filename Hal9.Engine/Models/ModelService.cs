using Microsoft.Extensions.AI;

namespace Hal9.Engine.Models;

/// <summary>The door to models: which there are, and a client for one call, with all coats on.</summary>
public sealed class ModelService
{
    /// <summary>
    /// A client that pays, records, retries and measures each call made through it for this context. With a JSON-schema format the text that
    /// comes back is JSON that fits the schema, whatever the provider can do by itself.
    /// </summary>
    /// <param name="context">For whom, from what, under which leaf.</param>
    /// <param name="model">The first choice; fallbacks come from the tiers.</param>
    /// <param name="format">The wanted format, or null for text.</param>
    /// <param name="maxOutputTokens">The neuron's limit; the model's own limit applies too.</param>
    public IChatClient Open(CallContext context, ModelRef model, ChatResponseFormat? format = null, int? maxOutputTokens = null) => throw new NotSupportedException();

    /// <summary>The model behind a tier.</summary>
    public ModelRef OfTier(ModelTier tier) => throw new NotSupportedException();

    /// <summary>Whether calls to <c>provider/model</c> can be made: the provider is configured and, if it lists models, lists this one.</summary>
    public bool Knows(ModelRef model) => throw new NotSupportedException();

    /// <summary>All models that can be named: listed ones of each provider, the built-in one, and the tiers' models.</summary>
    public IReadOnlyList<ModelCard> List() => throw new NotSupportedException();
}

/// <summary>A model as shown to people and programs.</summary>
/// <param name="Ref">Its name.</param>
/// <param name="Kind">The provider's kind.</param>
/// <param name="Priced">Whether there is a price for it now.</param>
/// <param name="Tiers">The tiers that it serves.</param>
public sealed record ModelCard(ModelRef Ref, ProviderKind Kind, bool Priced, IReadOnlyList<ModelTier> Tiers);

/// <summary>Provider kinds.</summary>
public enum ProviderKind
{
    /// <summary>Any OpenAI-compatible endpoint.</summary>
    OpenAI,

    /// <summary>Anthropic.</summary>
    Anthropic,

    /// <summary>The built-in provider: deterministic, no network, no cost.</summary>
    Offline,
}
