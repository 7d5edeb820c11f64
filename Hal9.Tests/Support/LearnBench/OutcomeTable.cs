using Hal9.Engine.Learning.Statistics;

namespace Hal9.Tests.Support.LearnBench;

/// <summary>What each arm made of each item: everything a simulation of learning can look up.</summary>
/// <param name="Name">What the table is, for people.</param>
/// <param name="Synthetic">Whether it was made by a generator; then it stands beside every figure.</param>
/// <param name="Items">Unique keys of the rows.</param>
/// <param name="Tasks">The names of the classes.</param>
/// <param name="TaskOf">The class of each row.</param>
/// <param name="Arms">The names of the models or cascades.</param>
/// <param name="Outcomes">By row and arm; null where the arm gave nothing.</param>
/// <param name="Warnings">What a reader of the figures should know of the table.</param>
internal sealed record OutcomeTable(
    string Name, bool Synthetic, string[] Items, string[] Tasks, int[] TaskOf, string[] Arms, Outcome?[][] Outcomes, IReadOnlyList<string> Warnings)
{
    public int Rows => Items.Length;

    /// <exception cref="TableException">There is no such arm.</exception>
    public int ArmOf(string name) => Array.IndexOf(Arms, name) is >= 0 and var arm
        ? arm
        : throw new TableException($"{Name} has no model {name}; it has {string.Join(", ", Arms)}.");

    /// <summary>Without the rows on which an arm gave nothing: where day 0 has no outcome there is nothing to compare with.</summary>
    public OutcomeTable Where(int arm)
    {
        var kept = Enumerable.Range(0, Rows).Where(row => Outcomes[row][arm] is not null).ToArray();
        return kept.Length == Rows
            ? this
            : this with
            {
                Items = [.. kept.Select(row => Items[row])],
                TaskOf = [.. kept.Select(row => TaskOf[row])],
                Outcomes = [.. kept.Select(row => Outcomes[row])],
                Warnings = [.. Warnings, $"{Rows - kept.Length} of {Rows} rows are left out: {Arms[arm]} has no outcome there."],
            };
    }

    /// <summary>Utility of an arm on a row, with <paramref name="dayZero"/> in its place where it gave nothing.</summary>
    public double Utility(int row, int arm, int dayZero, double costWeight)
    {
        var outcome = Outcomes[row][arm] ?? Outcomes[row][dayZero]!.Value;
        return outcome.Quality - (costWeight * outcome.CostUsd);
    }

    /// <summary>Mean utility of a routing over some rows.</summary>
    public double Value(IEnumerable<int> rows, IReadOnlyList<int> armOfTask, int dayZero, double costWeight) =>
        rows.Average(row => Utility(row, armOfTask[TaskOf[row]], dayZero, costWeight));

    /// <summary>The arm with the highest mean in each class, over all rows: what nobody can know beforehand.</summary>
    public int[] BestPerTask(int dayZero, double costWeight)
    {
        var sums = new double[Tasks.Length, Arms.Length];
        for (var row = 0; row < Rows; row++)
        {
            for (var arm = 0; arm < Arms.Length; arm++)
            {
                sums[TaskOf[row], arm] += Utility(row, arm, dayZero, costWeight);
            }
        }
        return [.. Enumerable.Range(0, Tasks.Length).Select(task => Enumerable.Range(0, Arms.Length).MaxBy(arm => (sums[task, arm], arm == dayZero)))];
    }

    /// <summary>The one arm with the highest mean.</summary>
    public int BestFixed(int dayZero, double costWeight) =>
        Enumerable.Range(0, Arms.Length).MaxBy(arm => (Value(Enumerable.Range(0, Rows), [.. Enumerable.Repeat(arm, Tasks.Length)], dayZero, costWeight), arm == dayZero));
}

/// <summary>A table, or what was asked of it, is not as it must be. The message says where and what.</summary>
internal sealed class TableException(string message) : Exception(message);
