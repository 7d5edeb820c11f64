using Hal9.Engine.Budgets;
using Hal9.Engine.Events;

namespace Hal9.Engine.Models;

/// <summary>
/// For whom a model call is made and from what it is paid. It travels with every call; a call without one throws, so that nothing can be
/// spent that nobody answers for.
/// </summary>
public sealed record CallContext
{
    /// <summary>The tenant.</summary>
    public required Guid TenantId { get; init; }

    /// <summary>The person, if there is one.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The API key, if one was used.</summary>
    public Guid? KeyId { get; init; }

    /// <summary>The run.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The run's epoch: writes of an older one are refused.</summary>
    public required int Epoch { get; init; }

    /// <summary>The run's kind.</summary>
    public required RunKind Kind { get; init; }

    /// <summary>The step.</summary>
    public required Guid StepId { get; init; }

    /// <summary>The neuron's name; <c>direct</c> for pass-through.</summary>
    public required string Neuron { get; init; }

    /// <summary>Its layer.</summary>
    public required Layer Layer { get; init; }

    /// <summary>The step's envelope.</summary>
    public required Envelope Envelope { get; init; }

    /// <summary>
    /// The leaf's name inside its run, the same when a run is rebuilt after a crash, for example <c>1.2/plan/1</c>. A stored answer under this
    /// name is used instead of a call.
    /// </summary>
    public required string Leaf { get; init; }

    /// <summary>What the model is asked, by source; null for a pass-through, whose request is the run's own.</summary>
    public IReadOnlyList<PromptPart>? Prompt { get; init; }

    /// <summary>Where the time is counted in which the run waits for providers.</summary>
    internal WaitClock? Waiting { get; init; }

    /// <summary>The run ends when this call has succeeded, so that its settlement may be stored with that end.</summary>
    public bool IsLast { get; init; }

    /// <summary>The run's start is stored with this call: a budget that is used up refuses it whatever the call costs.</summary>
    public bool IsFirst { get; init; }

    /// <summary>Whether the caller has just left, rather than that somebody stops the call: then the rest of a stream may be read to learn what it cost.</summary>
    internal Func<bool>? CallerLeft { get; init; }

    /// <summary>Where calls are stored and told of, before they are used.</summary>
    public required ICallJournal Journal { get; init; }
}

/// <summary>A model at a provider.</summary>
/// <param name="Provider">The provider's configured name.</param>
/// <param name="Model">The model's name there; may contain slashes.</param>
public readonly record struct ModelRef(string Provider, string Model)
{
    /// <summary>Reads <c>provider/model</c>.</summary>
    public static bool TryParse(string? text, out ModelRef value)
    {
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        value = slash > 0 && slash < text!.Length - 1 ? new ModelRef(text[..slash], text[(slash + 1)..]) : default;
        return slash > 0 && value.Model is not null;
    }

    /// <summary><c>provider/model</c>.</summary>
    public override string ToString() => $"{Provider}/{Model}";
}

/// <summary>How strong a model a neuron asks for.</summary>
public enum ModelTier
{
    /// <summary>Cheap and quick: L2.</summary>
    Fast,

    /// <summary>In between: L3.</summary>
    Balanced,

    /// <summary>The best: L4.</summary>
    Strong,
}
