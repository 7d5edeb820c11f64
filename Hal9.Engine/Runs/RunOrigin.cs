using Hal9.Engine.Events;

namespace Hal9.Engine.Runs;

/// <summary>Where a run's answer comes from: the weakest of the leaves that fed it.</summary>
/// <param name="shown">What the run's row says; it begins as offline, when nothing was asked yet.</param>
internal sealed class RunOrigin(Provenance shown)
{
    private readonly Lock gate = new();
    private Provenance? answered;
    private Provenance? asked;

    /// <summary>Notes an attempt as far as it got.</summary>
    public void Note(CallStatus status, Provenance provenance)
    {
        lock (gate)
        {
            shown = asked is { } known && known < provenance ? known : provenance;
            asked = shown;
            if (status == CallStatus.Succeeded)
            {
                answered = answered < provenance ? answered : provenance;
            }
        }
    }

    /// <summary>Whether the row says something else than it should with an attempt of this provenance.</summary>
    public bool Changes(Provenance next)
    {
        lock (gate)
        {
            return next != shown && (asked is not { } known || next < known);
        }
    }

    /// <summary>At the end: of all that succeeded. Of a run that was broken off, of all that was asked: its last attempt gave the part of the answer that is there.</summary>
    public Provenance At(RunStatus end)
    {
        lock (gate)
        {
            return (end == RunStatus.Succeeded ? answered : asked) ?? Provenance.Offline;
        }
    }
}
