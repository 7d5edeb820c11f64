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

    [Fact]
    public void State_AtAMoment_IsWhatHadHappenedUntilThen()
    {
        var window = Window(
            Signal(0, NeuronAct.Started, "analyst"), Signal(10, NeuronAct.Answered, "analyst") with { Good = true, Cost = new Usd(7) },
            Signal(20, NeuronAct.Answered, "analyst") with { Good = false, Text = "broken", Cost = new Usd(5) },
            Signal(28, NeuronAct.Ended, "analyst") with { Good = false }, Signal(32, NeuronAct.Started, "analyst"), Signal(34, NeuronAct.Ended, "analyst") with { Good = true });

        Assert.Equal((NeuronState.Working, 1, 0L), At(5));
        Assert.Equal((NeuronState.Working, 1, 7L), At(15));
        Assert.Equal((NeuronState.Working, 1, 12L), At(25));
        Assert.Equal((NeuronState.Failing, 0, 12L), At(30));
        Assert.Equal((NeuronState.Idle, 0, 12L), At(35));

        (NeuronState, int, long) At(int second)
        {
            var then = window.At([Neuron("analyst")], Begin.AddSeconds(second)).Single();
            return (then.State, then.Active, then.Cost.Nano);
        }
    }

    [Fact]
    public void Signals_OfANeuronAndOfARun_AreFound_NewestFirst()
    {
        var window = Window(Signal(0, NeuronAct.Started, "analyst"), Signal(1, NeuronAct.Assigned, "analyst", "critic"), Signal(2, NeuronAct.Started, "critic"));

        Assert.Equal([2, 1], window.Of("critic", 20).Select(s => s.Number));
        Assert.Equal([1], window.Of("analyst", 1).Select(s => s.Number));
        Assert.Equal(["analyst", "critic"], window.InRun(Run).Order());
        Assert.Empty(window.InRun(Guid.CreateVersion7()));
    }

    [Fact]
    public void Pulses_BeforeAMoment_AreThoseOfTheSpan()
    {
        var window = Window(Signal(0, NeuronAct.Assigned, "strategist", "analyst"), Signal(8, NeuronAct.Returned, "analyst", "strategist"), Signal(12, NeuronAct.Returned, "analyst", "strategist"));

        Assert.Equal([new Pulse("analyst", "strategist", "up", 1)], window.PulsesBefore(Begin.AddSeconds(11), TimeSpan.FromSeconds(10)));
    }

    private static SignalWindow Window(params NeuronSignal[] signals) => new(signals);

    private static NeuronSignal Signal(int second, NeuronAct act, string neuron, string? other = null) => new(Begin.AddSeconds(second), Run, second, act, neuron, other);

    private static NeuronActivity Neuron(string name) => new(name, Layer.L3, "role", ModelTier.Balanced, 8, [], NeuronState.Queued, 3, 2, 9, 9, 9, 9, new Usd(99), null, "old");
}
