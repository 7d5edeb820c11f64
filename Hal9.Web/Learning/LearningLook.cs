using Hal9.Engine.Learning;
using Hal9.Web.Shared;

namespace Hal9.Web.Learning;

/// <summary>How the states of proposals are shown.</summary>
internal static class LearningLook
{
    public static StatusLook Of(ProposalState state) => state switch
    {
        ProposalState.Draft => new("waiting", Glyphs.Queued, "Drafted"),
        ProposalState.Replayed => new("waiting", Glyphs.Waiting, "Replayed"),
        ProposalState.ReadyForReview => new("waiting", Glyphs.Bell, "ReadyForReview"),
        ProposalState.Canary => new("working", Glyphs.Working, "OnTrial"),
        ProposalState.Promoted => new("good", Glyphs.Good, "Promoted"),
        ProposalState.Rejected => new("paused", Glyphs.Cancelled, "Rejected"),
        ProposalState.Expired => new("paused", Glyphs.Stop, "Expired"),
        ProposalState.RolledBack => new("failing", Glyphs.Failing, "RolledBack"),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };
}
