using Hal9.Engine.Events;
using Hal9.Engine.Neurons;

namespace Hal9.Engine.Monitoring;

/// <summary>Counts one neuron's signals.</summary>
internal sealed class NeuronTally
{
    public static readonly NeuronTally None = new();
    private int handled;
    private int failed;
    private int calls;
    private int failedCalls;
    private Usd cost;
    private DateTimeOffset? lastAt;
    private bool lastBad;
    private string? lastError;

    public void Add(NeuronSignal signal)
    {
        lastAt = signal.At;
        switch (signal.Act)
        {
            case NeuronAct.Started:
                handled++;
                break;
            case NeuronAct.Ended:
                failed += signal.Good is false ? 1 : 0;
                End(signal);
                break;
            case NeuronAct.Answered:
                calls++;
                failedCalls += signal.Good is false ? 1 : 0;
                cost += signal.Cost;
                End(signal);
                break;
        }
    }

    public NeuronActivity Of(Neuron neuron, IReadOnlyList<string> delegates, NeuronLoad? load)
    {
        var (active, waiting) = (load?.Active ?? 0, load?.Waiting ?? 0);
        var state = waiting > 0 ? NeuronState.Queued : active > 0 ? NeuronState.Working : lastBad ? NeuronState.Failing : NeuronState.Idle;
        return new NeuronActivity(
            neuron.Name, neuron.Layer, neuron.Role, neuron.Tier, neuron.Concurrency, delegates, state, active, waiting,
            handled, failed, calls, failedCalls, cost, lastAt, lastBad ? lastError : null);
    }

    // What says nothing of the neuron leaves its state as it was.
    private void End(NeuronSignal signal)
    {
        if (signal.Good is { } good)
        {
            (lastBad, lastError) = (!good, signal.Text);
        }
    }
}
