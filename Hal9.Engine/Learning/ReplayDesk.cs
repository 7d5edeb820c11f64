using System.Text.Json;
using Hal9.Engine.Learning.Statistics;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Learning;

/// <summary>A task done twice: with a change and without.</summary>
internal sealed record ReplayedPair(Outcome With, Outcome Without);

/// <summary>Does tasks again. What can judge the result of a task again implements it; a task that it cannot judge gives null and is no evidence.</summary>
internal interface IReplay
{
    Task<ReplayedPair?> PairAsync(Guid tenantId, Guid runId, Proposal proposal, CancellationToken cancellationToken);
}

/// <summary>Judges a proposal by the tasks that are kept for judging: each is done with the change and without, and the gate reads the pairs.</summary>
internal sealed class ReplayDesk(TenantScope scope, Writer writer, LearningOptions options)
{
    private const int MostLost = 5;
    // What a proposal is expected to hold for: the meter's next outcomes.
    private const int Horizon = 250;

    /// <param name="tenantId">The tenant.</param>
    /// <param name="id">The proposal.</param>
    /// <param name="replay">Who does the tasks.</param>
    /// <param name="most">At most so many tasks.</param>
    /// <param name="cancellationToken">Stops; what was compared so far is dropped.</param>
    /// <returns>What the gate says; null when there is no such proposal, or it is decided.</returns>
    public async Task<ProposalGate?> JudgeAsync(Guid tenantId, Guid id, IReplay replay, int most, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        if (await db.Set<ProposalRow>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken).ConfigureAwait(false) is not { } row || !Proposal.Show(row).IsOpen)
        {
            return null;
        }
        var (proposal, split) = (Proposal.Show(row), new ItemSplit(tenantId.ToString()));
        var key = proposal.Key.Split('/');
        var tasks = await db.Set<DecisionRow>().AsNoTracking().Where(one => one.Layer == key[1] && one.TaskClass == key[2])
            .OrderByDescending(one => one.At).Select(one => new { one.RunId, one.Item }).Take(10_000).ToListAsync(cancellationToken).ConfigureAwait(false);
        var earlier = await db.Set<ProposalRow>().AsNoTracking().CountAsync(one => one.PolicyKey == row.PolicyKey && one.Gate != null && one.Id != id, cancellationToken).ConfigureAwait(false);
        // The mined half has no evidence of a lesson's effect, only of its need: all of it has to come from the pairs.
        var gate = new PromotionGate(earlier + 1, new MineSet(split), 1, Horizon);
        var sequence = new ConfidenceSequence();
        var scale = new PairScale(options.CostWeight, 0.01, 0.01);
        var lost = new List<LostPair>();
        foreach (var task in tasks.DistinctBy(task => task.Item).Where(task => split.SideOf(task.Item) == ItemSide.Gate).Take(most))
        {
            if (await replay.PairAsync(tenantId, task.RunId, proposal, cancellationToken).ConfigureAwait(false) is { } pair && gate.Add(task.Item, scale, pair.With, pair.Without))
            {
                sequence.Add(scale.Difference(pair.With, pair.Without));
                if (pair.With.Quality < pair.Without.Quality)
                {
                    lost.Add(new LostPair(task.RunId, pair.With.Quality, pair.Without.Quality));
                }
            }
        }
        var (reading, interval) = (gate.Read(), sequence.Read());
        // Many classes are judged at once: of all that wait for a person at most one in ten may be a false find.
        var others = (await db.Set<ProposalRow>().AsNoTracking().Where(one => one.Gate != null && one.Id != id && (one.State == ProposalState.Replayed || one.State == ProposalState.ReadyForReview))
            .ToListAsync(cancellationToken).ConfigureAwait(false)).Select(one => Proposal.Show(one).Gate!.Evidence);
        var isFind = EBenjaminiHochberg.Select([reading.Evidence, .. others])[0];
        var judged = new ProposalGate(
            reading.State == GateState.Open && isFind, reading.Pairs, reading.Wins, reading.Ties, reading.Losses, reading.Mean, interval.Low, interval.High, reading.Evidence, reading.Threshold,
            [.. lost.OrderBy(pair => pair.With - pair.Without).Take(MostLost)]);
        await writer.WriteAsync(
            tenantId,
            batch => batch.Execute(
                LearningStatements.SaveGate, ("@gate", JsonSerializer.Serialize(judged, Proposal.Json)),
                ("@state", judged.IsOpen ? nameof(ProposalState.ReadyForReview) : nameof(ProposalState.Replayed)), ("@id", id), ("@tenant", tenantId)),
            cancellationToken).ConfigureAwait(false);
        return judged;
    }
}
