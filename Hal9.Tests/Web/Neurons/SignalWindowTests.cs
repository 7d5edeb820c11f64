using Hal9.Engine;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Monitoring;
using Hal9.Web.Neurons;

namespace Hal9.Tests.Web.Neurons;

public sealed class SignalWindowTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Guid Run = Guid.CreateVersion7();
    private readonly SignalWindow window = new();

    [Fact]
    public void Pulses_OfBursts_AreCountedOnce_AndThoseOfThePastAreNotDrawn()
    {
        Add(Signal(0, NeuronAct.Assigned, "strategist", "analyst"));
        Add(Signal(1, NeuronAct.Assigned, "strategist", "analyst"), Signal(1, NeuronAct.Assigned, "strategist", "analyst"), Signal(2, NeuronAct.Asked, "analyst"));
        Add(Signal(3, NeuronAct.Returned, "analyst", "strategist"), Signal(4, NeuronAct.Judged, "strategist", "analyst"));

        var pulses = window.TakePulses();

        Assert.Equal(
            [new Pulse("strategist", "analyst", "down", 2), new Pulse("analyst", "strategist", "up", 1), new Pulse("strategist", "analyst", "back", 1)], pulses);
        Assert.Empty(window.TakePulses());
    }

    [Fact]
    public void State_AtAMoment_IsWhatHadHappenedUntilThen()
    {
        Add(
            Signal(0, NeuronAct.Started, "analyst"), Signal(10, NeuronAct.Answered, "analyst") with { Good = true, Cost = new Usd(7) },
            Signal(20, NeuronAct.Answered, "analyst") with { Good = false, Text = "broken", Cost = new Usd(5) }, Signal(30, NeuronAct.Ended, "analyst") with { Good = true });

        Assert.Equal((NeuronState.Working, 1, 0L), At(5));
        Assert.Equal((NeuronState.Working, 1, 7L), At(15));
        Assert.Equal((NeuronState.Failing, 1, 12L), At(25));
        Assert.Equal((NeuronState.Idle, 0, 12L), At(35));

        (NeuronState, int, long) At(int second)
        {
            var then = window.At([Neuron("analyst")], Begin.AddSeconds(second)).Single();
            return (then.State, then.Active, then.Cost.Nano);
        }
    }

    [Fact]
    public void Window_OfAPage_ForgetsWhatIsOld_AndTellsWhatItMissed()
    {
        Add(Signal(0, NeuronAct.Started, "analyst"));
        window.Add(new SignalBurst([Signal(901, NeuronAct.Started, "critic")], 3));

        Assert.Empty(window.Of("analyst", 20));
        Assert.Single(window.Of("critic", 20));
        Assert.Equal(3, window.Missed);
        Assert.Equal(["critic"], window.InRun(Run));
    }

    [Fact]
    public void Pulses_BeforeAMoment_AreThoseOfTheSpan()
    {
        Add(Signal(0, NeuronAct.Assigned, "strategist", "analyst"), Signal(8, NeuronAct.Returned, "analyst", "strategist"), Signal(12, NeuronAct.Returned, "analyst", "strategist"));

        Assert.Equal([new Pulse("analyst", "strategist", "up", 1)], window.PulsesBefore(Begin.AddSeconds(11), TimeSpan.FromSeconds(10)));
    }

    private void Add(params NeuronSignal[] signals) => window.Add(new SignalBurst(signals, 0));

    private static NeuronSignal Signal(int second, NeuronAct act, string neuron, string? other = null) => new(Begin.AddSeconds(second), Run, second, act, neuron, other);

    private static NeuronActivity Neuron(string name) => new(name, Layer.L3, "role", ModelTier.Balanced, 8, [], NeuronState.Queued, 3, 2, 9, 9, 9, 9, new Usd(99), null, "old");
}
