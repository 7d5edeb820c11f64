namespace Hal9.Engine.Learning.Statistics;

/// <summary>
/// Evidence that what is served does harm: against the hypothesis that the mean difference to day 0 is at least -0.02. One process counts from the beginning and trips at 20;
/// a second never holds less than its stake, so that an arm which was good for long and turned bad is found as soon as a bad one. It trips at 1,000, since its alarms are
/// rare only on average (one in at least as many pairs as the threshold).
/// </summary>
internal sealed class HarmProcess
{
    /// <summary>How much worse may pass, on the scale of the differences.</summary>
    public const double Margin = 0.02;

    /// <summary>The e-value at which a change is rolled back.</summary>
    public const double Threshold = 20;

    private const double ThresholdAfterRefill = 1_000;
    private readonly BettingProcess whole = new(Margin);
    private readonly BettingProcess refilled = new(Margin);

    /// <summary>The e-value from the beginning.</summary>
    public double Value => whole.Value;

    /// <summary>How many differences were seen.</summary>
    public int Count => whole.Count;

    /// <summary>Whether it is to be rolled back. Stays true.</summary>
    public bool Harms { get; private set; }

    /// <summary>Takes the next difference, served less day 0, in -1 to 1.</summary>
    public void Add(double difference)
    {
        whole.Add(-difference);
        refilled.Refill();
        refilled.Add(-difference);
        Harms |= whole.Value >= Threshold || refilled.Value >= ThresholdAfterRefill;
    }
}
