using Hal9.Engine.Audit;
using Hal9.Engine.Learning.Statistics;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Learning;

/// <summary>A decision on a proposal.</summary>
/// <param name="Reason">Why, 1 to 500 characters.</param>
/// <param name="DiffHash">The hash of what was reviewed; another content is refused. Null: what is stored.</param>
/// <param name="Force">Approve although the gate is not open.</param>
public sealed record DecideProposal(string Reason, string? DiffHash = null, bool Force = false);

/// <summary>A policy and its versions.</summary>
/// <param name="Key">Kind, layer and class of task.</param>
/// <param name="Active">The served version; 0: day 0.</param>
/// <param name="Canary">The version on trial.</param>
/// <param name="CanaryShare">Share of the episodes that try it.</param>
/// <param name="Since">Since when (UTC).</param>
/// <param name="Versions">All versions, newest first.</param>
public sealed record PolicyView(string Key, int Active, int? Canary, double CanaryShare, DateTimeOffset Since, IReadOnlyList<PolicyVersion> Versions);

/// <summary>A version of a policy.</summary>
/// <param name="Version">From 1.</param>
/// <param name="Content">What it says, JSON.</param>
/// <param name="ProposalId">The proposal that made it.</param>
/// <param name="MadeBy">Who approved it.</param>
/// <param name="MadeAt">When (UTC).</param>
public sealed record PolicyVersion(int Version, string Content, Guid ProposalId, Guid MadeBy, DateTimeOffset MadeAt);

/// <summary>The live learning rate: what is served against the part that stays on day 0 for ever. It is measured here and never simulated.</summary>
/// <param name="Served">Outcomes with what was learned.</param>
/// <param name="HeldOut">Outcomes on day 0.</param>
/// <param name="Needed">How many held-out outcomes a figure needs.</param>
/// <param name="Rate">Mean gain, as a share of day 0's mean; null while there is not enough evidence, or day 0 is worth nothing.</param>
/// <param name="Difference">The same as a difference in quality; null while there is not enough evidence.</param>
/// <param name="Low">Lower end of the 95 % confidence sequence, in the same unit as the figure.</param>
/// <param name="High">Upper end.</param>
public sealed record LearningMeter(int Served, int HeldOut, int Needed, double? Rate, double? Difference, double? Low, double? High);

/// <summary>Whose doing a run's result was.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Rule">By which rule: <c>none</c>, <c>infrastructure</c>, <c>brokenContract</c>, <c>contradiction</c>, <c>missingPlanItem</c>, <c>wrongTest</c>.</param>
/// <param name="L2">Share of the implementation, 0 to 1.</param>
/// <param name="L3">Share of the design.</param>
/// <param name="L4">Share of the strategy.</param>
/// <param name="Outcome">Quality, 0 to 1.</param>
/// <param name="Channel">The channel that decided: <c>test</c>, <c>edit</c>, <c>rating</c> or <c>thumb</c>.</param>
/// <param name="At">When (UTC).</param>
public sealed record RunCredit(Guid RunId, string Rule, double L2, double L3, double L4, double Outcome, string Channel, DateTimeOffset At);

/// <summary>The door to what is learned: proposals and their decisions, policies and versions, the live meter, credit.</summary>
public sealed class LearningService
{
    /// <summary>The longest reason.</summary>
    public const int LongestReason = 500;

    private const int MostOutcomes = 20_000;
    private readonly TenantScope scope;
    private readonly Writer writer;
    private readonly Lifecycle lifecycle;
    private readonly LessonMiner miner;
    private readonly LearningOptions options;
    private readonly TimeProvider time;

    internal LearningService(TenantScope scope, Writer writer, Lifecycle lifecycle, LessonMiner miner, LearningOptions options, TimeProvider time) =>
        (this.scope, this.writer, this.lifecycle, this.miner, this.options, this.time) = (scope, writer, lifecycle, miner, options, time);

    /// <summary>Proposals, newest first.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="state">Only such; null: all.</param>
    /// <param name="after">The last one of the page before.</param>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="AccessDenied">The actor may not read everybody's runs.</exception>
    public async Task<IReadOnlyList<Proposal>> ListAsync(Actor actor, ProposalState? state, Guid? after, int limit, CancellationToken cancellationToken)
    {
        Demand(actor, Permission.ReadRuns);
        await using var db = scope.Open(actor.TenantId);
        var rows = await db.Set<ProposalRow>().AsNoTracking().Where(row => (state == null || row.State == state) && (after == null || row.Id < after))
            .OrderByDescending(row => row.Id).Take(Math.Clamp(limit, 1, 200)).ToListAsync(cancellationToken).ConfigureAwait(false);
        return rows.ConvertAll(Proposal.Show);
    }

    /// <summary>A proposal; null when the tenant has none of that id.</summary>
    /// <exception cref="AccessDenied">The actor may not read everybody's runs.</exception>
    public async Task<Proposal?> FindAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        Demand(actor, Permission.ReadRuns);
        await using var db = scope.Open(actor.TenantId);
        var row = await db.Set<ProposalRow>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken).ConfigureAwait(false);
        return row is null ? null : Proposal.Show(row);
    }

    /// <summary>Proposes a change by hand. Whoever does cannot approve it.</summary>
    /// <param name="actor">The author.</param>
    /// <param name="key">The policy: kind, layer, class of task.</param>
    /// <param name="content">What it shall say, JSON.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="AccessDenied">The actor may not set the hierarchy.</exception>
    /// <exception cref="ArgumentException">Key or content is none, or a text does not pass the lint; the latter is audited.</exception>
    /// <exception cref="ProposalRefused">It was proposed before, or too many wait.</exception>
    public async Task<Proposal> ProposeAsync(Actor actor, string key, string content, CancellationToken cancellationToken)
    {
        Demand(actor, Permission.EditEngine);
        var kind = PolicyContent.KindOf(key);
        PolicyContent read;
        try
        {
            read = PolicyContent.Read(kind, content);
        }
        catch (ArgumentException e)
        {
            await writer.WriteAsync(actor.TenantId, batch => AuditLog.Write(batch, actor, time.GetUtcNow(), "learning.refused", key, new { reason = e.Message }), cancellationToken).ConfigureAwait(false);
            throw;
        }
        var (made, fault) = await writer.WriteAsync(
            actor.TenantId, batch => ProposalDesk.Write(batch, actor, key, read, new ProposalEvidence("person", []), options.ProposalDays, Now()), cancellationToken).ConfigureAwait(false);
        return made ?? throw new ProposalRefused(fault!);
    }

    /// <summary>Approves a proposal: it is tried on 5 % of the episodes from now on. Refusals are audited.</summary>
    /// <returns>The proposal; null when the tenant has none of that id.</returns>
    /// <exception cref="AccessDenied">The actor may not set the hierarchy.</exception>
    /// <exception cref="ArgumentException">The reason is missing or too long.</exception>
    /// <exception cref="ProposalRefused">It is not open, its author approves it, its content is not what was reviewed, the gate is shut and was not forced, or another change is on trial.</exception>
    public Task<Proposal?> ApproveAsync(Actor actor, Guid id, DecideProposal decision, CancellationToken cancellationToken) => DecideAsync(
        actor, id, decision,
        (batch, proposal, now) => WhyNot(actor, proposal, decision, now) ?? lifecycle.Try(batch, actor, proposal, decision.Reason.Trim(), proposal.Gate is not { IsOpen: true }, now),
        cancellationToken);

    /// <summary>Rejects a proposal that waits. The reason keeps the same change from coming back for 30 days.</summary>
    /// <inheritdoc cref="ApproveAsync"/>
    public Task<Proposal?> RejectAsync(Actor actor, Guid id, DecideProposal decision, CancellationToken cancellationToken) => DecideAsync(
        actor, id, decision,
        (batch, proposal, now) =>
        {
            if (!proposal.IsOpen)
            {
                return $"It is {proposal.State}: there is nothing to reject.";
            }
            batch.Execute(
                LearningStatements.DecideProposal, ("@state", nameof(ProposalState.Rejected)), ("@reviewer", actor.UserId), ("@now", now.ToUnixTimeMilliseconds()), ("@reason", decision.Reason.Trim()),
                ("@forced", 0), ("@share", 0.0), ("@version", (int?)null), ("@id", id), ("@tenant", actor.TenantId));
            AuditLog.Write(batch, actor, now, "learning.reject", id.ToString(), new { proposal.Key, reason = decision.Reason.Trim() });
            return null;
        },
        cancellationToken);

    /// <summary>Takes back what is on trial or promoted: the version before is served from the next run on; runs at work end on what they began with.</summary>
    /// <inheritdoc cref="ApproveAsync"/>
    public Task<Proposal?> RollBackAsync(Actor actor, Guid id, DecideProposal decision, CancellationToken cancellationToken) => DecideAsync(
        actor, id, decision, (batch, proposal, now) => lifecycle.RollBack(batch, actor, proposal, decision.Reason.Trim(), now), cancellationToken);

    /// <summary>Looks for failures that repeat and proposes a lesson for each kind. Called by the console itself, and by hand.</summary>
    /// <returns>How many proposals were made.</returns>
    /// <exception cref="AccessDenied">The actor may not set the hierarchy.</exception>
    public Task<int> MineAsync(Actor actor, CancellationToken cancellationToken)
    {
        Demand(actor, Permission.EditEngine);
        return miner.MineAsync(actor.TenantId, cancellationToken);
    }

    /// <summary>All policies that were ever changed.</summary>
    /// <exception cref="AccessDenied">The actor may not read everybody's runs.</exception>
    public async Task<IReadOnlyList<PolicyView>> PoliciesAsync(Actor actor, CancellationToken cancellationToken)
    {
        Demand(actor, Permission.ReadRuns);
        await using var db = scope.Open(actor.TenantId);
        var heads = await db.Set<PolicyHeadRow>().AsNoTracking().OrderBy(head => head.PolicyKey).Take(500).ToListAsync(cancellationToken).ConfigureAwait(false);
        var versions = (await db.Set<PolicyRow>().AsNoTracking().OrderByDescending(row => row.Version).Take(2_000).ToListAsync(cancellationToken).ConfigureAwait(false)).ToLookup(row => row.PolicyKey);
        return heads.ConvertAll(head => new PolicyView(
            head.PolicyKey, head.ActiveVersion, head.CanaryVersion, head.CanaryShare, head.Since,
            [.. versions[head.PolicyKey].Select(row => new PolicyVersion(row.Version, row.Content, row.ProposalId, row.MadeBy, row.MadeAt))]));
    }

    /// <summary>The live learning rate.</summary>
    /// <exception cref="AccessDenied">The actor may not read everybody's runs.</exception>
    public async Task<LearningMeter> MeterAsync(Actor actor, CancellationToken cancellationToken)
    {
        Demand(actor, Permission.ReadRuns);
        await using var db = scope.Open(actor.TenantId);
        var rows = await db.Set<DecisionRow>().AsNoTracking()
            .Where(row => row.Outcome != null && (row.Lane == nameof(Lane.Holdback) || row.PolicyVersion > 0))
            .OrderBy(row => row.OutcomeAt).ThenBy(row => row.Id).Take(MostOutcomes)
            .Select(row => new { row.RunId, row.PolicyKey, row.Lane, row.Outcome, row.CostNano }).ToListAsync(cancellationToken).ConfigureAwait(false);
        var outcomes = rows.GroupBy(row => (row.PolicyKey, row.RunId, IsHeld: row.Lane == nameof(Lane.Holdback)))
            .Select(group => (group.Key.PolicyKey, group.Key.IsHeld, Utility: group.First().Outcome!.Value - (options.CostWeight * group.Sum(row => row.CostNano) / 1e9))).ToList();
        return Meter(outcomes);
    }

    /// <summary>What share of the last seven days' steps a policy decides; null when there were none.</summary>
    /// <exception cref="AccessDenied">The actor may not read everybody's runs.</exception>
    public async Task<double?> ReachAsync(Actor actor, string key, CancellationToken cancellationToken)
    {
        Demand(actor, Permission.ReadRuns);
        ArgumentNullException.ThrowIfNull(key);
        PolicyContent.KindOf(key);
        var (parts, since) = (key.Split('/'), time.GetUtcNow().AddDays(-7));
        await using var db = scope.Open(actor.TenantId);
        var steps = db.Set<DecisionRow>().AsNoTracking().Where(row => row.At >= since && row.PolicyKey.StartsWith("route/"));
        var all = await steps.CountAsync(cancellationToken).ConfigureAwait(false);
        return all == 0 ? null : (double)await steps.CountAsync(row => row.Layer == parts[1] && row.TaskClass == parts[2], cancellationToken).ConfigureAwait(false) / all;
    }

    /// <summary>Whose doing a run's result was; null while nobody judged it.</summary>
    /// <exception cref="AccessDenied">The actor may not read everybody's runs.</exception>
    public async Task<RunCredit?> CreditAsync(Actor actor, Guid runId, CancellationToken cancellationToken)
    {
        Demand(actor, Permission.ReadRuns);
        await using var db = scope.Open(actor.TenantId);
        var row = await db.Set<RunCreditRow>().AsNoTracking().SingleOrDefaultAsync(row => row.RunId == runId, cancellationToken).ConfigureAwait(false);
        return row is null
            ? null
            : new RunCredit(row.RunId, System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(row.Rule), row.L2, row.L3, row.L4, row.Outcome, row.Channel, row.At);
    }

    internal static LearningMeter Meter(IReadOnlyList<(string Key, bool IsHeld, double Utility)> outcomes)
    {
        var sequence = new ConfidenceSequence();
        var (held, served) = (outcomes.Where(one => one.IsHeld).ToList(), outcomes.Count(one => !one.IsHeld));
        // Within one policy, so that a class that is easy is not compared with one that is hard.
        foreach (var group in outcomes.GroupBy(one => one.Key))
        {
            foreach (var (with, without) in group.Where(one => !one.IsHeld).Zip(group.Where(one => one.IsHeld)))
            {
                sequence.Add(Math.Clamp(with.Utility - without.Utility, -1, 1));
            }
        }
        var interval = sequence.Read();
        if (held.Count < PromotionGate.LeastPairs || interval.Count < PromotionGate.LeastPairs)
        {
            return new LearningMeter(served, held.Count, PromotionGate.LeastPairs, null, null, null, null);
        }
        var dayZero = held.Average(one => one.Utility);
        var unit = dayZero > 0 ? dayZero : 1;
        return new LearningMeter(served, held.Count, PromotionGate.LeastPairs, dayZero > 0 ? interval.Point / unit : null, interval.Point, interval.Low / unit, interval.High / unit);
    }

    private static string? WhyNot(Actor actor, Proposal proposal, DecideProposal decision, DateTimeOffset now)
    {
        if (!proposal.IsOpen || proposal.ExpiresAt <= now)
        {
            return proposal.IsOpen ? "It has expired." : $"It is {proposal.State}: there is nothing to approve.";
        }
        if (proposal.CreatedBy == actor.UserId)
        {
            return "Its author cannot approve it.";
        }
        // What is stored could have been changed past us: what a person saw is what is served, or nothing.
        if (PolicyContent.Hash(proposal.Key, proposal.BaseVersion, proposal.Content) is var hash && (hash != proposal.DiffHash || (decision.DiffHash is { } seen && seen != hash)))
        {
            return "Its content is not what was reviewed.";
        }
        try
        {
            PolicyContent.Read(PolicyContent.KindOf(proposal.Key), proposal.Content);
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
        return proposal.Gate is { IsOpen: true } || decision.Force
            ? null
            : "The gate is not open: replay has not shown yet that it is better. With force it is tried nevertheless, and rolled back by itself if it does harm.";
    }

    // A refusal comes back as a value: an exception inside the group would make the work of others in it run again, and its audit entry has to stay.
    private async Task<Proposal?> DecideAsync(Actor actor, Guid id, DecideProposal decision, Func<WriteBatch, Proposal, DateTimeOffset, string?> decide, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(decision);
        Demand(actor, Permission.EditEngine);
        if (string.IsNullOrWhiteSpace(decision.Reason) || decision.Reason.Length > LongestReason)
        {
            throw new ArgumentException($"reason: 1 to {LongestReason} characters.", nameof(decision));
        }
        var (found, refusal) = await writer.WriteAsync(
            actor.TenantId,
            batch =>
            {
                var now = Now();
                if (Lifecycle.Find(batch, actor.TenantId, id) is not { } proposal)
                {
                    return ((Proposal?)null, (string?)null);
                }
                var fault = decide(batch, proposal, now);
                if (fault is not null)
                {
                    AuditLog.Write(batch, actor, now, "learning.refused", id.ToString(), new { proposal.Key, reason = fault });
                }
                return (Lifecycle.Find(batch, actor.TenantId, id), fault);
            },
            cancellationToken).ConfigureAwait(false);
        return refusal is null ? found : throw new ProposalRefused(refusal);
    }

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private static void Demand(Actor actor, Permission permission)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.May(permission))
        {
            throw new AccessDenied(permission);
        }
    }
}
