using Hal9.Engine.Learning.Statistics;

namespace Hal9.Tests.Support.LearnBench;

/// <summary>What the gate's statistics do on streams whose truth is known.</summary>
internal static class GateTrials
{
    /// <summary>A pair of outcomes of 0 or 1: the challenger better by <paramref name="gain"/> on the mean, the two different in <paramref name="disagreement"/> of the pairs.</summary>
    public static double Pair(Random random, double gain, double disagreement)
    {
        var place = random.NextDouble();
        return place < (disagreement + gain) / 2 ? 1 : place < disagreement ? -1 : 0;
    }

    /// <summary>In how many of the streams the betting process reached 1/alpha at least once, and after how many pairs in the middle.</summary>
    public static (int Reached, double MedianPairs) Reach(int streams, int pairs, double gain, double disagreement, double alpha, int seed)
    {
        var at = new int[streams];
        Parallel.For(0, streams, stream =>
        {
            var random = Seeds.Random(seed, stream);
            var process = new BettingProcess(0);
            while (process.Count < pairs && at[stream] == 0)
            {
                process.Add(Pair(random, gain, disagreement));
                at[stream] = process.Value >= 1 / alpha ? process.Count : 0;
            }
        });
        var reached = at.Where(count => count > 0).Order().ToList();
        return (reached.Count, reached.Count == 0 ? double.NaN : reached[reached.Count / 2]);
    }

    /// <summary>How many of the confidence sequences held the truth at every count, and the mean width at the end against Wald's interval there.</summary>
    public static (int Covered, double WidthToWald) Cover(int streams, int pairs, double truth, double disagreement, int seed)
    {
        var covered = new bool[streams];
        var widths = new double[streams];
        Parallel.For(0, streams, stream =>
        {
            var random = Seeds.Random(seed, stream);
            var sequence = new ConfidenceSequence();
            covered[stream] = true;
            while (sequence.Count < pairs)
            {
                sequence.Add(Pair(random, truth, disagreement));
                var now = sequence.Read();
                covered[stream] &= now.Low <= truth && truth <= now.High;
            }
            widths[stream] = sequence.Read().High - sequence.Read().Low;
        });
        return (covered.Count(held => held), widths.Average() / (2 * 1.96 * Math.Sqrt((disagreement - (truth * truth)) / pairs)));
    }
}

/// <summary>Random numbers of a seed. Neighbouring seeds are mixed first: the first numbers of <see cref="System.Random"/> for 1, 2, 3 are not independent of one another.</summary>
internal static class Seeds
{
    public static Random Random(int seed, int part = 0)
    {
        var mixed = unchecked((((ulong)(uint)seed << 32) | (uint)part) + 0x9E3779B97F4A7C15UL);
        mixed = unchecked((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL);
        return new Random((int)(mixed ^ (mixed >> 31)));
    }
}
