namespace Hal9.Engine.Learning.Statistics;

/// <summary>An interval.</summary>
/// <param name="Point">The mean that was seen.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
/// <param name="Count">Pairs behind it.</param>
internal readonly record struct Interval(double Point, double Low, double High, int Count);

/// <summary>
/// A 95 % confidence sequence of a mean of differences in -1 to 1: the bounds that the <see cref="BettingProcess"/> has not refuted, on a grid of 201. It holds the truth at all
/// counts at once with 95 %, so it may be read at any time. Each side spends half of alpha, and an end is the refuted grid point itself: what lies between two grid points counts as not refuted.
/// </summary>
internal sealed class ConfidenceSequence
{
    private const int Points = 201;
    private readonly double threshold;
    private readonly BettingProcess[] above = new BettingProcess[Points];
    private readonly BettingProcess[] below = new BettingProcess[Points];
    private int low = -1;
    private int high = Points;
    private double sum;

    /// <param name="alpha">The share of sequences that may miss the truth anywhere.</param>
    public ConfidenceSequence(double alpha = 0.05)
    {
        threshold = 2 / alpha;
        for (var i = 0; i < Points; i++)
        {
            // The ends of the grid are never refuted: no mean lies beyond them.
            var delta = Math.Clamp(Grid(i), -0.999, 0.999);
            (above[i], below[i]) = (new BettingProcess(delta), new BettingProcess(-delta));
        }
    }

    /// <summary>How many differences were seen.</summary>
    public int Count { get; private set; }

    /// <summary>The interval now: what was refuted once stays refuted.</summary>
    public Interval Read() => new(Count == 0 ? 0 : sum / Count, low < 0 ? -1 : Grid(low), high >= Points ? 1 : Grid(high), Count);

    /// <summary>Takes the next difference, in -1 to 1.</summary>
    public void Add(double difference)
    {
        sum += difference;
        Count++;
        // What is refuted needs no more evidence, and who tests a harder bound has less of it: only the points between the ends are carried on.
        for (var i = low + 1; i < high; i++)
        {
            above[i].Add(difference);
            below[i].Add(-difference);
        }
        var (newLow, newHigh) = (low, high);
        for (var i = low + 1; i < high; i++)
        {
            newLow = above[i].Value >= threshold ? i : newLow;
        }
        for (var i = high - 1; i > low; i--)
        {
            newHigh = below[i].Value >= threshold ? i : newHigh;
        }
        // Both ends can meet only where the truth was missed; then the interval is empty and the last one that was not stays.
        if (newLow < newHigh)
        {
            (low, high) = (newLow, newHigh);
        }
    }

    private static double Grid(int index) => (index - 100) / 100.0;
}
