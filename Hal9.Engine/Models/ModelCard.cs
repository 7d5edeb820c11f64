using Hal9.Engine.Budgets;

namespace Hal9.Engine.Models;

/// <summary>A model as shown to people and programs.</summary>
/// <param name="Ref">Its name.</param>
/// <param name="Kind">The provider's kind.</param>
/// <param name="Priced">Whether there is a price for it now.</param>
/// <param name="Tiers">The tiers that it serves.</param>
public sealed record ModelCard(ModelRef Ref, ProviderKind Kind, bool Priced, IReadOnlyList<ModelTier> Tiers)
{
    /// <summary>It takes images.</summary>
    public bool SeesImages { get; init; }
}

/// <summary>A provider as it is configured, without its key.</summary>
/// <param name="Name">Its configured name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Address">Where it is; null: its vendor's own address, or none for the built-in one.</param>
/// <param name="Models">The models that may be used; empty: any name passes through.</param>
/// <param name="KeyHint">Begin and end of its key; null: it has none.</param>
public sealed record ProviderCard(string Name, ProviderKind Kind, Uri? Address, IReadOnlyList<string> Models, string? KeyHint);

/// <summary>A model with what it costs.</summary>
/// <param name="Ref">Its name.</param>
/// <param name="Kind">The provider's kind.</param>
/// <param name="Tiers">The tiers that it serves.</param>
/// <param name="Price">Its price now; null: none, so it is not called.</param>
/// <param name="MaxOutput">The most output tokens that it gives, where that is known.</param>
public sealed record ModelOffer(ModelRef Ref, ProviderKind Kind, IReadOnlyList<ModelTier> Tiers, ModelPrice? Price, int? MaxOutput);

/// <summary>A provider's circuit breaker: it opens when too many calls failed, and then the provider is left alone for a while.</summary>
public enum CircuitPosition
{
    /// <summary>Calls go through.</summary>
    Closed,

    /// <summary>One call tries whether the provider answers again.</summary>
    HalfOpen,

    /// <summary>Calls are refused without being made.</summary>
    Open,
}

/// <summary>How a provider is, by the calls made to it.</summary>
/// <param name="Name">Its configured name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Circuit">Its circuit breaker.</param>
public sealed record ProviderState(string Name, ProviderKind Kind, CircuitPosition Circuit);

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
