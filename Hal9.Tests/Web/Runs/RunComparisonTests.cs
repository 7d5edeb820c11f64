using DiffPlex.DiffBuilder.Model;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;
using Hal9.Web.Runs;

namespace Hal9.Tests.Web.Runs;

public sealed class RunComparisonTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Figures_CountEachCallOnce_AndEveryAttempt()
    {
        var run = Run(Step("1", Layer.L3, "analyst", [Call("1/plan/1", 1, 40, 10), Call("1/plan/1", 2, 60, 20)], [Step("1.1", Layer.L2, "engineer", [Call("1.1/work/1", 1, 5, 5)], [])]));

        var figures = RunFigures.Of(run, Start.AddSeconds(90));

        Assert.Equal((2, 2, 3), (figures.Steps, figures.Calls, figures.Attempts));
        Assert.Equal((105L, 35L), (figures.Tokens.Input, figures.Tokens.Output));
        Assert.Equal(TimeSpan.FromSeconds(90), figures.Length);
    }

    [Fact]
    public void Neurons_AreThoseOfBoth_EachWithItsOwnPart()
    {
        var first = Run(Step("1", Layer.L3, "analyst", [Call("1/plan/1", 1, 40, 10)], [Step("1.1", Layer.L2, "engineer", [Call("1.1/work/1", 1, 5, 5)], []), Step("1.2", Layer.L2, "engineer", [Call("1.2/work/1", 1, 7, 3)], [])]));
        var second = Run(Step("1", Layer.L2, "critic", [Call("1/work", 1, 1, 2)], []));

        var shares = RunComparison.Neurons(first, second);

        Assert.Equal(["analyst", "critic", "engineer"], shares.Select(share => share.Neuron));
        Assert.Equal(new NeuronPart(new Usd(20), 20, 2), shares[2].Left);
        Assert.Null(shares[2].Right);
        Assert.Equal(new NeuronPart(new Usd(3), 3, 1), shares[1].Right);
    }

    [Theory]
    [InlineData(100, 150, 0.5)]
    [InlineData(100, 50, -0.5)]
    [InlineData(0, 0, 0.0)]
    [InlineData(0, 5, null)]
    public void Change_IsAShareOfTheFirst(double first, double second, double? change) => Assert.Equal(change, RunComparison.Change(first, second));

    [Fact]
    public void Answers_MarkWhatDiffers_AndWhatOneLacks()
    {
        var diff = RunComparison.Answers("Same line\nRed house\nOnly here", "Same line\nBlue house");

        Assert.Equal([ChangeType.Unchanged, ChangeType.Modified, ChangeType.Deleted], diff.OldText.Lines.Select(line => line.Type));
        Assert.Contains(diff.NewText.Lines[1].SubPieces, piece => piece is { Type: not ChangeType.Unchanged, Text: "Blue" });
        Assert.DoesNotContain(RunComparison.Answers(null, null).OldText.Lines, line => line.Type is not ChangeType.Unchanged);
    }

    private static RunView Run(StepView root) => new(
        Guid.CreateVersion7(), RunKind.Api, "Goal", RunMode.Deep, RunStatus.Running, null, null, Guid.CreateVersion7(), null, Usd.Zero, null, Provenance.Live, Start, null, null, null,
        [], new EnvelopeLimits(null, null, null, null), 0, root);

    private static StepView Step(string path, Layer layer, string neuron, IReadOnlyList<ModelCallView> calls, IReadOnlyList<StepView> steps) => new(
        Guid.CreateVersion7(), null, path, layer, neuron, StepStatus.Succeeded, "Goal", null, null, Usd.Zero, Start, null, calls, steps);

    private static ModelCallView Call(string leaf, int attempt, long input, long output) => new(
        Guid.CreateVersion7(), leaf, attempt, "test", "small", CallStatus.Succeeded, Provenance.Live, new TokenUsage(input, output), Usd.Zero, new Usd(input + output), null, false, 1, null, null, Start);
}
