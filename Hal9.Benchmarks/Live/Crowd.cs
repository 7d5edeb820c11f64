using System.Diagnostics;

namespace Hal9.Benchmarks.Live;

/// <summary>Many viewers of one side.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    // So many pages are fetched at once while a crowd comes in.
    private const int AtOnce = 8;
    private readonly List<Viewer> viewers = [];

    public static async Task<Crowd> OpenAsync(Func<Task<Viewer>> open, int count)
    {
        var crowd = new Crowd();
        try
        {
            foreach (var some in Enumerable.Range(0, count).Chunk(AtOnce))
            {
                crowd.viewers.AddRange(await Task.WhenAll(some.Select(_ => Task.Run(open))));
            }
            return crowd;
        }
        catch
        {
            await crowd.DisposeAsync();
            throw;
        }
    }

    public void Forget() => viewers.ForEach(viewer => viewer.Forget());

    /// <summary>Waits until nothing has come to anybody for a second: what was made before is no part of what comes next.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        for (var (known, quiet) = (-1L, 0); quiet < 10; await Task.Delay(100, cancellationToken))
        {
            var now = viewers.Sum(viewer => (long)viewer.Pulses.Count + viewer.Figures.Count);
            (quiet, known) = (now == known ? quiet + 1 : 0, now);
            if (Stopwatch.GetElapsedTime(begun) > TimeSpan.FromMinutes(1))
            {
                throw new InvalidOperationException("Events still come a minute after the last was made.");
            }
        }
    }

    public int Most(Func<Viewer, int> count) => viewers.Max(count);

    /// <summary>How many steps the cards told before the first of so many events: the counts go on from turn to turn.</summary>
    public int Before(int made) => viewers.Max(viewer => viewer.Figures.Count == 0 ? 0 : viewer.Figures[^1].Total) - made;

    /// <summary>From each event to each viewer, in milliseconds. An event has come when the viewer's total has reached its number.</summary>
    /// <exception cref="InvalidOperationException">Somebody never saw one.</exception>
    public IReadOnlyList<double> Delays(IReadOnlyList<long> made, Func<Viewer, IReadOnlyList<(long At, int Total)>> seen, int before)
    {
        var delays = new List<double>(viewers.Count * made.Count);
        foreach (var came in viewers.Select(seen))
        {
            var place = 0;
            for (var number = 1; number <= made.Count; number++)
            {
                while (place < came.Count && came[place].Total - before < number)
                {
                    place++;
                }
                if (place == came.Count || came[^1].Total - before > made.Count)
                {
                    throw new InvalidOperationException($"A viewer saw {(came.Count == 0 ? 0 : came[^1].Total - before)} of {made.Count} events.");
                }
                delays.Add(Stopwatch.GetElapsedTime(made[number - 1], came[place].At).TotalMilliseconds);
            }
        }
        return delays;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var viewer in viewers)
        {
            await viewer.DisposeAsync();
        }
    }
}
