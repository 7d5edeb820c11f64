namespace Hal9.Engine.Learning.Statistics;

/// <summary>What a gate says now.</summary>
internal enum GateState
{
    /// <summary>Fewer than the least pairs, or not enough evidence yet.</summary>
    Collecting,

    /// <summary>The challenger is better, and will stay so on items like those seen.</summary>
    Open,
}

/// <summary>Where a gate stands.</summary>
/// <param name="State">Whether it is open.</param>
/// <param name="Pairs">Different items compared.</param>
/// <param name="Wins">Pairs in which the challenger was better.</param>
/// <param name="Ties">Pairs without a difference.</param>
/// <param name="Losses">Pairs in which it was worse.</param>
/// <param name="Mean">Mean difference in utility, uncut.</param>
/// <param name="Evidence">The e-value of the pairs.</param>
/// <param name="Threshold">At what e-value this gate opens at the earliest.</param>
internal readonly record struct GateReading(GateState State, int Pairs, int Wins, int Ties, int Losses, double Mean, double Evidence, double Threshold);

/// <summary>
/// The only way by which a challenger becomes what is served. It opens when all of this holds, and may be looked at after every pair:
/// at least <see cref="LeastPairs"/> different items; the betting process of the pairs has reached 1/alpha of this gate; together with the evidence of
/// the mined items, which are others, it has reached <see cref="ThresholdOfBoth"/>; and the gain is large enough for its noise that it is not expected
/// to vanish on the next items (the reserve). The first two bound false promotions; the others keep a right promotion from being one without an effect.
/// </summary>
internal sealed class PromotionGate
{
    /// <summary>Below this many pairs a gate is collecting, whatever its e-value says.</summary>
    public const int LeastPairs = 30;

    /// <summary>What the evidence of mined and judged items must reach together.</summary>
    public const double ThresholdOfBoth = 100;

    // One in two hundred on one side. It is this, not the e-value, that keeps out right promotions too small to be felt; 3 took a third of what a quarter's replay finds.
    private const double ReserveDeviations = 2.6;
    private readonly BettingProcess process = new(0);
    private readonly HashSet<string> met = new(StringComparer.Ordinal);
    private readonly MineSet mined;
    private readonly double minedEvidence;
    private readonly double horizon;
    private int wins;
    private int losses;
    private double gained;
    private double sum;
    private double squares;
    private double worst;

    /// <param name="k">The how manieth gate of its class this is, from 1.</param>
    /// <param name="mined">The items that the proposal was formed from.</param>
    /// <param name="minedEvidence">The e-value of the proposal on those items, each judged by a proposal formed without it; at least 0.</param>
    /// <param name="horizon">For how many items the gain must be expected to hold.</param>
    public PromotionGate(int k, MineSet mined, double minedEvidence, int horizon)
    {
        ArgumentNullException.ThrowIfNull(mined);
        (Threshold, this.mined, this.minedEvidence, this.horizon) = (AlphaSpending.Threshold(k), mined, minedEvidence, Math.Max(horizon, 1));
    }

    /// <summary>At what e-value it opens at the earliest.</summary>
    public double Threshold { get; }

    /// <summary>Takes a pair of outcomes. An item counts once: to ask the same again is no new evidence.</summary>
    /// <param name="item">The item's id.</param>
    /// <param name="scale">How outcomes are compared; its bounds were fixed before.</param>
    /// <param name="challenger">What the challenger made of it.</param>
    /// <param name="incumbent">What the incumbent made of it.</param>
    /// <returns>False when the item had been compared before.</returns>
    /// <exception cref="InvalidOperationException">The item does not belong to those that judge, or it formed the proposal.</exception>
    public bool Add(string item, PairScale scale, Outcome challenger, Outcome incumbent)
    {
        ArgumentNullException.ThrowIfNull(scale);
        return Add(item, scale.Difference(challenger, incumbent), scale.Utility(challenger) - scale.Utility(incumbent), scale.Cautious(challenger, incumbent));
    }

    /// <summary>Takes a pair of which only the difference is known.</summary>
    /// <param name="item">The item's id.</param>
    /// <param name="difference">Challenger less incumbent, scaled to -1 to 1.</param>
    /// <param name="utility">The same in utility, uncut.</param>
    /// <returns>False when the item had been compared before.</returns>
    /// <exception cref="InvalidOperationException">The item does not belong to those that judge, or it formed the proposal.</exception>
    public bool Add(string item, double difference, double utility) => Add(item, difference, utility, utility);

    private bool Add(string item, double difference, double utility, double cautious)
    {
        if (mined.Split.SideOf(item) != ItemSide.Gate || mined.Holds(item))
        {
            throw new InvalidOperationException($"The item {item} is not one of those that judge this proposal.");
        }
        if (!met.Add(item))
        {
            return false;
        }
        process.Add(difference);
        wins += utility > 0 ? 1 : 0;
        losses += utility < 0 ? 1 : 0;
        gained += utility;
        sum += cautious;
        squares += cautious * cautious;
        worst = Math.Min(worst, cautious);
        return true;
    }

    /// <summary>Where it stands.</summary>
    public GateReading Read()
    {
        var pairs = process.Count;
        var open = pairs >= LeastPairs && process.Value >= Threshold && process.Value * minedEvidence >= ThresholdOfBoth && Reserve() > 0;
        return new GateReading(open ? GateState.Open : GateState.Collecting, pairs, wins, pairs - wins - losses, losses, pairs == 0 ? 0 : gained / pairs, process.Value, Threshold);
    }

    /// <summary>The least gain in utility to expect on as many items as the horizon; it must be above 0.</summary>
    public double Reserve()
    {
        // The worst pair is counted once more: rare large losses are seldom seen in time.
        var count = process.Count + 1.0;
        var mean = (sum + worst) / count;
        var variance = Math.Max(((squares + (worst * worst)) / count) - (mean * mean), 0);
        return mean - (ReserveDeviations * Math.Sqrt(variance * ((1 / count) + (1 / horizon))));
    }
}
