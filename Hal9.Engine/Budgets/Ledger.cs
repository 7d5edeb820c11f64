using Hal9.Engine.Events;

namespace Hal9.Engine.Budgets;

/// <summary>Whom and what a ledger entry belongs to: the dimensions of budgets and costs.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="UserId">The person, if there is one.</param>
/// <param name="KeyId">The API key, if one was used.</param>
/// <param name="RunId">The run.</param>
/// <param name="StepId">The step.</param>
/// <param name="CallId">The model call's attempt: one reservation each.</param>
/// <param name="Neuron">The neuron's name; empty for direct calls.</param>
/// <param name="Layer">Its layer.</param>
/// <param name="Kind">The run's kind.</param>
/// <param name="Provider">The provider's configured name.</param>
/// <param name="Model">The model's name at the provider.</param>
public sealed record LedgerDimensions(
    Guid TenantId, Guid? UserId, Guid? KeyId, Guid RunId, Guid StepId, Guid CallId, string Neuron, Layer Layer, RunKind Kind, string Provider, string Model);

/// <summary>What a ledger entry does.</summary>
public enum LedgerKind
{
    /// <summary>Sets a worst case aside.</summary>
    Reserve,

    /// <summary>Books what was used and frees the rest of the reservation.</summary>
    Settle,

    /// <summary>Frees a reservation of which nothing was used.</summary>
    Release,

    /// <summary>Corrects a booked amount, with a reason.</summary>
    Adjust,
}

/// <summary>A verdict on a tenant's ledger.</summary>
public enum LedgerVerdict
{
    /// <summary>Every entry's hash and link is right, and the anchors agree.</summary>
    Intact,

    /// <summary>An entry was changed or removed from the middle.</summary>
    Altered,

    /// <summary>Entries were cut off the end.</summary>
    TailMissing,

    /// <summary>The chain is valid in itself but an anchor differs.</summary>
    Rewritten,

    /// <summary>There is no anchor to compare with.</summary>
    Unanchored,
}
