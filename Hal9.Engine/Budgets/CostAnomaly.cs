namespace Hal9.Engine.Budgets;

/// <summary>
/// A period that cost far more than those before it: at least <see cref="Least"/>, and more than <see cref="Times"/> times the median of those of the
/// <see cref="Before"/> periods before it in which anything was spent, of which there have to be <see cref="Fewest"/>.
/// </summary>
/// <param name="At">Begin of the period (UTC).</param>
/// <param name="Amount">What it cost.</param>
/// <param name="Usual">The median of those before.</param>
public sealed record CostAnomaly(DateTimeOffset At, Usd Amount, Usd Usual)
{
    /// <summary>How many periods before it are looked at.</summary>
    public const int Before = 14;

    /// <summary>In how many of them something must have been spent: with fewer, nothing is usual.</summary>
    public const int Fewest = 5;

    /// <summary>So many times the median.</summary>
    public const int Times = 3;

    /// <summary>A cent: what is less troubles nobody.</summary>
    public static readonly Usd Least = new(Usd.NanoPerUsd / 100);

    /// <summary>By how much it is more.</summary>
    public double Factor => (double)Amount.Nano / Usual.Nano;

    /// <summary>The periods that stand out.</summary>
    /// <param name="before">What the periods before the first cost, oldest first.</param>
    /// <param name="steps">The periods, oldest first.</param>
    public static IReadOnlyList<CostAnomaly> Find(IReadOnlyList<Usd> before, IReadOnlyList<(DateTimeOffset At, Usd Amount)> steps)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(steps);
        var all = before.Concat(steps.Select(step => step.Amount)).Select(amount => amount.Nano).ToList();
        var found = new List<CostAnomaly>();
        for (var i = 0; i < steps.Count; i++)
        {
            var place = before.Count + i;
            var earlier = all[Math.Max(0, place - Before)..place].Where(nano => nano > 0).Order().ToList();
            if (earlier.Count < Fewest || all[place] < Least.Nano)
            {
                continue;
            }
            var half = earlier.Count / 2;
            var median = earlier.Count % 2 == 1 ? earlier[half] : (earlier[half - 1] / 2) + (earlier[half] / 2);
            if (all[place] / (double)Math.Max(1, median) > Times)
            {
                found.Add(new CostAnomaly(steps[i].At, steps[i].Amount, new Usd(Math.Max(1, median))));
            }
        }
        return found;
    }
}
