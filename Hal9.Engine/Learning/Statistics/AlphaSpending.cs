namespace Hal9.Engine.Learning.Statistics;

/// <summary>How a class's 5 % for false promotions is divided among its gates, of which there may be any number.</summary>
internal static class AlphaSpending
{
    /// <summary>What all gates of a class may err together.</summary>
    public const double Total = 0.05;

    /// <summary>The share of the k-th gate that is opened in a class; the shares of all k sum to <see cref="Total"/>.</summary>
    /// <param name="k">1 for the first.</param>
    public static double Of(int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        return Total * 6 / (Math.PI * Math.PI * k * k);
    }

    /// <summary>The e-value at which the k-th gate opens.</summary>
    public static double Threshold(int k) => 1 / Of(k);
}
