using Hal9.Engine.Models.Providers;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Models.Coats;

/// <summary>The options of a call with its ticket. A call without one never passes a coat, so that nothing is spent that nobody answers for.</summary>
internal sealed class CallOptions : ChatOptions
{
    public CallOptions(ChatOptions? options, CallTicket ticket)
        : base(options) => Ticket = ticket;

    public CallTicket Ticket { get; }

    /// <summary>The ticket's options.</summary>
    /// <exception cref="InvalidOperationException">The call has no context.</exception>
    public static CallOptions Of(ChatOptions? options) =>
        options as CallOptions ?? throw new InvalidOperationException("A model call without a call context is not made: open the client with ModelService.Open.");

    public override ChatOptions Clone() => new CallOptions(this, Ticket);

    public CallOptions With(CallTicket ticket) => new(this, ticket) { ModelId = ticket.Model.Model };
}

/// <summary>What the coats know of a call.</summary>
/// <param name="Context">For whom and from what.</param>
/// <param name="Model">The model asked.</param>
/// <param name="Provider">Its provider.</param>
/// <param name="Deadline">When the whole call must have ended (UTC).</param>
/// <param name="MayFallBack">Whether another model may answer.</param>
/// <param name="Checked">Whether the answer must fit the format; a format of the caller's own goes to the provider as it is.</param>
/// <param name="Attempt">The attempt on its way.</param>
internal sealed record CallTicket(CallContext Context, ModelRef Model, Provider Provider, DateTimeOffset Deadline, bool MayFallBack, bool Checked, AttemptState Attempt)
{
    /// <summary>How far it has gone down the ladders of its budgets; null before the coat that walks them.</summary>
    public LadderWalk? Ladder { get; init; }

    /// <summary>The caller named the model and its options: they are kept as they are.</summary>
    public bool IsPassThrough => !MayFallBack;
}

/// <summary>What is learned of one attempt while it is on its way. Written by the coat that knows, read by those around it.</summary>
internal sealed class AttemptState
{
    /// <summary>The attempt as it is stored; null before it is paid.</summary>
    public CallAttempt? Stored { get; set; }

    /// <summary>What was seen on the wire.</summary>
    public WireRecord Wire { get; } = new();

    /// <summary>The tokens used, as told or as counted here.</summary>
    public UsageReading? Usage { get; set; }
}

/// <summary>Tokens of an attempt.</summary>
/// <param name="Usage">Normalised.</param>
/// <param name="Estimated">Counted here, because the provider did not say.</param>
/// <param name="Raw">The provider's usage as it came.</param>
internal sealed record UsageReading(Budgets.TokenUsage Usage, bool Estimated, string? Raw);
