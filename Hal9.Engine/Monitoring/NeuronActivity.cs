using Hal9.Engine.Events;
using Hal9.Engine.Models;

namespace Hal9.Engine.Monitoring;

/// <summary>How a neuron is doing.</summary>
public enum NeuronState
{
    /// <summary>Nothing to do.</summary>
    Idle,

    /// <summary>At work.</summary>
    Working,

    /// <summary>At work, and steps wait for a place.</summary>
    Queued,

    /// <summary>Not at work, and its last step or model call failed.</summary>
    Failing,
}

/// <summary>A neuron now, and what it did in the last quarter of an hour.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Layer">Its layer.</param>
/// <param name="Role">Its role in a sentence.</param>
/// <param name="Tier">Which strength of model it asks for.</param>
/// <param name="Concurrency">How many steps it handles at once.</param>
/// <param name="Delegates">Names of the neurons, one layer below, that it may delegate to.</param>
/// <param name="State">How it is doing.</param>
/// <param name="Active">Steps at work.</param>
/// <param name="Waiting">Steps waiting for a place.</param>
/// <param name="Handled">Steps begun.</param>
/// <param name="Failed">Steps that failed at this neuron itself: neither cancelled nor failed because of what failed below.</param>
/// <param name="Calls">Model calls that ended.</param>
/// <param name="FailedCalls">Of them, those that failed.</param>
/// <param name="Cost">What they cost.</param>
/// <param name="LastAt">When it last did something (UTC).</param>
/// <param name="LastError">What went wrong last, if the last end was bad.</param>
public sealed record NeuronActivity(
    string Name, Layer Layer, string Role, ModelTier Tier, int Concurrency, IReadOnlyList<string> Delegates, NeuronState State, int Active, int Waiting,
    int Handled, int Failed, int Calls, int FailedCalls, Usd Cost, DateTimeOffset? LastAt, string? LastError);

/// <summary>A tenant's hierarchy now.</summary>
/// <param name="At">When this was true (UTC).</param>
/// <param name="Neurons">Top layer first.</param>
/// <param name="Signals">The last quarter of an hour that this was read from, oldest first. All who look share it.</param>
public sealed record HierarchyActivity(DateTimeOffset At, IReadOnlyList<NeuronActivity> Neurons, IReadOnlyList<NeuronSignal> Signals);

/// <summary>A few signals that came together.</summary>
/// <param name="Signals">Oldest first.</param>
/// <param name="Missed">How many before them were lost because the watcher fell behind.</param>
public sealed record SignalBurst(IReadOnlyList<NeuronSignal> Signals, long Missed);

/// <summary>The runs that ended in a part of the time asked for.</summary>
/// <param name="At">Its begin (UTC).</param>
/// <param name="Runs">How many ended.</param>
/// <param name="Failed">Of them, failed.</param>
/// <param name="Refused">Of them, refused by a limit.</param>
/// <param name="Cancelled">Of them, stopped by a person.</param>
/// <param name="P50">Half of those that succeeded took at most this; null when none did. Read from a histogram: at most 19 % too high.</param>
/// <param name="P95">The same for 95 of 100.</param>
/// <param name="Cost">What they cost.</param>
public sealed record RunPoint(DateTimeOffset At, long Runs, long Failed, long Refused, long Cancelled, TimeSpan? P50, TimeSpan? P95, Usd Cost);

/// <summary>Runs over time.</summary>
/// <param name="Grid">Which time.</param>
/// <param name="Points">Every step, also those without a run.</param>
/// <param name="Total">All of them as one point.</param>
/// <param name="Previous">The stretch before as one point.</param>
public sealed record RunStatistics(TimeGrid Grid, IReadOnlyList<RunPoint> Points, RunPoint Total, RunPoint Previous);
