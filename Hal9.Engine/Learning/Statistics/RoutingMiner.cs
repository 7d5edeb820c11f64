namespace Hal9.Engine.Learning.Statistics;

/// <summary>A mined item: its class and what each arm that was asked made of it.</summary>
/// <param name="TaskClass">The class's index.</param>
/// <param name="Outcomes">By arm; null where an arm was not asked or gave nothing.</param>
internal sealed record MinedItem(int TaskClass, IReadOnlyList<Outcome?> Outcomes);

/// <summary>A routing that the mined items suggest.</summary>
/// <param name="ArmOfClass">The arm for each class.</param>
/// <param name="Gain">Mean gain in utility over the incumbent, each item judged by a routing formed without it.</param>
/// <param name="Deviation">Standard error of that gain.</param>
/// <param name="Evidence">The e-value of those gains.</param>
internal sealed record RoutingCandidate(int[] ArmOfClass, double Gain, double Deviation, double Evidence)
{
    /// <summary>A candidate is worth a gate when its gain is at least this many standard errors.</summary>
    public const double LeastDeviations = 2;
}

/// <summary>
/// Forms routing proposals. Two shapes are tried: one arm for all classes, and the best arm of each class with its mean drawn towards the arm's overall mean.
/// Which shape, and whether there is a gain at all, is judged by five-fold cross-fitting, so that the more flexible one has no advantage from having seen the items.
/// </summary>
internal sealed class RoutingMiner(int classes, int arms, double costWeight)
{
    private const int Folds = 5;

    // 0: one arm for all classes; else the pull of the arm's overall mean on a class, in observations.
    private static readonly double[] Shapes = [0, ThompsonSampler.Kappa, 8 * ThompsonSampler.Kappa];

    /// <summary>The best routing that the items suggest; null when none promises a gain.</summary>
    /// <param name="items">What was mined.</param>
    /// <param name="incumbent">The arm that serves each class.</param>
    /// <param name="dayZero">The arm that answers where a chosen one gave nothing.</param>
    public RoutingCandidate? Form(IReadOnlyList<MinedItem> items, IReadOnlyList<int> incumbent, int dayZero)
    {
        var bounds = CostBounds(items);
        var differences = new double[items.Count, arms];
        for (var i = 0; i < items.Count; i++)
        {
            var served = Served(items[i], incumbent[items[i].TaskClass], dayZero);
            for (var arm = 0; arm < arms; arm++)
            {
                differences[i, arm] = served is { } was && items[i].Outcomes[arm] is { } outcome ? Utility(outcome) - Utility(was) : double.NaN;
            }
        }
        RoutingCandidate? best = null;
        var bestBound = 0.0;
        foreach (var shape in Shapes)
        {
            var (gain, deviation, evidence) = CrossFit(items, differences, incumbent, dayZero, shape, bounds);
            if (gain > 0 && gain - deviation > bestBound)
            {
                var chosen = Choose(items, differences, incumbent, shape, fold: -1);
                if (!chosen.AsSpan().SequenceEqual(incumbent.ToArray()))
                {
                    (best, bestBound) = (new RoutingCandidate(chosen, gain, deviation, evidence), gain - deviation);
                }
            }
        }
        return best;
    }

    /// <summary>Where each arm's costs are cut when pairs are compared, from the mined items.</summary>
    public double[] CostBounds(IReadOnlyList<MinedItem> items) =>
        [.. Enumerable.Range(0, arms).Select(arm => PairScale.BoundOf(items.Select(item => item.Outcomes[arm]).OfType<Outcome>().Select(outcome => outcome.CostUsd)))];

    /// <summary>What a routing made of an item: the chosen arm's outcome, or day 0's where it gave nothing.</summary>
    public static Outcome? Served(MinedItem item, int arm, int dayZero) => item.Outcomes[arm] ?? item.Outcomes[dayZero];

    private double Utility(Outcome outcome) => outcome.Quality - (costWeight * outcome.CostUsd);

    private (double Gain, double Deviation, double Evidence) CrossFit(
        IReadOnlyList<MinedItem> items, double[,] differences, IReadOnlyList<int> incumbent, int dayZero, double shape, double[] bounds)
    {
        var process = new BettingProcess(0);
        var (sum, squares, count) = (0.0, 0.0, 0);
        for (var fold = 0; fold < Folds; fold++)
        {
            var chosen = Choose(items, differences, incumbent, shape, fold);
            for (var i = fold; i < items.Count; i += Folds)
            {
                var item = items[i];
                var (to, from) = (chosen[item.TaskClass], incumbent[item.TaskClass]);
                if (Served(item, from, dayZero) is not { } was || Served(item, to, dayZero) is not { } becomes)
                {
                    continue;
                }
                var difference = Utility(becomes) - Utility(was);
                process.Add(new PairScale(costWeight, bounds[from], bounds[to]).Difference(becomes, was));
                sum += difference;
                squares += difference * difference;
                count++;
            }
        }
        if (count < 2)
        {
            return default;
        }
        var mean = sum / count;
        return (mean, Math.Sqrt(Math.Max((squares / count) - (mean * mean), 0) / count), process.Value);
    }

    // The fold's own items are left out; -1 leaves out none.
    private int[] Choose(IReadOnlyList<MinedItem> items, double[,] differences, IReadOnlyList<int> incumbent, double shape, int fold)
    {
        var (sums, counts) = (new double[classes + 1, arms], new int[classes + 1, arms]);
        for (var i = 0; i < items.Count; i++)
        {
            for (var arm = 0; arm < arms; arm++)
            {
                if (i % Folds != fold && !double.IsNaN(differences[i, arm]))
                {
                    sums[items[i].TaskClass, arm] += differences[i, arm];
                    counts[items[i].TaskClass, arm]++;
                    sums[classes, arm] += differences[i, arm];
                    counts[classes, arm]++;
                }
            }
        }
        var chosen = incumbent.ToArray();
        var overall = new double[arms];
        for (var arm = 0; arm < arms; arm++)
        {
            overall[arm] = sums[classes, arm] / (counts[classes, arm] + ThompsonSampler.Kappa);
        }
        for (var taskClass = 0; taskClass < classes; taskClass++)
        {
            var best = 0.0;
            for (var arm = 0; arm < arms; arm++)
            {
                var value = shape == 0 ? overall[arm] : (sums[taskClass, arm] + (shape * overall[arm])) / (counts[taskClass, arm] + shape);
                if (value > best)
                {
                    (best, chosen[taskClass]) = (value, arm);
                }
            }
        }
        return chosen;
    }
}
