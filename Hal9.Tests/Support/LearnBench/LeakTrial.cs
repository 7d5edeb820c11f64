using Hal9.Engine.Learning.Statistics;

namespace Hal9.Tests.Support.LearnBench;

/// <summary>Whether an item that judged could have formed what it judged.</summary>
internal static class LeakTrial
{
    /// <summary>
    /// Lives through a made-up table, and then once more with every outcome of the judging third turned around until the first promotion: what is proposed first must be the same, since nothing of those items may reach it.
    /// </summary>
    public static bool Leaks(int seed)
    {
        var (table, plan) = RandomTables.Make(seed);
        var split = new ItemSplit($"seed {seed}", WithTest: true);
        var whole = table.Where(plan.DayZero);
        var turned = whole with
        {
            Outcomes = [.. whole.Outcomes.Select((row, i) => split.SideOf(whole.Items[i]) == ItemSide.Gate ? [.. row.Select(outcome => outcome is { } made ? made with { Quality = 1 - made.Quality } : (Outcome?)null)] : row)],
        };
        return First(whole, plan, seed) != First(turned, plan, seed);
    }

    private static string? First(OutcomeTable table, ReplayPlan plan, int seed) => new GatedReplay(table, plan with { ReplayShare = 1 }, seed).Run().FirstProposal;
}
