namespace Hal9.Engine.Events;

/// <summary>What a neuron did.</summary>
public enum NeuronAct
{
    /// <summary>Took an assignment.</summary>
    Started,

    /// <summary>Ended a step.</summary>
    Ended,

    /// <summary>Gave work to a neuron below.</summary>
    Assigned,

    /// <summary>Returned a result to the neuron above.</summary>
    Returned,

    /// <summary>Accepted a result or sent it back.</summary>
    Judged,

    /// <summary>Asked a model.</summary>
    Asked,

    /// <summary>Had a model's answer, or its failure.</summary>
    Answered,
}

/// <summary>One thing that one neuron did in one run, small enough to keep thousands of: what the live map shows.</summary>
/// <param name="At">When (UTC).</param>
/// <param name="RunId">In which run.</param>
/// <param name="Number">The number of the run's event that says it.</param>
/// <param name="Act">What.</param>
/// <param name="Neuron">Who.</param>
/// <param name="Other">The neuron that it was passed to, for what passes between two.</param>
/// <param name="Good">For an end, an answer or a judgement: whether it was good. Null otherwise, and for an end that says nothing of this neuron: somebody cancelled it, or what it had given away failed.</param>
/// <param name="Cost">For an answer: what it cost.</param>
/// <param name="Milliseconds">For an answer: how long it took.</param>
/// <param name="Text">Its content or its error, at most 120 characters.</param>
public sealed record NeuronSignal(
    DateTimeOffset At, Guid RunId, long Number, NeuronAct Act, string Neuron, string? Other = null, bool? Good = null, Usd Cost = default, long Milliseconds = 0, string? Text = null);

/// <summary>Reads a run's events as signals of its neurons. One per run, in the order of its events; not thread-safe.</summary>
internal sealed class SignalReader(Guid runId)
{
    private const int MostText = 120;
    private readonly Dictionary<Guid, string> neuronOf = [];
    private readonly Dictionary<Guid, Guid> parentOf = [];
    private readonly HashSet<Guid> failedBelow = [];

    /// <summary>Tells it of a step that it has not seen the start of.</summary>
    public void Know(Guid stepId, string neuron, Guid? parentId = null)
    {
        neuronOf[stepId] = neuron;
        if (parentId is { } parent)
        {
            parentOf[stepId] = parent;
        }
    }

    /// <summary>The event as a signal, or null when it is none of a neuron.</summary>
    public NeuronSignal? Read(RunEvent e)
    {
        switch (e)
        {
            case StepStarted started:
                Know(started.StepId, started.Neuron, started.ParentId);
                return Of(NeuronAct.Started, started.Neuron) with { Text = Short(started.Goal) };
            case SignalSent sent:
                Know(sent.FromStep, sent.From);
                Know(sent.ToStep, sent.To);
                var act = sent.Kind switch { SignalKind.Assignment => NeuronAct.Assigned, SignalKind.Result => NeuronAct.Returned, _ => NeuronAct.Judged };
                return Of(act, sent.From) with { Other = sent.To, Good = sent.Accepted, Text = Short(sent.Text) };
            case StepEnded ended when neuronOf.TryGetValue(ended.StepId, out var neuron):
                return Of(NeuronAct.Ended, neuron) with { Good = JudgementOf(ended), Text = Short(ended.Error) };
            case ModelCallStarted call when neuronOf.TryGetValue(call.StepId, out var neuron):
                return Of(NeuronAct.Asked, neuron) with { Text = $"{call.Provider}/{call.Model}" };
            case ModelCallEnded call when neuronOf.TryGetValue(call.StepId, out var neuron):
                return Of(NeuronAct.Answered, neuron) with { Good = call.Status == CallStatus.Cancelled ? null : call.Status == CallStatus.Succeeded, Cost = call.Cost, Milliseconds = call.Milliseconds, Text = Short(call.Error) };
            default:
                return null;
        }

        NeuronSignal Of(NeuronAct act, string neuron) => new(e.At, runId, e.Number, act, neuron);
    }

    // A failure is told of the neuron where it happened, not of all above it that it ended.
    private bool? JudgementOf(StepEnded ended)
    {
        if (ended.Status is StepStatus.Failed && parentOf.TryGetValue(ended.StepId, out var parent))
        {
            failedBelow.Add(parent);
        }
        return ended.Status switch
        {
            StepStatus.Succeeded => true,
            StepStatus.Failed when !failedBelow.Contains(ended.StepId) => false,
            _ => null,
        };
    }

    private static string? Short(string? text) => text is { Length: > MostText } ? text[..(MostText - 1)] + "…" : text is "" ? null : text;
}
