using Hal9.Engine;
using Hal9.Engine.Events;
using Hal9.Engine.Monitoring;

namespace Hal9.Web.Neurons;

/// <summary>So many signals of a kind passed between two neurons since the last look.</summary>
/// <param name="From">Who sent them.</param>
/// <param name="To">Who got them.</param>
/// <param name="Kind"><c>down</c>: work, <c>up</c>: a result, <c>back</c>: a result that was judged.</param>
/// <param name="Count">How many.</param>
public sealed record Pulse(string From, string To, string Kind, int Count);

/// <summary>The signals of the last quarter of an hour as one page knows them: what to draw next, what a neuron did, how it was at some moment.</summary>
public sealed class SignalWindow
{
    private const int MostKept = 20_000;
    private readonly Queue<NeuronSignal> signals = new();
    private Dictionary<(string From, string To, string Kind), int> fresh = [];
    private bool begun;

    /// <summary>How many signals were lost because the page fell behind.</summary>
    public long Missed { get; private set; }

    /// <summary>Whether anything happened in the last quarter of an hour.</summary>
    public bool IsEmpty => signals.Count == 0;

    /// <summary>The newest signal's time.</summary>
    public DateTimeOffset? LastAt { get; private set; }

    /// <summary>Takes a burst in. The first one is what was before: it is not drawn.</summary>
    public void Add(SignalBurst burst)
    {
        ArgumentNullException.ThrowIfNull(burst);
        Missed += burst.Missed;
        foreach (var signal in burst.Signals)
        {
            signals.Enqueue(signal);
            LastAt = signal.At;
            if (begun && KindOf(signal) is { } kind)
            {
                var key = (signal.Neuron, signal.Other!, kind);
                fresh[key] = fresh.GetValueOrDefault(key) + 1;
            }
        }
        while (signals.Count > MostKept || (signals.TryPeek(out var oldest) && LastAt - oldest.At > SignalFeed.Span))
        {
            signals.Dequeue();
        }
        begun = true;
    }

    /// <summary>What passed since the last call.</summary>
    public IReadOnlyList<Pulse> TakePulses()
    {
        var taken = fresh;
        fresh = [];
        return [.. taken.Select(p => new Pulse(p.Key.From, p.Key.To, p.Key.Kind, p.Value))];
    }

    /// <summary>What passed in the seconds before a moment, for looking back.</summary>
    public IReadOnlyList<Pulse> PulsesBefore(DateTimeOffset at, TimeSpan span) =>
        [.. signals.Where(s => s.At <= at && s.At > at - span && KindOf(s) is not null).GroupBy(s => (s.Neuron, s.Other, Kind: KindOf(s)!))
            .Select(g => new Pulse(g.Key.Neuron, g.Key.Other!, g.Key.Kind, g.Count()))];

    /// <summary>The newest signals from and to a neuron, newest first.</summary>
    public IReadOnlyList<NeuronSignal> Of(string neuron, int most) => [.. signals.Where(s => s.Neuron == neuron || s.Other == neuron).Reverse().Take(most)];

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
        var last = past.LastOrDefault(s => s.Act is NeuronAct.Ended or NeuronAct.Answered);
        return neuron with
        {
            State = last?.Good is false ? NeuronState.Failing : active > 0 ? NeuronState.Working : NeuronState.Idle,
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

    private static string? KindOf(NeuronSignal signal) => signal.Act switch
    {
        NeuronAct.Assigned => "down",
        NeuronAct.Returned => "up",
        NeuronAct.Judged => "back",
        _ => null,
    };
}
