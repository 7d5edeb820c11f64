using DiffPlex;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;
using Hal9.Engine.Learning;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;

namespace Hal9.Web.Learning;

/// <summary>All of the page at one moment.</summary>
/// <param name="Proposals">Newest first.</param>
/// <param name="Policies">By key.</param>
/// <param name="Meter">The live learning rate.</param>
/// <param name="Names">Who is behind the ids.</param>
public sealed record LearningView(IReadOnlyList<Proposal> Proposals, IReadOnlyList<PolicyView> Policies, LearningMeter Meter, IReadOnlyDictionary<Guid, string> Names);

/// <summary>A proposal as its reviewer sees it.</summary>
/// <param name="Proposal">The proposal.</param>
/// <param name="Diff">What it would change, line by line.</param>
/// <param name="Reach">Share of last week's steps that it would touch, 0 to 1; null: there were none.</param>
public sealed record ReviewView(Proposal Proposal, SideBySideDiffModel Diff, double? Reach);

/// <summary>Reads what the learning page shows.</summary>
public sealed class LearningReader(LearningService door, PeopleNames people)
{
    private const int MostProposals = 100;

    /// <summary>All of the page.</summary>
    public async Task<LearningView> ReadAsync(Actor actor, CancellationToken cancellationToken)
    {
        var proposals = await door.ListAsync(actor, null, null, MostProposals, cancellationToken);
        var policies = await door.PoliciesAsync(actor, cancellationToken);
        var meter = await door.MeterAsync(actor, cancellationToken);
        var ids = proposals.SelectMany(p => new[] { p.CreatedBy, p.Reviewer ?? Guid.Empty }).Concat(policies.SelectMany(p => p.Versions.Select(v => v.MadeBy))).Where(id => id != Guid.Empty).Distinct().ToList();
        return new LearningView(proposals, policies, meter, await people.OfAsync(ids, cancellationToken));
    }

    /// <summary>A proposal for its reviewer; null when there is none of that id.</summary>
    public async Task<ReviewView?> ReviewAsync(Actor actor, Guid id, CancellationToken cancellationToken) =>
        await door.FindAsync(actor, id, cancellationToken) is { } proposal
            ? new ReviewView(
                proposal, new SideBySideDiffBuilder(new Differ()).BuildDiffModel(PolicyLines.Of(proposal.Before), PolicyLines.Of(proposal.Content)), await door.ReachAsync(actor, proposal.Key, cancellationToken))
            : null;
}
