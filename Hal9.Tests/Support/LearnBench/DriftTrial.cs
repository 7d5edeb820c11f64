using Hal9.Engine.Learning.Statistics;

namespace Hal9.Tests.Support.LearnBench;

/// <summary>Two models change places in the middle: what was learned is wrong from then on.</summary>
internal static class DriftTrial
{
    /// <summary>How much of the loss is recovered, on the mean of the seeds that had something to lose.</summary>
    /// <param name="table">What the arms make of the items, until the change.</param>
    /// <param name="plan">Its middle is when the two change places.</param>
    /// <param name="first">One of the two.</param>
    /// <param name="second">The other.</param>
    /// <param name="within">After how many interactions it is read.</param>
    /// <param name="seeds">How many.</param>
    public static (double Recovered, int Seeds) Run(OutcomeTable table, ReplayPlan plan, int first, int second, int within, int seeds)
    {
        var middle = plan.Interactions / 2;
        int Place(int arm) => arm == first ? second : arm == second ? first : arm;
        var recovered = new double?[seeds];
        Parallel.For(0, seeds, seed =>
        {
            var (before, unlearned) = (0.0, 0.0);
            var run = new GatedReplay(table, plan, seed, (row, arm, at) => table.Outcomes[row][at < middle ? arm : Place(arm)]);
            run.Run((at, now) =>
            {
                if (at == middle - 1)
                {
                    (before, unlearned) = (now.TrueValue(now.ArmOfTask), now.TrueValue([.. now.ArmOfTask.Select(Place)]));
                }
                if (at == middle + within - 1 && before - unlearned > 1e-9)
                {
                    recovered[seed] = (now.TrueValue([.. now.ArmOfTask.Select(Place)]) - unlearned) / (before - unlearned);
                }
            });
        });
        var known = recovered.OfType<double>().ToList();
        return (known.Count == 0 ? double.NaN : known.Average(), known.Count);
    }
}
