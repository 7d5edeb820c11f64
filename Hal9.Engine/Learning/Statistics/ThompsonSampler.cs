namespace Hal9.Engine.Learning.Statistics;

/// <summary>
/// What is believed of each arm in each class, and which arms are worth the price of a replay. Each cell is drawn towards its arm's overall mean, and that towards the mean of all, by
/// <see cref="Kappa"/> observations. It only picks challengers: what is served is decided by the gate.
/// </summary>
internal sealed class ThompsonSampler
{
    /// <summary>How many observations the mean above a cell counts for.</summary>
    public const double Kappa = 4;

    private readonly (double Sum, double Squares, int Count)[,] cells;
    private readonly (double Sum, double Squares, int Count)[] overall;

    public ThompsonSampler(int classes, int arms)
    {
        cells = new (double, double, int)[classes, arms];
        overall = new (double, double, int)[arms];
    }

    /// <summary>Takes an outcome.</summary>
    public void Observe(int taskClass, int arm, double utility)
    {
        ref var cell = ref cells[taskClass, arm];
        cell = (cell.Sum + utility, cell.Squares + (utility * utility), cell.Count + 1);
        ref var whole = ref overall[arm];
        whole = (whole.Sum + utility, whole.Squares + (utility * utility), whole.Count + 1);
    }

    /// <summary>The belief of an arm in a class: the mean, and how unsure it is.</summary>
    public (double Mean, double Deviation) Belief(int taskClass, int arm)
    {
        var (sum, squares, count) = overall.Aggregate((Sum: 0.0, Squares: 0.0, Count: 0), (a, b) => (a.Sum + b.Sum, a.Squares + b.Squares, a.Count + b.Count));
        if (count == 0)
        {
            return (0, 1);
        }
        var mean = sum / count;
        var spread = Math.Sqrt(Math.Max((squares / count) - (mean * mean), 1e-6));
        var whole = overall[arm];
        var armMean = (whole.Sum + (Kappa * mean)) / (whole.Count + Kappa);
        var cell = cells[taskClass, arm];
        return ((cell.Sum + (Kappa * armMean)) / (cell.Count + Kappa), spread / Math.Sqrt(cell.Count + Kappa));
    }

    /// <summary>Up to <paramref name="count"/> different arms other than the incumbent, each the best of a draw from the beliefs.</summary>
    public IReadOnlyList<int> Challengers(int taskClass, int incumbent, int count, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var beliefs = Enumerable.Range(0, overall.Length).Select(arm => Belief(taskClass, arm)).ToArray();
        var left = Enumerable.Range(0, overall.Length).Where(arm => arm != incumbent).ToList();
        var chosen = new List<int>(count);
        while (chosen.Count < count && left.Count > 0)
        {
            var best = left.MaxBy(arm => beliefs[arm].Mean + (beliefs[arm].Deviation * Gaussian.Draw(random)));
            chosen.Add(best);
            left.Remove(best);
        }
        return chosen;
    }
}
