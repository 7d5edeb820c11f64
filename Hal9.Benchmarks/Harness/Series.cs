namespace Hal9.Benchmarks.Harness;

/// <summary>What one side measured, a value per round. Judged by the median; the spread is lowest to highest.</summary>
internal sealed class Series
{
    private readonly List<double> values = [];

    public int Count => values.Count;

    public double Median => Quantile(values, 0.5);

    public double Lowest => values.Count == 0 ? double.NaN : values.Min();

    public double Highest => values.Count == 0 ? double.NaN : values.Max();

    public void Add(double value) => values.Add(value);

    /// <summary>The value below which that share of a list lies.</summary>
    public static double Quantile(IReadOnlyCollection<double> values, double share)
    {
        if (values.Count == 0)
        {
            return double.NaN;
        }
        var sorted = values.Order().ToArray();
        var place = share * (sorted.Length - 1);
        var below = (int)Math.Floor(place);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (place - below));
    }
}

/// <summary>All figures of all sides of a verb, by side and name.</summary>
internal sealed class Figures
{
    private readonly Dictionary<(string Side, string Name), Series> series = [];

    public Series Of(string side, string name)
    {
        if (!series.TryGetValue((side, name), out var found))
        {
            series[(side, name)] = found = new Series();
        }
        return found;
    }

    public double Median(string side, string name) => Of(side, name).Median;

    public bool Has(string side, string name) => series.ContainsKey((side, name));

    /// <summary>The names of a side's figures, as they came.</summary>
    public IReadOnlyList<string> NamesOf(string side) => [.. series.Keys.Where(key => key.Side == side).Select(key => key.Name)];

    /// <summary>The quotient of two sides' medians.</summary>
    public double Ratio(string side, string other, string name) => Median(side, name) / Median(other, name);
}
