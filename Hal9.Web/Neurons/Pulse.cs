using Hal9.Engine.Events;
using Hal9.Engine.Monitoring;

namespace Hal9.Web.Neurons;

/// <summary>So many signals of a kind passed between two neurons since the last look.</summary>
/// <param name="From">Who sent them.</param>
/// <param name="To">Who got them.</param>
/// <param name="Kind"><c>down</c>: work, <c>up</c>: a result, <c>back</c>: a result that was judged.</param>
/// <param name="Count">How many.</param>
public sealed record Pulse(string From, string To, string Kind, int Count)
{
    /// <summary>The kind of what a signal passes on; null: it passes nothing on.</summary>
    internal static string? KindOf(NeuronSignal signal) => signal.Act switch
    {
        NeuronAct.Assigned => "down",
        NeuronAct.Returned => "up",
        NeuronAct.Judged => "back",
        _ => null,
    };
}

/// <summary>Counts what passes between neurons until it is drawn.</summary>
public sealed class PulseCount
{
    private Dictionary<(string From, string To, string Kind), int> fresh = [];
    private bool begun;

    /// <summary>How many signals were lost because the page fell behind.</summary>
    public long Missed { get; private set; }

    /// <summary>Takes a burst in. The first one is what was before: it is not drawn.</summary>
    public void Add(SignalBurst burst)
    {
        ArgumentNullException.ThrowIfNull(burst);
        Missed += burst.Missed;
        foreach (var signal in begun ? burst.Signals : [])
        {
            if (Pulse.KindOf(signal) is { } kind)
            {
                var key = (signal.Neuron, signal.Other!, kind);
                fresh[key] = fresh.GetValueOrDefault(key) + 1;
            }
        }
        begun = true;
    }

    /// <summary>What passed since the last call.</summary>
    public IReadOnlyList<Pulse> Take()
    {
        if (fresh.Count == 0)
        {
            return [];
        }
        var taken = fresh;
        fresh = [];
        return [.. taken.Select(p => new Pulse(p.Key.From, p.Key.To, p.Key.Kind, p.Value))];
    }
}
