namespace Hal9.Engine.Monitoring;

/// <summary>A stretch of time cut into steps for a chart, with the stretch before it to compare with.</summary>
/// <param name="Before">Where the stretch before begins (UTC); it ends at <see cref="From"/>.</param>
/// <param name="From">Begin of the first step (UTC).</param>
/// <param name="To">End of the last step (UTC).</param>
/// <param name="Step">How long a step is.</param>
public sealed record TimeGrid(DateTimeOffset Before, DateTimeOffset From, DateTimeOffset To, TimeSpan Step)
{
    /// <summary>The longest stretch.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(400);

    /// <summary>For how long single minutes are known; what is older is known by the hour.</summary>
    public static readonly TimeSpan MinutesKept = TimeSpan.FromDays(3);

    // About how many points a chart has at most.
    private const int MostPoints = 100;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly TimeSpan[] Steps =
        [Minute, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), Hour, TimeSpan.FromHours(3), TimeSpan.FromHours(12), TimeSpan.FromDays(1), TimeSpan.FromDays(7)];

    /// <summary>How many steps.</summary>
    public int Count => (int)((To - From) / Step);

    /// <summary>
    /// The grid over a stretch: its ends are moved outwards to whole steps. The stretch before is as long as what of this one has passed, so that a step
    /// that has only begun is not compared with a whole one.
    /// </summary>
    /// <exception cref="ArgumentException">The stretch is empty or longer than <see cref="Longest"/>.</exception>
    public static TimeGrid Of(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now)
    {
        if (to <= from || to - from > Longest)
        {
            throw new ArgumentException($"from: it must be before to, by at most {Longest.TotalDays} days.");
        }
        var grid = Over(from, to, now, TimeSpan.Zero);
        return grid.Step < Hour && grid.Before < now - MinutesKept ? Over(from, to, now, Hour) : grid;
    }

    /// <summary>The begin of the step that an instant lies in, unix milliseconds.</summary>
    internal static long Begin(DateTimeOffset at, TimeSpan step)
    {
        var milliseconds = at.ToUnixTimeMilliseconds();
        return milliseconds - (milliseconds % (long)step.TotalMilliseconds);
    }

    private static TimeGrid Over(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now, TimeSpan least)
    {
        var step = Steps.FirstOrDefault(s => s >= least && (to - from) / s <= MostPoints, Steps[^1]);
        var begin = Floor(from, step);
        var end = Floor(to - TimeSpan.FromMilliseconds(1), step) + step;
        var passed = (now < end && now > begin ? now : end) - begin;
        return new TimeGrid(Floor(begin - passed, step < Hour ? Minute : Hour), begin, end, step);
    }

    private static DateTimeOffset Floor(DateTimeOffset at, TimeSpan step) => DateTimeOffset.FromUnixTimeMilliseconds(Begin(at, step));
}
