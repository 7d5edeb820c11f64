using Hal9.Engine;
using Hal9.Engine.Events;
using Hal9.Engine.Neurons;
using Hal9.Engine.Runs;
using Hal9.Web.Runs;

namespace Hal9.Tests.Web.Runs;

public sealed class RunTreeTests
{
    [Fact]
    public void Culprit_IsTheFailedStepBelowWhichNothingFailed()
    {
        var culprit = Step(StepStatus.Failed, Step(StepStatus.Succeeded), Step(StepStatus.Cancelled));
        var root = Step(StepStatus.Failed, Step(StepStatus.Succeeded), Step(StepStatus.Failed, culprit, Step(StepStatus.Cancelled)));

        Assert.Same(culprit, RunTree.Culprit(root));
    }

    [Fact]
    public void Culprit_OfARunInWhichNoStepFailed_IsNone()
    {
        Assert.Null(RunTree.Culprit(Step(StepStatus.Cancelled, Step(StepStatus.Succeeded))));
        Assert.Null(RunTree.Culprit(null));
    }

    private static StepView Step(StepStatus status, params StepView[] steps) =>
        new(Guid.NewGuid(), null, "", Layer.L4, "neuron", status, "goal", null, null, Usd.Zero, DateTimeOffset.UnixEpoch, null, [], steps);
}
