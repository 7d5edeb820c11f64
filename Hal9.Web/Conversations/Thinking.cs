using Hal9.Engine;
using Hal9.Engine.Events;

namespace Hal9.Web.Conversations;

/// <summary>A neuron with an open step.</summary>
/// <param name="StepId">The step.</param>
/// <param name="Layer">Its layer.</param>
/// <param name="Neuron">Its name.</param>
/// <param name="Calls">Model calls on their way; none: it waits for those below it, or prepares.</param>
internal sealed record Busy(Guid StepId, Layer Layer, string Neuron, int Calls);

/// <summary>Who is at work in a run now, worked out from its events.</summary>
internal sealed class Thinking
{
    private readonly Dictionary<Guid, Busy> open = [];
    private readonly HashSet<Guid> calls = [];

    /// <summary>The open steps, highest layer first.</summary>
    public IEnumerable<Busy> Now => open.Values.OrderByDescending(b => b.Layer);

    /// <summary>Settled so far.</summary>
    public Usd Spent { get; private set; }

    /// <summary>Steps opened so far.</summary>
    public int Steps { get; private set; }

    /// <summary>The mode that triage chose, and why.</summary>
    public RunTriaged? Triage { get; private set; }

    /// <summary>The last event was seen.</summary>
    public bool Ended { get; private set; }

    /// <summary>Takes the next event in.</summary>
    public void Add(RunEvent happened)
    {
        switch (happened)
        {
            case RunTriaged triaged:
                Triage = triaged;
                break;
            case StepStarted step:
                // A run that was taken over starts its open steps again.
                Steps += open.ContainsKey(step.StepId) ? 0 : 1;
                open[step.StepId] = new Busy(step.StepId, step.Layer, step.Neuron, 0);
                break;
            case ModelCallStarted call when calls.Add(call.CallId):
                Count(call.StepId, 1);
                break;
            case ModelCallEnded call:
                Spent += call.Cost;
                if (calls.Remove(call.CallId))
                {
                    Count(call.StepId, -1);
                }
                break;
            case StepEnded step:
                open.Remove(step.StepId);
                break;
            case RunEnded ended:
                open.Clear();
                Spent = ended.Cost;
                Ended = true;
                break;
            default:
                break;
        }
    }

    private void Count(Guid stepId, int by)
    {
        if (open.TryGetValue(stepId, out var busy))
        {
            open[stepId] = busy with { Calls = Math.Max(0, busy.Calls + by) };
        }
    }
}
