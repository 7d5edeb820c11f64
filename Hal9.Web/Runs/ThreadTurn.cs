using Hal9.Engine.Events;
using Hal9.Engine.Runs;

namespace Hal9.Web.Runs;

/// <summary>What kind of thing was said in a run.</summary>
public enum TurnKind
{
    /// <summary>The goal of the run.</summary>
    Goal,

    /// <summary>Work given to a neuron below.</summary>
    Assignment,

    /// <summary>A result given to the neuron above.</summary>
    Result,

    /// <summary>A result that was accepted.</summary>
    Accepted,

    /// <summary>A result that was sent back.</summary>
    SentBack,

    /// <summary>A step that ended without a result.</summary>
    Failure,

    /// <summary>The answer of the run.</summary>
    Answer,
}

/// <summary>Something said in a run, whole: the events hold only its begin, the steps hold it all.</summary>
/// <param name="Key">Unique in the run.</param>
/// <param name="At">When (UTC).</param>
/// <param name="Kind">What kind.</param>
/// <param name="StepId">The step that it belongs to.</param>
/// <param name="Layer">The speaker's layer.</param>
/// <param name="From">The speaker.</param>
/// <param name="To">Whom it was said to, if to a neuron.</param>
/// <param name="Depth">How far below the entry, from 0.</param>
/// <param name="Text">What.</param>
public sealed record ThreadTurn(string Key, DateTimeOffset At, TurnKind Kind, Guid StepId, Layer Layer, string From, string? To, int Depth, string Text)
{
    /// <summary>A run as a conversation of its neurons.</summary>
    public static IReadOnlyList<ThreadTurn> Of(RunView run, IEnumerable<RunEvent> events)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.Root is null)
        {
            return [];
        }
        var turns = new List<ThreadTurn>();
        var steps = new Dictionary<Guid, (StepView Step, int Depth)>();
        Add(run.Root, null, 0);
        foreach (var judged in events.OfType<SignalSent>().Where(signal => signal.Kind == SignalKind.Feedback && steps.ContainsKey(signal.FromStep)))
        {
            var (step, depth) = steps[judged.FromStep];
            turns.Add(new ThreadTurn(
                $"f{judged.Number}", judged.At, judged.Accepted is true ? TurnKind.Accepted : TurnKind.SentBack, judged.ToStep, step.Layer, judged.From, judged.To, depth, judged.Text));
        }
        return [.. turns.OrderBy(turn => turn.At)];

        void Add(StepView step, StepView? parent, int depth)
        {
            steps[step.Id] = (step, depth);
            turns.Add(parent is null
                ? new ThreadTurn($"a{step.Id}", step.StartedAt, TurnKind.Goal, step.Id, step.Layer, step.Neuron, null, depth, step.Goal)
                : new ThreadTurn($"a{step.Id}", step.StartedAt, TurnKind.Assignment, step.Id, parent.Layer, parent.Neuron, step.Neuron, depth, step.Goal));
            foreach (var child in step.Steps)
            {
                Add(child, step, depth + 1);
            }
            var said = parent is null ? run.Answer ?? step.Result : step.Result;
            if (said is { Length: > 0 } && (step.EndedAt is not null || parent is null))
            {
                turns.Add(new ThreadTurn(
                    $"r{step.Id}", step.EndedAt ?? DateTimeOffset.MaxValue, parent is null ? TurnKind.Answer : TurnKind.Result, step.Id, step.Layer, step.Neuron, parent?.Neuron, depth, said));
            }
            else if (step is { EndedAt: { } ended, Error: { } error })
            {
                turns.Add(new ThreadTurn($"r{step.Id}", ended, TurnKind.Failure, step.Id, step.Layer, step.Neuron, parent?.Neuron, depth, error));
            }
        }
    }
}
