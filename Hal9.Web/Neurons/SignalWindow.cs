using Hal9.Engine;
using Hal9.Engine.Events;
using Hal9.Engine.Monitoring;

namespace Hal9.Web.Neurons;

/// <summary>Reads the signals of the last quarter of an hour, which all pages share: what a neuron did, how it was at some moment.</summary>
/// <param name="signals">Oldest first.</param>
public sealed class SignalWindow(IReadOnlyList<NeuronSignal> signals)
{
    /// <summary>Whether anything happened.</summary>
    public bool IsEmpty => signals.Count == 0;

    /// <summary>What passed in the seconds before a moment, for looking back.</summary>
    public IReadOnlyList<Pulse> PulsesBefore(DateTimeOffset at, TimeSpan span) =>
        [.. signals.Where(s => s.At <= at && s.At > at - span && Pulse.KindOf(s) is not null).GroupBy(s => (s.Neuron, s.Other, Kind: Pulse.KindOf(s)!))
            .Select(g => new Pulse(g.Key.Neuron, g.Key.Other!, g.Key.Kind, g.Count()))];

    /// <summary>The newest signals from and to a neuron, newest first.</summary>
    public IReadOnlyList<NeuronSignal> Of(string neuron, int most)
    {
        var found = new List<NeuronSignal>(most);
        for (var i = signals.Count - 1; i >= 0 && found.Count < most; i--)
        {
            if (signals[i].Neuron == neuron || signals[i].Other == neuron)
            {
                found.Add(signals[i]);
            }
        }
        return found;
    }

    /// <summary>The neurons that had a part in a run.</summary>
    public IReadOnlySet<string> InRun(Guid runId) => signals.Where(s => s.RunId == runId).SelectMany(s => new[] { s.Neuron, s.Other }).OfType<string>().ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// How the neurons were at a moment, as far as the signals tell: at work is who had started more than ended since the window begins, and counts are
    /// those up to the moment. Who waited for a place is not told by signals.
    /// </summary>
    public IReadOnlyList<NeuronActivity> At(IReadOnlyList<NeuronActivity> neurons, DateTimeOffset at)
    {
        var past = signals.Where(s => s.At <= at).ToLookup(s => s.Neuron, StringComparer.Ordinal);
        return [.. neurons.Select(neuron => Then(neuron, [.. past[neuron.Name]]))];
    }

    private static NeuronActivity Then(NeuronActivity neuron, IReadOnlyList<NeuronSignal> past)
    {
        var ended = past.Where(s => s.Act == NeuronAct.Ended).ToList();
        var answered = past.Where(s => s.Act == NeuronAct.Answered).ToList();
        var started = past.Count(s => s.Act == NeuronAct.Started);
        var active = Math.Max(0, started - ended.Count);
        var last = past.LastOrDefault(s => s.Act is NeuronAct.Ended or NeuronAct.Answered && s.Good is not null);
        return neuron with
        {
            State = active > 0 ? NeuronState.Working : last?.Good is false ? NeuronState.Failing : NeuronState.Idle,
            Active = active,
            Waiting = 0,
            Handled = started,
            Failed = ended.Count(s => s.Good is false),
            Calls = answered.Count,
            FailedCalls = answered.Count(s => s.Good is false),
            Cost = new Usd(answered.Sum(s => s.Cost.Nano)),
            LastAt = past.Count > 0 ? past[^1].At : null,
            LastError = last is { Good: false } ? last.Text : null,
        };
    }
}
