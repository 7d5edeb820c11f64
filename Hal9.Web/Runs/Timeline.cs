using Hal9.Engine.Events;
using Hal9.Engine.Runs;

namespace Hal9.Web.Runs;

/// <summary>A stretch of time on the axis, in thousandths of its length.</summary>
/// <param name="From">Where it begins, 0 to 1000.</param>
/// <param name="Length">How long it is; at least 3, so that it can be seen.</param>
public readonly record struct Stretch(double From, double Length);

/// <summary>A model call on the axis.</summary>
/// <param name="Call">The call.</param>
/// <param name="Whole">From request to end.</param>
/// <param name="BeforeFirstToken">From request to the first token.</param>
public sealed record CallBar(ModelCallView Call, Stretch Whole, Stretch? BeforeFirstToken);

/// <summary>A step on the axis.</summary>
/// <param name="Row">The step and its depth.</param>
/// <param name="Whole">From start to end, or to now.</param>
/// <param name="Calls">Its model calls.</param>
public sealed record StepBar(TreeRow Row, Stretch Whole, IReadOnlyList<CallBar> Calls);

/// <summary>A mark on the axis.</summary>
/// <param name="At">Where, 0 to 1000.</param>
/// <param name="After">The time since the run's start.</param>
public readonly record struct Tick(double At, TimeSpan After);

/// <summary>A run as a waterfall over one time axis.</summary>
public sealed class Timeline
{
    private const double Axis = 1000;
    private const double Least = 3;
    private static readonly long[] Steps = [1, 2, 5];
    private readonly DateTimeOffset start;

    /// <summary>Lays the run out; what is still going ends at <paramref name="now"/>.</summary>
    public Timeline(RunView run, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(run);
        start = run.StartedAt;
        var end = run.EndedAt ?? now;
        Length = end - start > TimeSpan.FromMilliseconds(1) ? end - start : TimeSpan.FromMilliseconds(1);
        Bars = [.. RunTree.Rows(run.Root).Select(row => new StepBar(row, Between(row.Step.StartedAt, row.Step.EndedAt ?? end), [.. row.Step.ModelCalls.Select(call => Bar(call, end))]))];
        Ticks = [.. MakeTicks()];
    }

    /// <summary>The axis' length.</summary>
    public TimeSpan Length { get; }

    /// <summary>The steps, each before its children.</summary>
    public IReadOnlyList<StepBar> Bars { get; }

    /// <summary>Between four and ten round times, 0 first.</summary>
    public IReadOnlyList<Tick> Ticks { get; }

    private CallBar Bar(ModelCallView call, DateTimeOffset end)
    {
        var last = call.Status is CallStatus.Running ? end : call.StartedAt.AddMilliseconds(call.Milliseconds);
        return new CallBar(call, Between(call.StartedAt, last), call.FirstTokenMilliseconds is { } first ? Between(call.StartedAt, call.StartedAt.AddMilliseconds(first)) : null);
    }

    private Stretch Between(DateTimeOffset from, DateTimeOffset to)
    {
        var first = Math.Clamp((from - start) / Length * Axis, 0, Axis - Least);
        var last = Math.Clamp((to - start) / Length * Axis, 0, Axis);
        return new Stretch(first, Math.Max(Least, last - first));
    }

    private IEnumerable<Tick> MakeTicks()
    {
        var step = RoundStep(Length.Ticks / 6);
        for (long at = 0; at < Length.Ticks; at += step)
        {
            yield return new Tick(at / (double)Length.Ticks * Axis, new TimeSpan(at));
        }
    }

    // 1, 2 or 5 times a power of ten, so that marks read easily.
    private static long RoundStep(long least)
    {
        for (long power = 1; ; power *= 10)
        {
            foreach (var step in Steps)
            {
                if (step * power >= least)
                {
                    return step * power;
                }
            }
        }
    }
}
