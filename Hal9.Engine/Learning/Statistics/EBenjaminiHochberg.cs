namespace Hal9.Engine.Learning.Statistics;

/// <summary>Which of many e-values may count as discoveries when at most a share of the discoveries may be false, however they depend on one another (Wang and Ramdas 2022).</summary>
internal static class EBenjaminiHochberg
{
    /// <summary>The rate that proposals of all classes together keep.</summary>
    public const double FalseDiscoveryRate = 0.10;

    /// <summary>True at the place of each e-value that is a discovery.</summary>
    public static bool[] Select(IReadOnlyList<double> values, double rate = FalseDiscoveryRate)
    {
        ArgumentNullException.ThrowIfNull(values);
        var order = Enumerable.Range(0, values.Count).OrderByDescending(i => values[i]).ToList();
        var last = order.FindLastIndex(i => values[i] * rate * (order.IndexOf(i) + 1) >= values.Count);
        var chosen = new bool[values.Count];
        foreach (var i in order.Take(last + 1))
        {
            chosen[i] = true;
        }
        return chosen;
    }
}
