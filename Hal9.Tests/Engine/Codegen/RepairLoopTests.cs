using Hal9.Engine.Codegen;
using Hal9.Engine.Events;

namespace Hal9.Tests.Engine.Codegen;

public sealed class RepairLoopTests
{
    private static RepairState State(int rung, string failing, string tree = "") =>
        new(rung, failing.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(), tree.Length > 0 ? tree : Guid.NewGuid().ToString());

    private static RepairLoop Begin(string failing = "a b", int rung = 4, RepairLimits? limits = null) => new(State(rung, failing, "start"), limits ?? new RepairLimits());

    [Fact]
    public void Next_Green_IsDone() => Assert.Null(Begin("").Next().Layer);

    [Fact]
    public void Judge_FewerFailures_IsAcceptedAndAskedOfL2Again()
    {
        var loop = Begin();

        var verdict = loop.Judge(State(4, "b"), []);

        Assert.True(verdict.Accepted);
        Assert.Equal(["b"], loop.Best.Failing);
        Assert.Equal(Layer.L2, loop.Next().Layer);
    }

    [Fact]
    public void Judge_HigherRungWithMoreFailures_IsAccepted() => Assert.True(Begin("a", rung: 1).Judge(State(4, "x y z"), []).Accepted);

    [Fact]
    public void Judge_LowerRungWithFewerFailures_IsRefused() => Assert.False(Begin("a b", rung: 4).Judge(State(1, "x"), []).Accepted);

    [Fact]
    public void Judge_BrokenAnchor_IsRefusedHoweverGreen()
    {
        var loop = Begin();

        var verdict = loop.Judge(State(8, ""), ["a test is gone"]);

        Assert.False(verdict.Accepted);
        Assert.Contains("a test is gone", verdict.Reason, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], loop.Best.Failing);
    }

    [Fact]
    public void Next_ThreeWithoutProgress_AsksL3ThenL4OnceThenStops()
    {
        var loop = Begin();
        var layers = new List<Layer?>();
        for (var i = 0; loop.Next().Layer is { } layer; i++)
        {
            layers.Add(layer);
            loop.Judge(State(4, $"a c{i}"), []);
        }

        Assert.Equal([Layer.L2, Layer.L2, Layer.L2, Layer.L3, Layer.L3, Layer.L4], layers);
        Assert.Contains("plan was changed", loop.Next().Stop, StringComparison.Ordinal);
    }

    [Fact]
    public void Next_AThenBThenA_StopsAfterTwoAttempts()
    {
        var loop = Begin("a");
        loop.Judge(State(4, "b"), []);
        loop.Judge(State(4, "a"), []);

        Assert.Equal(2, loop.Attempts);
        Assert.Contains("circle", loop.Next().Stop, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_TheSameTreeAgain_AsksTheNextLayerAtOnce()
    {
        var loop = Begin("a");
        loop.Judge(State(4, "a", "same"), []);
        loop.Judge(State(4, "a", "same"), []);

        Assert.Equal(Layer.L3, loop.Next().Layer);
    }

    [Fact]
    public void Judge_HandedUp_AsksTheNextLayerAtOnce()
    {
        var loop = Begin();

        var verdict = loop.Judge(null, [], asksHigher: true);

        Assert.False(verdict.Accepted);
        Assert.Equal(Layer.L3, loop.Next().Layer);
    }

    [Fact]
    public void Judge_Progress_ForgetsTheEscalation()
    {
        var loop = Begin("a b c");
        for (var i = 0; i < 3; i++)
        {
            loop.Judge(null, []);
        }
        Assert.Equal(Layer.L3, loop.Next().Layer);

        loop.Judge(State(4, "a b"), []);

        Assert.Equal(Layer.L2, loop.Next().Layer);
    }

    /// <summary>Whatever answers come, a repair ends within its attempts, and the best state never becomes worse.</summary>
    [Fact]
    public void Judge_ThousandSeededStories_EndWithinTheLimitAndNeverLoseTheBest()
    {
        for (var seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            var loop = Begin("a b c d", rung: random.Next(5));
            while (loop.Next().Layer is not null)
            {
                var before = loop.Best;
                var state = random.Next(6) == 0 ? null : State(random.Next(7), string.Join(' ', "a b c d e f".Split(' ').Where(_ => random.Next(2) == 0)), $"{random.Next(8)}");
                var broken = random.Next(5) == 0;
                var verdict = loop.Judge(state, broken ? ["an anchor"] : [], random.Next(9) == 0);
                Assert.False(broken && verdict.Accepted);
                Assert.False(before.IsBetterThan(loop.Best));
                Assert.Equal(verdict.Accepted, !ReferenceEquals(before, loop.Best));
            }
            Assert.InRange(loop.Attempts, 0, 10);
            Assert.NotNull(loop.Next().Stop);
        }
    }
}
