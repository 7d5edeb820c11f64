using Hal9.Engine.Codegen;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Conversations;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Monitoring;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hal9.Web.Shared;

/// <summary>How a state is shown: a tone of the palette, an icon and a word, so that colour never speaks alone.</summary>
/// <param name="Tone"><c>working</c>, <c>waiting</c>, <c>good</c>, <c>failing</c> or <c>paused</c>.</param>
/// <param name="Icon">One of <see cref="Glyphs"/>.</param>
/// <param name="Name">The state's name, for <see cref="Words.Of(StatusLook)"/>.</param>
public sealed record StatusLook(string Tone, string Icon, string Name)
{
    private static readonly StatusLook Queued = new("paused", Glyphs.Queued, "Queued");
    private static readonly StatusLook Working = new("working", Glyphs.Working, "Running");
    private static readonly StatusLook Succeeded = new("good", Glyphs.Good, "Succeeded");
    private static readonly StatusLook Failed = new("failing", Glyphs.Failing, "Failed");
    private static readonly StatusLook Cancelled = new("paused", Glyphs.Cancelled, "Cancelled");
    private static readonly StatusLook Refused = new("failing", Glyphs.Refused, "Refused");

    /// <summary>A run's state.</summary>
    public static StatusLook Of(RunStatus status) => status switch
    {
        RunStatus.Queued => Queued,
        RunStatus.Running => Working,
        RunStatus.Waiting => new("waiting", Glyphs.Waiting, "Waiting"),
        RunStatus.Paused => new("paused", Glyphs.Pause, "Paused"),
        RunStatus.Frozen => new("waiting", Glyphs.Frozen, "Frozen"),
        RunStatus.Succeeded => Succeeded,
        RunStatus.Failed => Failed,
        RunStatus.Cancelled => Cancelled,
        RunStatus.Refused => Refused,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>A step's state.</summary>
    public static StatusLook Of(StepStatus status) => status switch
    {
        StepStatus.Queued => Queued,
        StepStatus.Running => Working,
        StepStatus.Succeeded => Succeeded,
        StepStatus.Failed => Failed,
        StepStatus.Cancelled => Cancelled,
        StepStatus.Refused => Refused,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>A model call's state.</summary>
    public static StatusLook Of(CallStatus status) => status switch
    {
        CallStatus.Running => Working,
        CallStatus.Succeeded => Succeeded,
        CallStatus.Failed => Failed,
        CallStatus.Cancelled => Cancelled,
        CallStatus.Interrupted => new("waiting", Glyphs.Failing, "Interrupted"),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>A neuron's state.</summary>
    public static StatusLook Of(NeuronState state) => state switch
    {
        NeuronState.Idle => new("paused", Glyphs.Pause, "Idle"),
        NeuronState.Working => Working,
        NeuronState.Queued => new("waiting", Glyphs.Waiting, "Crowded"),
        NeuronState.Failing => new("failing", Glyphs.Failing, "Failing"),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    /// <summary>A provider's circuit breaker; null: it has none.</summary>
    public static StatusLook Of(CircuitPosition? circuit) => circuit switch
    {
        null => new("good", Glyphs.Good, "BuiltIn"),
        CircuitPosition.Closed => new("good", Glyphs.Good, "Ready"),
        CircuitPosition.HalfOpen => new("waiting", Glyphs.Waiting, "Trying"),
        CircuitPosition.Open => new("failing", Glyphs.Failing, "LeftAlone"),
        _ => throw new ArgumentOutOfRangeException(nameof(circuit), circuit, null),
    };

    /// <summary>A provider: what its circuit breaker says, and then what its newest call did.</summary>
    public static StatusLook Of(ProviderActivity provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return provider switch
        {
            { Circuit: not CircuitPosition.Closed } => Of(provider.Circuit),
            { Record: null or { Calls: 0 } } => new("paused", Glyphs.Queued, "NotCalled"),
            { Record: { LastFailure: { } failure } record } when failure.At >= record.LastAt => new("failing", Glyphs.Failing, "LastFailed"),
            _ => Of(provider.Circuit),
        };
    }

    /// <summary>What a project does or waits for.</summary>
    public static StatusLook Of(ProjectStatus status) => status switch
    {
        ProjectStatus.Working => Working,
        ProjectStatus.WaitingForAnswers or ProjectStatus.WaitingForApproval or ProjectStatus.WaitingForReview => new("waiting", Glyphs.Waiting, "WaitingForYou"),
        ProjectStatus.Delivered => new("good", Glyphs.Good, "Delivered"),
        ProjectStatus.Stopped => new("paused", Glyphs.Stop, "Stopped"),
        ProjectStatus.Failed => Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>What is known of a criterion.</summary>
    public static StatusLook Of(CriterionStatus status) => status switch
    {
        CriterionStatus.Open => new("paused", Glyphs.Queued, "Open"),
        CriterionStatus.Proven => new("good", Glyphs.Good, "Proven"),
        CriterionStatus.Red => new("failing", Glyphs.Failing, "Red"),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>How a rung of the ladder of proofs ended.</summary>
    public static StatusLook Of(RungOutcome outcome) => outcome switch
    {
        RungOutcome.Green => new("good", Glyphs.Good, "Green"),
        RungOutcome.Red => new("failing", Glyphs.Failing, "Red"),
        RungOutcome.Inconclusive => new("waiting", Glyphs.Waiting, "Inconclusive"),
        RungOutcome.Skipped => new("paused", Glyphs.Queued, "Skipped"),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    /// <summary>A check's state.</summary>
    public static StatusLook Of(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => new("good", Glyphs.Good, "Healthy"),
        HealthStatus.Degraded => new("waiting", Glyphs.Failing, "Degraded"),
        HealthStatus.Unhealthy => new("failing", Glyphs.Failing, "Unhealthy"),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>A message's state.</summary>
    public static StatusLook Of(MessageStatus status) => status switch
    {
        MessageStatus.Complete => Succeeded,
        MessageStatus.Streaming => Working,
        MessageStatus.Stopped => new("paused", Glyphs.Stop, "Stopped"),
        MessageStatus.Failed => Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };
}
