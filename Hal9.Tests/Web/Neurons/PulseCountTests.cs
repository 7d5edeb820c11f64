using Hal9.Engine.Events;
using Hal9.Engine.Monitoring;
using Hal9.Web.Neurons;

namespace Hal9.Tests.Web.Neurons;

public sealed class PulseCountTests
{
    private readonly PulseCount pulses = new();

    [Fact]
    public void Pulses_OfBursts_AreCountedOnce_AndThoseOfThePastAreNotDrawn()
    {
        Add(Signal(NeuronAct.Assigned, "strategist", "analyst"));
        Add(Signal(NeuronAct.Assigned, "strategist", "analyst"), Signal(NeuronAct.Assigned, "strategist", "analyst"), Signal(NeuronAct.Asked, "analyst"));
        Add(Signal(NeuronAct.Returned, "analyst", "strategist"), Signal(NeuronAct.Judged, "strategist", "analyst"));

        var taken = pulses.Take();

        Assert.Equal(
            [new Pulse("strategist", "analyst", "down", 2), new Pulse("analyst", "strategist", "up", 1), new Pulse("strategist", "analyst", "back", 1)], taken);
        Assert.Empty(pulses.Take());
    }

    [Fact]
    public void Missed_OfBursts_AddUp()
    {
        pulses.Add(new SignalBurst([], 0));
        pulses.Add(new SignalBurst([], 3));
        pulses.Add(new SignalBurst([], 4));

        Assert.Equal(7, pulses.Missed);
    }

    private void Add(params NeuronSignal[] signals) => pulses.Add(new SignalBurst(signals, 0));

    private static NeuronSignal Signal(NeuronAct act, string neuron, string? other = null) => new(DateTimeOffset.UnixEpoch, Guid.Empty, 1, act, neuron, other);
}
