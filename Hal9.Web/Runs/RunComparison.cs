using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;

namespace Hal9.Web.Runs;

/// <summary>What can be counted of a run, for putting it beside another.</summary>
/// <param name="Run">The run.</param>
/// <param name="Length">How long it took; while it is at work, until now.</param>
/// <param name="Steps">Steps of its tree.</param>
/// <param name="Calls">Model calls, each with all its attempts.</param>
/// <param name="Attempts">Attempts of model calls.</param>
/// <param name="Tokens">What all attempts used.</param>
public sealed record RunFigures(RunView Run, TimeSpan Length, int Steps, int Calls, int Attempts, TokenUsage Tokens)
{
    /// <summary>Counts a run.</summary>
    public static RunFigures Of(RunView run, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(run);
        var steps = RunTree.Rows(run.Root);
        var attempts = steps.SelectMany(row => row.Step.ModelCalls).ToList();
        return new RunFigures(
            run, (run.EndedAt ?? now) - run.StartedAt, steps.Count, attempts.Select(call => call.Leaf).Distinct(StringComparer.Ordinal).Count(), attempts.Count,
            attempts.Aggregate(default(TokenUsage), (sum, call) => sum + call.Usage));
    }
}

/// <summary>What one neuron did in each of two runs, over all its steps; null where it had no part.</summary>
public sealed record NeuronShare(Layer Layer, string Neuron, NeuronPart? Left, NeuronPart? Right);

/// <summary>A neuron's own part of a run: without what it delegated.</summary>
/// <param name="Cost">What its model calls cost.</param>
/// <param name="Tokens">Their tokens.</param>
/// <param name="Steps">How many assignments it handled.</param>
public sealed record NeuronPart(Usd Cost, long Tokens, int Steps);

/// <summary>Two runs side by side.</summary>
public static class RunComparison
{
    /// <summary>The neurons of both runs, higher layers first.</summary>
    public static IReadOnlyList<NeuronShare> Neurons(RunView left, RunView right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        var (a, b) = (Parts(left), Parts(right));
        return [.. a.Keys.Union(b.Keys).OrderByDescending(key => key.Layer).ThenBy(key => key.Neuron, StringComparer.Ordinal)
            .Select(key => new NeuronShare(key.Layer, key.Neuron, a.GetValueOrDefault(key), b.GetValueOrDefault(key)))];
    }

    /// <summary>By how much the second differs from the first, as a share of the first; null when there is nothing to compare with.</summary>
    public static double? Change(double first, double second) => first == 0 ? second == 0 ? 0 : null : (second - first) / first;

    /// <summary>The answers paragraph by paragraph, with the words that differ marked.</summary>
    public static SideBySideDiffModel Answers(string? left, string? right) => SideBySideDiffBuilder.Diff(left ?? "", right ?? "", ignoreWhiteSpace: false);

    private static Dictionary<(Layer Layer, string Neuron), NeuronPart> Parts(RunView run) => RunTree.Rows(run.Root)
        .GroupBy(row => (row.Step.Layer, row.Step.Neuron))
        .ToDictionary(
            group => group.Key,
            group => new NeuronPart(
                group.SelectMany(row => row.Step.ModelCalls).Aggregate(Usd.Zero, (sum, call) => sum + call.Cost),
                group.SelectMany(row => row.Step.ModelCalls).Sum(call => call.Usage.Total),
                group.Count()));
}
