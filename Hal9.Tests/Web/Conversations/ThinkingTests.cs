using Hal9.Engine;
using Hal9.Engine.Events;
using Hal9.Web.Conversations;

namespace Hal9.Tests.Web.Conversations;

public sealed class ThinkingTests
{
    private readonly Guid top = Guid.CreateVersion7();
    private readonly Guid low = Guid.CreateVersion7();
    private readonly Guid call = Guid.CreateVersion7();
    private readonly Thinking thinking = new();

    [Fact]
    public void Now_WhileAStepIsOpen_NamesItsNeuron_HighestLayerFirst()
    {
        thinking.Add(new StepStarted(low, top, Layer.L2, "writer", ""));
        thinking.Add(new StepStarted(top, null, Layer.L4, "strategist", ""));
        thinking.Add(new ModelCallStarted(low, call, 1, "p", "m", Usd.Zero));

        Assert.Equal([("strategist", 0), ("writer", 1)], thinking.Now.Select(busy => (busy.Neuron, busy.Calls)));
    }

    [Fact]
    public void Now_AfterTheEnd_IsEmpty_AndTheReceiptCounts()
    {
        thinking.Add(new StepStarted(top, null, Layer.L4, "strategist", ""));
        thinking.Add(new ModelCallStarted(top, call, 1, "p", "m", Usd.Zero));
        thinking.Add(new ModelCallEnded(top, call, 1, CallStatus.Succeeded, Provenance.Live, 1, 1, new Usd(5), 1, null));
        Assert.Equal(new Usd(5), thinking.Spent);

        thinking.Add(new RunEnded(RunStatus.Succeeded, new Usd(7), Provenance.Live, null));

        Assert.Empty(thinking.Now);
        Assert.True(thinking.Ended);
        Assert.Equal(new Usd(7), thinking.Spent);
    }

    [Fact]
    public void Steps_OfARunTakenOver_AreCountedOnce()
    {
        thinking.Add(new StepStarted(top, null, Layer.L4, "strategist", ""));
        thinking.Add(new RunResumed(2, "restart"));
        thinking.Add(new StepStarted(top, null, Layer.L4, "strategist", ""));

        Assert.Equal(1, thinking.Steps);
        Assert.Single(thinking.Now);
    }
}
