using System.Text.Json.Serialization;

namespace Hal9.Engine.Events;

/// <summary>Something that happened in a run: stored with its number before anybody is shown it. The set of derived records is closed.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(RunStarted), nameof(RunStarted))]
[JsonDerivedType(typeof(RunTriaged), nameof(RunTriaged))]
[JsonDerivedType(typeof(RunResumed), nameof(RunResumed))]
[JsonDerivedType(typeof(RunWaiting), nameof(RunWaiting))]
[JsonDerivedType(typeof(StepStarted), nameof(StepStarted))]
[JsonDerivedType(typeof(SignalSent), nameof(SignalSent))]
[JsonDerivedType(typeof(ModelCallStarted), nameof(ModelCallStarted))]
[JsonDerivedType(typeof(AttemptRestarted), nameof(AttemptRestarted))]
[JsonDerivedType(typeof(ModelCallEnded), nameof(ModelCallEnded))]
[JsonDerivedType(typeof(StepEnded), nameof(StepEnded))]
[JsonDerivedType(typeof(CancelRequested), nameof(CancelRequested))]
[JsonDerivedType(typeof(RunEnded), nameof(RunEnded))]
public abstract record RunEvent
{
    /// <summary>1, 2, 3… without gaps within a run.</summary>
    public long Number { get; init; }

    /// <summary>When (UTC).</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The discriminator: the record's name.</summary>
    [JsonIgnore]
    public string Type => GetType().Name;
}

/// <summary>The run began.</summary>
public sealed record RunStarted(RunKind Kind, RunMode Mode, string Goal) : RunEvent;

/// <summary>Triage chose the way in.</summary>
/// <param name="Entry">The layer that gets the goal.</param>
/// <param name="Mode">The mode chosen.</param>
/// <param name="Reasons">Why, in words, strongest first.</param>
public sealed record RunTriaged(Layer Entry, RunMode Mode, IReadOnlyList<string> Reasons) : RunEvent;

/// <summary>The run goes on: another process, or this one after a restart, took it over, or what it waited for is there.</summary>
public sealed record RunResumed(int Epoch, string Reason) : RunEvent;

/// <summary>A budget refused and its ladder says to ask: the run waits until there is room or a person decides.</summary>
/// <param name="BudgetId">The budget.</param>
/// <param name="Scope">Whose it is, in words.</param>
/// <param name="Reason">The refusal in a sentence.</param>
/// <param name="ResetsAt">When the budget begins anew (UTC); null: never by itself.</param>
public sealed record RunWaiting(Guid? BudgetId, string Scope, string Reason, DateTimeOffset? ResetsAt) : RunEvent;

/// <summary>A neuron took an assignment.</summary>
public sealed record StepStarted(Guid StepId, Guid? ParentId, Layer Layer, string Neuron, string Goal) : RunEvent;

/// <summary>Something passed between neurons.</summary>
/// <param name="Kind">What.</param>
/// <param name="FromStep">The sender's step.</param>
/// <param name="ToStep">The receiver's step.</param>
/// <param name="From">The sender's neuron.</param>
/// <param name="To">The receiver's neuron.</param>
/// <param name="Text">Its content, shortened to 500 characters.</param>
/// <param name="Accepted">For feedback: whether the result was accepted.</param>
public sealed record SignalSent(SignalKind Kind, Guid FromStep, Guid ToStep, string From, string To, string Text, bool? Accepted = null) : RunEvent;

/// <summary>An attempt of a model call is paid for and on its way. <c>OnLimit</c> says in words what budgets' ladders changed in it.</summary>
public sealed record ModelCallStarted(Guid StepId, Guid CallId, int Attempt, string Provider, string Model, Usd Reserved, string? OnLimit = null) : RunEvent;

/// <summary>An attempt was lost and a new one begins: what it had streamed is void.</summary>
public sealed record AttemptRestarted(Guid StepId, Guid CallId, int Attempt, string Reason) : RunEvent;

/// <summary>An attempt of a model call ended and is settled.</summary>
public sealed record ModelCallEnded(
    Guid StepId, Guid CallId, int Attempt, CallStatus Status, Provenance Provenance, long InputTokens, long OutputTokens, Usd Cost, long Milliseconds, string? Error) : RunEvent;

/// <summary>A step ended.</summary>
/// <param name="StepId">The step.</param>
/// <param name="Status">How.</param>
/// <param name="Cost">What it cost with all below it.</param>
/// <param name="Result">Its result, shortened to 500 characters.</param>
/// <param name="Error">What went wrong, if something did.</param>
public sealed record StepEnded(Guid StepId, StepStatus Status, Usd Cost, string? Result, string? Error) : RunEvent;

/// <summary>Somebody asked to stop the run, or a part of it.</summary>
public sealed record CancelRequested(Guid? StepId, string? Reason, Guid? UserId) : RunEvent;

/// <summary>The last event of every run: the receipt.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Cost">What it cost.</param>
/// <param name="Provenance">Where the answer comes from.</param>
/// <param name="Error">What went wrong, for people.</param>
/// <param name="Fault">What kind of failure of a model call ended it, as a word for programs, for example <c>rateLimited</c>.</param>
/// <param name="RetryAfterSeconds">How long the provider asked to wait.</param>
public sealed record RunEnded(RunStatus Status, Usd Cost, Provenance Provenance, string? Error, string? Fault = null, int? RetryAfterSeconds = null) : RunEvent
{
    /// <summary>What was expected of it at its start.</summary>
    public Usd? Quote { get; init; }
}
