using System.Collections.Concurrent;
using Hal9.Engine.Learning.Statistics;

namespace Hal9.Tests.Support.LearnBench;

/// <summary>What many seeds of one plan came to. Rates are shares of 1; null where a ratio says nothing because day 0 is worth nothing or less.</summary>
internal sealed record ReplayScore
{
    public required string Table { get; init; }
    public required bool Synthetic { get; init; }
    public required string DayZero { get; init; }
    public required double Lambda { get; init; }
    public required double Replay { get; init; }
    public required int Interactions { get; init; }
    public required int Seeds { get; init; }
    public required int Rows { get; init; }
    public required int Tasks { get; init; }
    public required IReadOnlyList<string> Models { get; init; }
    public required double? LrMean { get; init; }
    public required double? LrP5 { get; init; }
    public required double? LrP95 { get; init; }

    /// <summary>The same as a difference in utility.</summary>
    public required double DifferenceMean { get; init; }
    public required double DayZeroUtility { get; init; }

    /// <summary>Best arm per class over day 0, less 1, on the whole table: what nobody can know beforehand.</summary>
    public required double? Headroom { get; init; }

    /// <summary>The same of the one best arm.</summary>
    public required double? HeadroomFixed { get; init; }

    /// <summary>An arm drawn at random for each item, against day 0.</summary>
    public required double? Uniform { get; init; }
    public required string BestFixed { get; init; }

    /// <summary>Mean LR of the headroom; null without headroom.</summary>
    public required double? Capture { get; init; }

    /// <summary>Share of seeds whose final routing is worth less than day 0 on the test third, exactly.</summary>
    public required double HarmRate { get; init; }
    public required int Harmed { get; init; }
    public required int Promotions { get; init; }
    public required int BadPromotions { get; init; }
    public required int Rollbacks { get; init; }

    /// <summary>Interaction of the first promotion, median of the seeds that had one.</summary>
    public required double? FirstPromotion { get; init; }

    /// <summary>Mean per seed; null when the table has no costs.</summary>
    public required double? ReplayCostUsd { get; init; }
    public required double ReplayCalls { get; init; }

    /// <summary>How many seeds ended with which routing, the most frequent first.</summary>
    public required IReadOnlyList<FinalRouting> FinalRoutings { get; init; }
    public required IReadOnlyList<string> Warnings { get; init; }

    public static ReplayScore Of(OutcomeTable given, ReplayPlan plan, int seeds, Func<int, Func<int, int, int, Outcome?>?>? observe = null)
    {
        var table = given.Where(plan.DayZero);
        if (table.Rows == 0)
        {
            throw new TableException($"{given.Name}: {given.Arms[plan.DayZero]} has no outcome on any row.");
        }
        var runs = new ConcurrentDictionary<int, GatedReplay>();
        Parallel.For(0, seeds, seed => runs[seed] = new GatedReplay(table, plan, seed, observe?.Invoke(seed)).Run());
        var ordered = Enumerable.Range(0, seeds).Select(seed => runs[seed]).ToList();
        var rows = Enumerable.Range(0, table.Rows).ToArray();
        double Fixed(int arm) => table.Value(rows, [.. Enumerable.Repeat(arm, table.Tasks.Length)], plan.DayZero, plan.CostWeight);
        var (day0, best, single) = (Fixed(plan.DayZero), table.BestPerTask(plan.DayZero, plan.CostWeight), table.BestFixed(plan.DayZero, plan.CostWeight));
        double? Ratio(double value) => day0 > 0 ? (value / day0) - 1 : null;
        var headroom = Ratio(table.Value(rows, best, plan.DayZero, plan.CostWeight));
        // A ratio only where no seed's day 0 is worth nothing.
        var rates = ordered.TrueForAll(run => run.LastQuarter.DayZero > 0) ? ordered.Select(run => run.LastQuarter.Gain / run.LastQuarter.DayZero).Order().ToList() : null;
        var changes = ordered.SelectMany(run => run.Changes).ToList();
        var first = ordered.Where(run => run.Changes.Count > 0).Select(run => (double)run.Changes[0].At).Order().ToList();
        var harmed = ordered.Count(run => run.TestRows.Length > 0 && run.TrueValue(run.ArmOfTask) < run.TrueValue([.. Enumerable.Repeat(plan.DayZero, table.Tasks.Length)]) - 1e-12);
        return new ReplayScore
        {
            Table = table.Name, Synthetic = table.Synthetic, DayZero = table.Arms[plan.DayZero], Lambda = plan.CostWeight, Replay = plan.ReplayShare, Interactions = plan.Interactions,
            Seeds = seeds, Rows = table.Rows, Tasks = table.Tasks.Length, Models = table.Arms,
            LrMean = rates?.Average(), LrP5 = rates is null ? null : Quantile(rates, 0.05), LrP95 = rates is null ? null : Quantile(rates, 0.95),
            DifferenceMean = ordered.Average(run => run.LastQuarter.Gain), DayZeroUtility = day0,
            Headroom = headroom, HeadroomFixed = Ratio(Fixed(single)), Uniform = Ratio(Enumerable.Range(0, table.Arms.Length).Average(Fixed)), BestFixed = table.Arms[single],
            Capture = headroom is > 1e-9 && rates is not null ? rates.Average() / headroom : null,
            HarmRate = (double)harmed / seeds, Harmed = harmed,
            Promotions = changes.Count(change => !change.RolledBack), BadPromotions = changes.Count(change => !change.RolledBack && change.TrueGain < -1e-12),
            Rollbacks = changes.Count(change => change.RolledBack), FirstPromotion = first.Count == 0 ? null : Quantile(first, 0.5),
            ReplayCostUsd = table.Outcomes.Any(row => row.Any(outcome => outcome is { CostUsd: > 0 })) ? ordered.Average(run => run.ReplayUsd) : null,
            ReplayCalls = ordered.Average(run => run.ReplayCalls),
            FinalRoutings = [.. ordered.GroupBy(run => string.Join(", ", run.ArmOfTask.Select(arm => table.Arms[arm]).Distinct())).OrderByDescending(group => group.Count()).Take(5).Select(group => new FinalRouting(group.Key, group.Count()))],
            Warnings = [.. table.Warnings, .. Small(table)],
        };
    }

    public static double Quantile(IReadOnlyList<double> sorted, double q)
    {
        var at = q * (sorted.Count - 1);
        var (low, high) = ((int)Math.Floor(at), (int)Math.Ceiling(at));
        return sorted[low] + ((at - low) * (sorted[high] - sorted[low]));
    }

    private static IEnumerable<string> Small(OutcomeTable table)
    {
        if (table.Rows < 6 * PromotionGate.LeastPairs)
        {
            yield return $"{table.Rows} rows: a third of them is about {table.Rows / 3} different items, and below {PromotionGate.LeastPairs} nothing is ever promoted.";
        }
    }
}

/// <summary>A routing with which seeds ended.</summary>
/// <param name="Arms">The arms in it.</param>
/// <param name="Seeds">How many seeds.</param>
internal sealed record FinalRouting(string Arms, int Seeds);
