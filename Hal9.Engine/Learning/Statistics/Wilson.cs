namespace Hal9.Engine.Learning.Statistics;

/// <summary>The Wilson interval of a single rate: for showing rates and for tripwires. It is not valid under peeking, so nothing is promoted by it.</summary>
internal static class Wilson
{
    /// <summary>The interval of a rate.</summary>
    /// <param name="successes">At most <paramref name="count"/>.</param>
    /// <param name="count">Of how many; none: 0 to 1.</param>
    /// <param name="z">1.96 for 95 % on both sides.</param>
    public static Interval Of(int successes, int count, double z = 1.959964)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, count);
        if (count == 0)
        {
            return new Interval(0, 0, 1, 0);
        }
        var (rate, square) = ((double)successes / count, z * z / count);
        var middle = (rate + (square / 2)) / (1 + square);
        var half = z * Math.Sqrt((rate * (1 - rate) / count) + (square / (4 * count))) / (1 + square);
        return new Interval(rate, Math.Max(0, middle - half), Math.Min(1, middle + half), count);
    }

    /// <summary>Whether a canary's errors are above the rest's beyond doubt: its lower bound above their upper bound, with at least 20 of its own.</summary>
    public static bool Trips(int errors, int count, int otherErrors, int otherCount) => count >= 20 && Of(errors, count).Low > Of(otherErrors, otherCount).High;
}
