using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Web.Runs;

namespace Hal9.Tests.Web.Runs;

public sealed class ThreadTurnTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Thread_OfARun_SaysEverythingWholeAndInOrder()
    {
        var lost = Step("engineer", Layer.L2, 3, 6, null, "out of money");
        var done = Step("analyst", Layer.L3, 1, 8, new string('r', 2000), null, lost);
        var root = Step("strategist", Layer.L4, 0, 10, "never shown", null, done);
        SignalSent[] events =
        [
            new(SignalKind.Feedback, root.Id, done.Id, "strategist", "analyst", "too short", Accepted: false) { Number = 9, At = Begin.AddSeconds(7) },
            new(SignalKind.Feedback, root.Id, done.Id, "strategist", "analyst", "well done", Accepted: true) { Number = 12, At = Begin.AddSeconds(9) },
            new(SignalKind.Assignment, root.Id, done.Id, "strategist", "analyst", "the same as the step's goal") { Number = 3, At = Begin.AddSeconds(1) },
        ];

        var turns = ThreadTurn.Of(Run(root), events);

        Assert.Equal(
            [TurnKind.Goal, TurnKind.Assignment, TurnKind.Assignment, TurnKind.Failure, TurnKind.SentBack, TurnKind.Result, TurnKind.Accepted, TurnKind.Answer],
            turns.Select(t => t.Kind));
        Assert.Equal(("strategist", "analyst", 1), (turns[1].From, turns[1].To, turns[1].Depth));
        Assert.Equal(("analyst", "engineer", 2), (turns[2].From, turns[2].To, turns[2].Depth));
        Assert.Equal(("out of money", "engineer"), (turns[3].Text, turns[3].From));
        Assert.Equal(2000, turns[5].Text.Length);
        Assert.Equal("the answer", turns[^1].Text);
        Assert.Equal(turns.Count, turns.Select(t => t.Key).Distinct().Count());
    }

    [Fact]
    public void Thread_OfARefusedRun_IsEmpty() => Assert.Empty(ThreadTurn.Of(Run(null), []));

    private static StepView Step(string neuron, Layer layer, int from, int to, string? result, string? error, params StepView[] children) => new(
        Guid.CreateVersion7(), null, "1", layer, neuron, error is null ? StepStatus.Succeeded : StepStatus.Failed, $"goal of {neuron}", result, error, Usd.Zero,
        Begin.AddSeconds(from), Begin.AddSeconds(to), [], children);

    private static RunView Run(StepView? root) => new(
        Guid.CreateVersion7(), RunKind.Api, "goal", RunMode.Deep, RunStatus.Succeeded, "the answer", null, Guid.Empty, null, Usd.Zero, null, Provenance.Live, Begin, Begin.AddSeconds(10),
        null, null, [], new EnvelopeLimits(null, null, null, null), 1, root);
}
