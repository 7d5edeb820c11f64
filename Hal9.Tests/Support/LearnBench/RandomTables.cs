using System.Globalization;
using Hal9.Engine.Learning.Statistics;

namespace Hal9.Tests.Support.LearnBench;

/// <summary>
/// Made-up tables of every kind that a gate may meet: few rows and many, two arms and fifteen, arms that are all alike or far apart, classes that prefer different arms, scores of 0 and 1 or anything between, costs that
/// hardly vary or whose mean lies in their tail, cells that are missing, and a day 0 that is the best, the worst or any.
/// </summary>
internal static class RandomTables
{
    private static readonly int[] Sizes = [60, 120, 200, 300, 427, 800, 1_500, 3_000];
    private static readonly int[] ArmCounts = [2, 3, 5, 8, 11, 15];
    private static readonly int[] TaskCounts = [1, 3, 8, 30];
    private static readonly double[] Spreads = [0, 0.01, 0.03, 0.08, 0.2];
    private static readonly double[] CostSpreads = [0.2, 0.5, 1.2, 2];
    private static readonly double[] Lambdas = [0, 0, 20, 50, 100];

    /// <summary>The table and plan of a seed.</summary>
    public static (OutcomeTable Table, ReplayPlan Plan) Make(int seed)
    {
        var random = Seeds.Random(seed);
        T One<T>(T[] values) => values[random.Next(values.Length)];
        var (rows, arms, tasks, spread, taskSpread, costSpread) = (One(Sizes), One(ArmCounts), One(TaskCounts), One(Spreads), One(Spreads), One(CostSpreads));
        var (difficulty, graded, missing) = (random.NextDouble() * 0.9, random.Next(3) == 0, random.Next(4) == 0 ? random.NextDouble() * 0.2 : 0);
        var middle = 0.3 + (0.5 * random.NextDouble());
        var skill = new double[tasks, arms];
        var cost = new double[arms];
        for (var arm = 0; arm < arms; arm++)
        {
            var own = middle + (spread * Gaussian.Draw(random));
            cost[arm] = Math.Exp(Math.Log(1e-3) + (1.2 * Gaussian.Draw(random)));
            for (var task = 0; task < tasks; task++)
            {
                skill[task, arm] = Math.Clamp(own + (taskSpread * Gaussian.Draw(random)), 0.02, 0.98);
            }
        }
        var (taskOf, outcomes) = (new int[rows], new Outcome?[rows][]);
        for (var row = 0; row < rows; row++)
        {
            taskOf[row] = random.Next(tasks);
            var hard = Gaussian.Draw(random);
            outcomes[row] = new Outcome?[arms];
            for (var arm = 0; arm < arms; arm++)
            {
                var point = (Math.Sqrt(difficulty) * hard) + (Math.Sqrt(1 - difficulty) * Gaussian.Draw(random)) - Quantile(skill[taskOf[row], arm]);
                var quality = graded ? 1 / (1 + Math.Exp(2 * point)) : point < 0 ? 1 : 0;
                outcomes[row][arm] = random.NextDouble() < missing ? null : new Outcome(quality, cost[arm] * Math.Exp(costSpread * Gaussian.Draw(random)));
            }
        }
        var name = string.Create(CultureInfo.InvariantCulture, $"made up {seed}: {rows} rows, {arms} arms, {tasks} tasks, arms apart {spread}, tasks apart {taskSpread}, cost spread {costSpread}{(graded ? ", graded" : "")}{(missing > 0 ? ", with gaps" : "")}");
        var table = new OutcomeTable(
            name, true, [.. Enumerable.Range(0, rows).Select(row => row.ToString(CultureInfo.InvariantCulture))], [.. Enumerable.Range(0, tasks).Select(task => $"task {task}")], taskOf,
            [.. Enumerable.Range(0, arms).Select(arm => $"arm {arm}")], outcomes, []);
        var plan = new ReplayPlan(0, One(Lambdas), random.Next(2) == 0 ? 1 : 0.25, 1_000);
        var whole = table.Where(0);
        return (table, random.Next(3) == 0 ? plan with { DayZero = whole.BestFixed(0, plan.CostWeight) } : plan);
    }

    // The normal quantile by bisection: precise enough for a skill.
    private static double Quantile(double share)
    {
        var (low, high) = (-4.0, 4.0);
        for (var i = 0; i < 40; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = 1 / (1 + Math.Exp(-1.702 * middle)) < share ? (middle, high) : (low, middle);
        }
        return (low + high) / 2;
    }
}
