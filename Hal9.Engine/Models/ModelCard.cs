namespace Hal9.Engine.Models;

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
