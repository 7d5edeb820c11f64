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

/// <summary>A call that wants to be paid.</summary>
/// <param name="Dimensions">Whom and what it belongs to.</param>
/// <param name="Amount">Its worst case; 0 to 10,000,000 USD.</param>
/// <param name="Tokens">Its worst case in tokens, input and output; 0 to 10^12.</param>
/// <param name="Deadline">Until when it may wait for open reservations to settle (UTC), at most <see cref="BudgetsOptions.WaitSeconds"/> from now.</param>
public sealed record ReserveOrder(LedgerDimensions Dimensions, Usd Amount, long Tokens, DateTimeOffset Deadline)
{
    /// <summary>Refuse also what costs nothing when a budget is used up: the call is the first of a run, which then need not start.</summary>
    public bool RefuseWhenUsedUp { get; init; }

    /// <summary>Steps of on-limit ladders that this call has taken already and that did not help.</summary>
    public IReadOnlyList<LadderStep> Tried { get; init; } = [];

    /// <summary>
    /// The same call with less output, so that it fits into so much money and so many tokens (null: no limit of that kind); null when nothing useful fits. Not
    /// set: it cannot be shortened. Called on the writer's thread.
    /// </summary>
    public Func<Usd?, long?, ReserveOrder?>? Shorten { get; init; }
}

/// <summary>A reservation as it was made.</summary>
/// <param name="Order">What was set aside: less than was asked for when a budget's ladder shortened the call.</param>
/// <param name="ShortenedBy">What shortened it.</param>
public sealed record Granted(ReserveOrder Order, Refusal? ShortenedBy);

/// <summary>What a call really used.</summary>
/// <param name="Amount">Its cost; 0 to 10,000,000 USD.</param>
/// <param name="Usage">Its tokens.</param>
/// <param name="PriceVersion">The version of the price used.</param>
/// <param name="Flags">Among <c>estimated</c>, <c>worstCase</c>, <c>orphan</c>; the ledger adds <c>overrun</c> itself.</param>
/// <param name="Reason">Why, when it is out of the ordinary.</param>
public sealed record Settlement(Usd Amount, TokenUsage Usage, string? PriceVersion, IReadOnlyList<string> Flags, string? Reason = null);

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
