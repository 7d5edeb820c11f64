using System.Globalization;
using CsvHelper;
using Hal9.Engine.Learning.Statistics;

namespace Hal9.Tests.Support.LearnBench;

/// <summary>Accuracy and mean cost of a model on a task, as published.</summary>
internal sealed record Marginal(string Task, string Model, int Count, double MeanScore, double MeanCostUsd);

/// <summary>
/// Makes a table from marginals: SYNTHETIC. Each task has as many rows as were counted, or as are asked for; each model answers exactly its share of them rightly. Which ones, follows from an item's difficulty that
/// all models share and a part of their own, so that models err together as they do; costs spread around their mean.
/// </summary>
internal static class MarginalsTable
{
    // How much of what decides an answer is the item's difficulty. With 0.55 at least one of eleven models is right on 97 % of the items, as in the table the marginals come from.
    private const double Difficulty = 0.55;
    private const double CostSpread = 0.5;

    /// <summary>Reads the columns task, model, n, mean_score, mean_cost_usd.</summary>
    public static IReadOnlyList<Marginal> Read(string path)
    {
        using var csv = CsvReader.FromFile(path);
        var marginals = new List<Marginal>();
        while (csv.Read())
        {
            marginals.Add(new Marginal(csv.GetString("task"), csv.GetString("model"), csv.Parse<int>("n"), csv.Parse<double>("mean_score"), csv.Parse<double>("mean_cost_usd")));
        }
        return marginals;
    }

    public static OutcomeTable Make(IReadOnlyList<Marginal> marginals, int seed, string name, int? rowsOfTask = null)
    {
        var random = Seeds.Random(seed);
        string[] tasks = [.. marginals.Select(m => m.Task).Distinct()];
        string[] arms = [.. marginals.Select(m => m.Model).Distinct()];
        var (items, taskOf, outcomes) = (new List<string>(), new List<int>(), new List<Outcome?[]>());
        for (var task = 0; task < tasks.Length; task++)
        {
            var ofTask = arms.Select(arm => marginals.Single(m => m.Task == tasks[task] && m.Model == arm)).ToArray();
            var rows = Enumerable.Range(0, rowsOfTask ?? ofTask[0].Count).Select(_ => new Outcome?[arms.Length]).ToArray();
            var difficulty = rows.Select(_ => Gaussian.Draw(random)).ToArray();
            for (var arm = 0; arm < arms.Length; arm++)
            {
                var hard = difficulty.Select(item => (Math.Sqrt(Difficulty) * item) + (Math.Sqrt(1 - Difficulty) * Gaussian.Draw(random))).ToArray();
                var easiest = Enumerable.Range(0, rows.Length).OrderBy(row => hard[row]).Take((int)Math.Round(ofTask[arm].MeanScore * rows.Length)).ToHashSet();
                var costs = rows.Select(_ => Math.Exp(CostSpread * Gaussian.Draw(random))).ToArray();
                var toMean = ofTask[arm].MeanCostUsd / costs.Average();
                for (var row = 0; row < rows.Length; row++)
                {
                    rows[row][arm] = new Outcome(easiest.Contains(row) ? 1 : 0, costs[row] * toMean);
                }
            }
            items.AddRange(rows.Select((_, row) => string.Create(CultureInfo.InvariantCulture, $"{tasks[task]}/{row}")));
            taskOf.AddRange(Enumerable.Repeat(task, rows.Length));
            outcomes.AddRange(rows);
        }
        return new OutcomeTable(name, true, [.. items], tasks, [.. taskOf], arms, [.. outcomes], []);
    }
}

/// <summary>Adds cascades to a table: models in order, until one's answer passes a verifier that errs.</summary>
/// <param name="FalseAccept">How often a wrong answer passes.</param>
/// <param name="FalseReject">How often a right one does not.</param>
internal sealed record Cascades(double FalseAccept, double FalseReject)
{
    /// <summary>Of <paramref name="table"/>, one task, with these models and with each cascade of them.</summary>
    public OutcomeTable Of(OutcomeTable table, string task, IReadOnlyList<string> models, IReadOnlyList<IReadOnlyList<string>> chains, int seed)
    {
        var random = Seeds.Random(seed);
        var rows = Enumerable.Range(0, table.Rows).Where(row => table.Tasks[table.TaskOf[row]] == task).ToArray();
        var outcomes = rows.Select(row => models.Select(model => table.Outcomes[row][table.ArmOf(model)])
            .Concat(chains.Select(chain => (Outcome?)Run(chain.Select(model => table.Outcomes[row][table.ArmOf(model)]!.Value), random))).ToArray()).ToArray();
        return new OutcomeTable(
            $"{table.Name}: {task} with verified cascades", table.Synthetic, [.. rows.Select(row => table.Items[row])], [task], new int[rows.Length],
            [.. models, .. chains.Select(chain => string.Join(" > ", chain))], outcomes, table.Warnings);
    }

    private Outcome Run(IEnumerable<Outcome> chain, Random random)
    {
        var last = default(Outcome);
        foreach (var outcome in chain)
        {
            last = new Outcome(outcome.Quality, last.CostUsd + outcome.CostUsd);
            if (random.NextDouble() < (outcome.Quality >= 0.5 ? 1 - FalseReject : FalseAccept))
            {
                break;
            }
        }
        return last;
    }
}
