using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Web.Api.OpenAi;

namespace Hal9.Tests.Web.Api;

public sealed class ChatRepliesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Overhead_ParallelCalls_CountsTheTimeWithoutAnyCall()
    {
        var run = Run(Call(0, 1000), Call(500, 1000), Call(700, 100), Call(2000, 500));

        Assert.Equal(TimeSpan.FromMilliseconds(2000), ChatReplies.WaitedOf(run));
    }

    [Fact]
    public void Usage_OfATree_IsTheSumOfAllAttempts()
    {
        var usage = ChatReplies.UsageOf(Run(Call(0, 1), Call(1, 1)));

        Assert.Equal((20, 8, 28), (usage.PromptTokens, usage.CompletionTokens, usage.TotalTokens));
        Assert.Equal(6, usage.PromptDetails.CachedTokens);
        Assert.Equal(4, usage.CompletionDetails.ReasoningTokens);
    }

    private static ModelCallView Call(int from, long ms) => new(
        Guid.CreateVersion7(), "1/work/1", 1, "p", "m", CallStatus.Succeeded, Provenance.Live, new TokenUsage(10, 4, Cached: 3, Reasoning: 2), Usd.Zero, Usd.Zero,
        null, false, ms, null, null, Noon.AddMilliseconds(from));

    private static RunView Run(params ModelCallView[] calls)
    {
        StepView Step(IReadOnlyList<ModelCallView> own, IReadOnlyList<StepView> below) =>
            new(Guid.Empty, null, "1", Layer.L3, "n", StepStatus.Succeeded, "g", null, null, Usd.Zero, Noon, null, own, below);
        var root = Step([calls[0]], [Step(calls[1..], [])]);
        return new RunView(
            Guid.Empty, RunKind.Api, "g", RunMode.Standard, RunStatus.Succeeded, "a", null, Guid.Empty, null, Usd.Zero, null, Provenance.Live, Noon, Noon, null, null, [],
            new EnvelopeLimits(null, null, null, null), 1, root);
    }
}
