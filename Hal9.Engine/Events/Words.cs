namespace Hal9.Engine.Events;

/// <summary>What a run is for.</summary>
public enum RunKind
{
    /// <summary>A message in a conversation.</summary>
    Chat,

    /// <summary>A phase of a code generation project.</summary>
    Codegen,

    /// <summary>Started by a program.</summary>
    Api,

    /// <summary>Background spend: learning, consolidation.</summary>
    Evaluation,
}

/// <summary>How deep a run enters the hierarchy.</summary>
public enum RunMode
{
    /// <summary>Triage decides.</summary>
    Auto,

    /// <summary>L2 answers.</summary>
    Quick,

    /// <summary>L3 to L2.</summary>
    Standard,

    /// <summary>L4 to L3 to L2.</summary>
    Deep,

    /// <summary>One named model, without a prompt of ours.</summary>
    Direct,
}

/// <summary>A run's state.</summary>
public enum RunStatus
{
    /// <summary>Stored, not begun.</summary>
    Queued,

    /// <summary>At work.</summary>
    Running,

    /// <summary>Waits for a person or for budget.</summary>
    Waiting,

    /// <summary>Halted by a person.</summary>
    Paused,

    /// <summary>Halted by the watchdog.</summary>
    Frozen,

    /// <summary>Ended with an answer.</summary>
    Succeeded,

    /// <summary>Ended with an error.</summary>
    Failed,

    /// <summary>Ended by a person.</summary>
    Cancelled,

    /// <summary>Ended by a limit.</summary>
    Refused,
}

/// <summary>A step's state.</summary>
public enum StepStatus
{
    /// <summary>Waits for what it depends on.</summary>
    Queued,

    /// <summary>At work.</summary>
    Running,

    /// <summary>Ended with a result.</summary>
    Succeeded,

    /// <summary>Ended with an error.</summary>
    Failed,

    /// <summary>Ended by a person or with its parent.</summary>
    Cancelled,

    /// <summary>Ended by a limit.</summary>
    Refused,
}

/// <summary>A model or tool call's state.</summary>
public enum CallStatus
{
    /// <summary>On its way.</summary>
    Running,

    /// <summary>Answered.</summary>
    Succeeded,

    /// <summary>Ended with an error.</summary>
    Failed,

    /// <summary>Stopped by us.</summary>
    Cancelled,

    /// <summary>The process ended while it was on its way; settled at its worst case.</summary>
    Interrupted,
}

/// <summary>Where an answer comes from, weakest first: a run has the weakest of the leaves that fed it.</summary>
public enum Provenance
{
    /// <summary>The built-in model: deterministic rules, not AI.</summary>
    Offline,

    /// <summary>A stored answer of a replayed run.</summary>
    Replayed,

    /// <summary>A stored answer to the same question.</summary>
    Cached,

    /// <summary>A model answered now.</summary>
    Live,
}

/// <summary>What passes between neurons.</summary>
public enum SignalKind
{
    /// <summary>Work, downwards.</summary>
    Assignment,

    /// <summary>A result, upwards.</summary>
    Result,

    /// <summary>A judgement of a result, back to its author or up.</summary>
    Feedback,
}

/// <summary>Whether a status is final.</summary>
public static class Statuses
{
    /// <summary>The run has ended.</summary>
    public static bool IsFinal(this RunStatus status) =>
        status is RunStatus.Succeeded or RunStatus.Failed or RunStatus.Cancelled or RunStatus.Refused;

    /// <summary>The step has ended.</summary>
    public static bool IsFinal(this StepStatus status) => status is not (StepStatus.Queued or StepStatus.Running);
}
