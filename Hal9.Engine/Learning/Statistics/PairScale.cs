namespace Hal9.Engine.Learning.Statistics;

/// <summary>What an arm made of an item.</summary>
/// <param name="Quality">From 0 to 1.</param>
/// <param name="CostUsd">What it cost, in USD: a figure to compare with, not an account.</param>
internal readonly record struct Outcome(double Quality, double CostUsd);

/// <summary>
/// Brings the difference of two outcomes to -1 to 1 by bounds that are fixed before the pairs are seen. What is cut off is cut off in favour of the incumbent, but for single costs of the
/// challenger beyond its bound; those are caught by the gate's reserve, which sees the differences uncut.
/// </summary>
internal sealed record PairScale
{
    private readonly double incumbentBound;
    private readonly double challengerBound;
    private readonly double scale;

    /// <param name="costWeight">Quality that one USD is worth (lambda); not negative.</param>
    /// <param name="incumbentBoundUsd"><see cref="BoundOf"/> of the incumbent's costs on items that do not judge.</param>
    /// <param name="challengerBoundUsd">The same of the challenger.</param>
    public PairScale(double costWeight, double incumbentBoundUsd, double challengerBoundUsd)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(costWeight);
        CostWeight = costWeight;
        (incumbentBound, challengerBound) = (incumbentBoundUsd, challengerBoundUsd);
        scale = 1 + (costWeight * Math.Max(incumbentBoundUsd, challengerBoundUsd));
    }

    /// <summary>Quality that one USD is worth.</summary>
    public double CostWeight { get; }

    /// <summary>
    /// The cost at which an arm's calls are cut: three times the median, or what nine of ten calls stay below where that is more, since where the tail is long most of what can be saved lies in it.
    /// </summary>
    /// <param name="costs">Costs of its calls, in USD.</param>
    public static double BoundOf(IEnumerable<double> costs)
    {
        var ordered = costs.Order().ToArray();
        return ordered.Length == 0 ? 0 : Math.Max(3 * ordered[ordered.Length / 2], ordered[ordered.Length * 9 / 10]);
    }

    /// <summary>Utility of an outcome: quality less what its cost is worth.</summary>
    public double Utility(Outcome outcome) => outcome.Quality - (CostWeight * outcome.CostUsd);

    /// <summary>The difference, scaled and cut to -1 to 1.</summary>
    public double Difference(Outcome challenger, Outcome incumbent) =>
        Math.Clamp((Utility(challenger) - Utility(incumbent with { CostUsd = Math.Min(incumbent.CostUsd, incumbentBound) })) / scale, -1, 1);

    /// <summary>The difference in utility that the gate's reserve counts on: cost beyond the bound counts twice for the challenger and not at all for the incumbent. Most of a long tail is not seen before it is paid.</summary>
    public double Cautious(Outcome challenger, Outcome incumbent) => Utility(challenger) - (CostWeight * Math.Max(challenger.CostUsd - challengerBound, 0))
        - Utility(incumbent with { CostUsd = Math.Min(incumbent.CostUsd, incumbentBound) });
}
