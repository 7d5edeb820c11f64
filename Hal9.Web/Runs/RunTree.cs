using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;

namespace Hal9.Web.Runs;

/// <summary>A step's place in the tree as drawn.</summary>
/// <param name="Step">The step.</param>
/// <param name="Depth">0 for the root.</param>
public sealed record TreeRow(StepView Step, int Depth);

/// <summary>A run's steps as a list, parents before children, and what can be counted over them.</summary>
public static class RunTree
{
    /// <summary>All steps, each before its children.</summary>
    public static IReadOnlyList<TreeRow> Rows(StepView? root)
    {
        var rows = new List<TreeRow>();
        Walk(root, 0);
        return rows;

        void Walk(StepView? step, int depth)
        {
            if (step is null)
            {
                return;
            }
            rows.Add(new TreeRow(step, depth));
            foreach (var child in step.Steps)
            {
                Walk(child, depth + 1);
            }
        }
    }

    /// <summary>The model call that cost most; none when nothing was charged.</summary>
    public static (StepView Step, ModelCallView Call)? Costliest(StepView? root) =>
        Rows(root).SelectMany(row => row.Step.ModelCalls.Select(call => (row.Step, Call: call))).Where(at => at.Call.Cost > Usd.Zero)
            .Select(at => ((StepView, ModelCallView)?)at).MaxBy(at => at!.Value.Item2.Cost.Nano);

    /// <summary>Where a failed run failed: the first failed step below which nothing failed; none when no step did.</summary>
    public static StepView? Culprit(StepView? root) =>
        Rows(root).FirstOrDefault(row => row.Step.Status == StepStatus.Failed && row.Step.Steps.All(child => Culprit(child) is null))?.Step;

    /// <summary>Tokens of a step and all below it.</summary>
    public static TokenUsage Tokens(StepView step) =>
        Rows(step).SelectMany(row => row.Step.ModelCalls).Aggregate(default(TokenUsage), (sum, call) => sum + call.Usage);
}
