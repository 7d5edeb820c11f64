using Hal9.Engine;
using Hal9.Engine.Events;

namespace Hal9.Tests.Engine.Events;

public sealed class SignalReaderTests
{
    private static readonly (Guid Top, Guid Middle, Guid Leaf) Steps = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
    private readonly SignalReader reader = new(Guid.CreateVersion7());

    public SignalReaderTests()
    {
        reader.Read(new StepStarted(Steps.Top, null, Layer.L4, "strategist", "all"));
        reader.Read(new StepStarted(Steps.Middle, Steps.Top, Layer.L3, "analyst", "a part"));
        reader.Read(new StepStarted(Steps.Leaf, Steps.Middle, Layer.L2, "generalist", "a piece"));
    }

    [Fact]
    public void Failure_IsToldOfTheNeuronWhereItHappened_NotOfThoseAboveIt()
    {
        var ends = new[] { Steps.Leaf, Steps.Middle, Steps.Top }.Select(step => End(step, StepStatus.Failed)).ToList();

        Assert.Equal([("generalist", false), ("analyst", null), ("strategist", null)], ends.Select(end => (end.Neuron, end.Good)));
    }

    [Fact]
    public void Failure_OfAParentItself_IsItsOwn_WhenItsChildSucceeded()
    {
        End(Steps.Leaf, StepStatus.Succeeded);

        Assert.False(End(Steps.Middle, StepStatus.Failed).Good);
    }

    [Fact]
    public void Cancellation_IsNobodysFailure()
    {
        Assert.Null(End(Steps.Leaf, StepStatus.Cancelled).Good);
        Assert.Null(reader.Read(new ModelCallEnded(Steps.Leaf, Guid.CreateVersion7(), 1, CallStatus.Cancelled, Provenance.Live, 0, 0, default, 5, null))!.Good);
    }

    [Fact]
    public void Failure_BelowAStepThatBeganBeforeThisReader_IsNotItsOwn()
    {
        var later = new SignalReader(Guid.CreateVersion7());
        later.Know(Steps.Top, "strategist");
        later.Know(Steps.Middle, "analyst", Steps.Top);

        Assert.False(later.Read(new StepEnded(Steps.Middle, StepStatus.Failed, default, null, "broken"))!.Good);
        Assert.Null(later.Read(new StepEnded(Steps.Top, StepStatus.Failed, default, null, "broken"))!.Good);
    }

    private NeuronSignal End(Guid step, StepStatus status) => reader.Read(new StepEnded(step, status, default, null, status is StepStatus.Succeeded ? null : "broken"))!;
}
