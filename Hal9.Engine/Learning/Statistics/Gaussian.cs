namespace Hal9.Engine.Learning.Statistics;

/// <summary>The normal distribution, as far as beliefs need it.</summary>
internal static class Gaussian
{
    /// <summary>A standard normal draw (Box and Muller).</summary>
    public static double Draw(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
