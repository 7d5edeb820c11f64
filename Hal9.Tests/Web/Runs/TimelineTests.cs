using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Web.Runs;

namespace Hal9.Tests.Web.Runs;

public sealed class TimelineTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Bars_AreWhereTheirTimesAre()
    {
        var call = new ModelCallView(Guid.NewGuid(), "x", 1, "p", "m", CallStatus.Succeeded, Provenance.Live, default, Usd.Zero, Usd.Zero, null, false, 2000, 500, null, Start.AddSeconds(4));
        var run = RunOf(Start.AddSeconds(10), StepOf(Start, Start.AddSeconds(10), [], StepOf(Start.AddSeconds(3), Start.AddSeconds(8), [call])));

        var line = new Timeline(run, Start.AddYears(1));

        Assert.Equal([new Stretch(0, 1000), new Stretch(300, 500)], line.Bars.Select(b => b.Whole));
        Assert.Equal(new Stretch(400, 200), line.Bars[1].Calls[0].Whole);
        Assert.Equal(new Stretch(400, 50), line.Bars[1].Calls[0].BeforeFirstToken);
        Assert.Equal([0, 1], line.Bars.Select(b => b.Row.Depth));
    }

    [Fact]
    public void Bars_OfWhatStillGoes_EndNow()
    {
        var run = RunOf(null, StepOf(Start, null, []));

        var line = new Timeline(run, Start.AddSeconds(4));

        Assert.Equal(TimeSpan.FromSeconds(4), line.Length);
        Assert.Equal(1000, line.Bars[0].Whole.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.004)]
    [InlineData(1)]
    [InlineData(14.2)]
    [InlineData(86_000)]
    public void Ticks_AreFewAndInsideTheAxis(double seconds)
    {
        var line = new Timeline(RunOf(Start.AddSeconds(seconds), StepOf(Start, Start, [])), Start);

        Assert.InRange(line.Ticks.Count, 3, 10);
        Assert.All(line.Ticks, tick => Assert.InRange(tick.At, 0, 1000));
    }

    private static RunView RunOf(DateTimeOffset? end, StepView root) => new(
        Guid.NewGuid(), RunKind.Chat, "goal", RunMode.Deep, RunStatus.Running, null, null, Guid.Empty, null, Usd.Zero, null, Provenance.Live, Start, end, null, null, [],
        new EnvelopeLimits(null, null, null, null), 0, root);

    private static StepView StepOf(DateTimeOffset from, DateTimeOffset? to, IReadOnlyList<ModelCallView> calls, params StepView[] steps) => new(
        Guid.NewGuid(), null, "1", Layer.L4, "n", StepStatus.Running, "g", null, null, Usd.Zero, from, to, calls, steps);
}
