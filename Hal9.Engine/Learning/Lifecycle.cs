using System.Globalization;
using System.Text.Json;
using Hal9.Engine.Audit;
using Hal9.Engine.Learning.Statistics;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;

namespace Hal9.Engine.Learning;

/// <summary>Which versions of a policy are served, as stored.</summary>
internal sealed record PolicyHead(int Active, Guid? ActiveProposal, int? Canary, Guid? CanaryProposal, double Share, DateTimeOffset Since, int Previous)
{
    public static PolicyHead Read(SqlRow row) => new(
        (int)row.GetInt64(0), row.IsDBNull(1) ? null : row.GetGuid(1), row.IsDBNull(2) ? null : (int)row.GetInt64(2), row.IsDBNull(3) ? null : row.GetGuid(3), row.GetDouble(4),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)), (int)row.GetInt64(6));
}

/// <summary>
/// Moves what was approved: canary stages, promotion, rollback. Each move is one switch of a head row with its audit entry, in the transaction of the outcome or the decision that
/// caused it, so that after a crash there is exactly one served version and no move is half done.
/// </summary>
internal sealed class Lifecycle(PolicyBook book, LearningOptions options)
{
    /// <summary>Shares of the episodes that try a change, one stage after the other.</summary>
    public static readonly double[] Stages = [0.05, 0.25, 0.5];

    /// <summary>Looks at what is on trial, or was promoted, after an outcome.</summary>
    public void Advance(WriteBatch batch, Guid tenantId, string key, DateTimeOffset now)
    {
        if (!batch.First(LearningStatements.Head, PolicyHead.Read, out var head, ("@tenant", tenantId), ("@key", key)) || head is null)
        {
            return;
        }
        var (version, proposalId, lane) = head.Canary is { } canary ? (canary, head.CanaryProposal, Lane.Canary) : (head.Active, head.ActiveProposal, Lane.Active);
        if (proposalId is not { } id || Find(batch, tenantId, id) is not { } proposal)
        {
            return;
        }
        var (measure, harmed) = Measure(batch, tenantId, key, version, lane, head.Since, proposal.StageSince ?? head.Since, out var inStage);
        var text = JsonSerializer.Serialize(measure, Proposal.Json);
        if (harmed is not null)
        {
            RollBack(batch, Machine(tenantId), proposal, head, harmed, text, now);
        }
        else if (lane == Lane.Canary && inStage >= options.StageOutcomes && measure.HeldOut >= PromotionGate.LeastPairs && measure.Mean >= 0)
        {
            Next(batch, tenantId, proposal, head, text, now);
        }
        else
        {
            batch.Execute(LearningStatements.SaveMeasured, ("@measured", text), ("@id", id), ("@tenant", tenantId));
        }
    }

    /// <summary>Puts an approved proposal on trial.</summary>
    /// <returns>Why not; null: it is.</returns>
    public string? Try(WriteBatch batch, Actor actor, Proposal proposal, string reason, bool forced, DateTimeOffset now)
    {
        batch.First(LearningStatements.Head, PolicyHead.Read, out var found, ("@tenant", actor.TenantId), ("@key", proposal.Key));
        var head = found ?? new PolicyHead(0, null, null, null, 0, now, 0);
        if (head.Canary is not null)
        {
            return "Another change of this policy is on trial; one at a time, or nobody knows which of them did it.";
        }
        if (head.Active != proposal.BaseVersion)
        {
            return string.Create(CultureInfo.InvariantCulture, $"The policy is at version {head.Active} now and this changes version {proposal.BaseVersion}: it needs to be proposed anew.");
        }
        var version = (int)(batch.Number(LearningStatements.LastVersion, ("@tenant", actor.TenantId), ("@key", proposal.Key)) ?? 0) + 1;
        batch.Execute(
            LearningStatements.InsertPolicy, ("@tenant", actor.TenantId), ("@key", proposal.Key), ("@version", version), ("@content", proposal.Content), ("@proposal", proposal.Id), ("@by", actor.UserId),
            ("@now", now.ToUnixTimeMilliseconds()));
        Put(batch, actor.TenantId, proposal.Key, head with { Canary = version, CanaryProposal = proposal.Id, Share = Stages[0], Since = now });
        batch.Execute(
            LearningStatements.DecideProposal, ("@state", nameof(ProposalState.Canary)), ("@reviewer", actor.UserId), ("@now", now.ToUnixTimeMilliseconds()), ("@reason", reason), ("@forced", forced ? 1 : 0),
            ("@share", Stages[0]), ("@version", version), ("@id", proposal.Id), ("@tenant", actor.TenantId));
        AuditLog.Write(batch, actor, now, "learning.approve", proposal.Id.ToString(), new { proposal.Key, version, proposal.DiffHash, reason, forced });
        return null;
    }

    /// <summary>Takes a proposal back that is on trial or promoted.</summary>
    /// <returns>Why not; null: it is.</returns>
    public string? RollBack(WriteBatch batch, Actor actor, Proposal proposal, string reason, DateTimeOffset now)
    {
        if (!batch.First(LearningStatements.Head, PolicyHead.Read, out var head, ("@tenant", actor.TenantId), ("@key", proposal.Key)) || (head!.CanaryProposal != proposal.Id && head.ActiveProposal != proposal.Id))
        {
            return "It is not served: there is nothing to take back.";
        }
        RollBack(batch, actor, proposal, head, reason, proposal.Measured is null ? null : JsonSerializer.Serialize(proposal.Measured, Proposal.Json), now);
        return null;
    }

    public static Proposal? Find(WriteBatch batch, Guid tenantId, Guid id) =>
        batch.First(LearningStatements.Proposal, Proposal.Read, out var proposal, ("@id", id), ("@tenant", tenantId)) ? proposal : null;

    /// <summary>What the console does by itself is done by nobody: the empty id.</summary>
    public static Actor Machine(Guid tenantId) => new(tenantId, Guid.Empty, Role.Admin);

    private void RollBack(WriteBatch batch, Actor actor, Proposal proposal, PolicyHead head, string reason, string? measured, DateTimeOffset now)
    {
        var onTrial = head.CanaryProposal == proposal.Id;
        Put(
            batch, actor.TenantId, proposal.Key,
            onTrial ? head with { Canary = null, CanaryProposal = null, Share = 0, Since = now } : head with { Active = head.Previous, ActiveProposal = null, Previous = 0, Since = now });
        batch.Execute(
            LearningStatements.MoveProposal, ("@state", nameof(ProposalState.RolledBack)), ("@share", 0.0), ("@now", now.ToUnixTimeMilliseconds()), ("@measured", measured), ("@reason", reason), ("@id", proposal.Id),
            ("@tenant", actor.TenantId));
        AuditLog.Write(batch, actor, now, "learning.rollback", proposal.Id.ToString(), new { proposal.Key, version = proposal.VersionAfter, to = onTrial ? head.Active : head.Previous, reason });
    }

    private void Next(WriteBatch batch, Guid tenantId, Proposal proposal, PolicyHead head, string measured, DateTimeOffset now)
    {
        var stage = Array.IndexOf(Stages, head.Share) + 1;
        var promotes = stage >= Stages.Length;
        Put(
            batch, tenantId, proposal.Key,
            promotes ? new PolicyHead(head.Canary!.Value, proposal.Id, null, null, 0, head.Since, head.Active) : head with { Share = Stages[stage] });
        var share = promotes ? 1 - Assignment.HoldbackShare : Stages[stage];
        batch.Execute(
            LearningStatements.MoveProposal, ("@state", promotes ? nameof(ProposalState.Promoted) : nameof(ProposalState.Canary)), ("@share", share), ("@now", now.ToUnixTimeMilliseconds()),
            ("@measured", measured), ("@reason", (string?)null), ("@id", proposal.Id), ("@tenant", tenantId));
        AuditLog.Write(batch, Machine(tenantId), now, promotes ? "learning.promote" : "learning.stage", proposal.Id.ToString(), new { proposal.Key, version = head.Canary, share });
    }

    private void Put(WriteBatch batch, Guid tenantId, string key, PolicyHead head)
    {
        batch.Execute(
            LearningStatements.PutHead, ("@tenant", tenantId), ("@key", key), ("@active", head.Active), ("@activeProposal", head.ActiveProposal), ("@canary", head.Canary), ("@canaryProposal", head.CanaryProposal),
            ("@share", head.Share), ("@since", head.Since.ToUnixTimeMilliseconds()), ("@previous", head.Previous));
        batch.OnCommitted(() => book.Forget(tenantId));
    }

    /// <summary>The k-th outcome with the change against the k-th on day 0: they are not pairs of one prompt, so only their order joins them.</summary>
    private (ProposalMeasure Measure, string? Harmed) Measure(WriteBatch batch, Guid tenantId, string key, int version, Lane lane, DateTimeOffset since, DateTimeOffset stageSince, out int inStage)
    {
        List<Compared> Of(DateTimeOffset from) => batch.Query(
            LearningStatements.Compared,
            row => new Compared(row.GetString(1) != nameof(Lane.Holdback), row.GetDouble(2) - (options.CostWeight * row.GetInt64(3) / 1e9), row.GetInt64(4) == 1),
            ("@tenant", tenantId), ("@key", key), ("@since", from.ToUnixTimeMilliseconds()), ("@lane", lane.ToString()), ("@version", version));
        var all = Of(since);
        var (served, held) = (all.FindAll(one => one.IsServed), all.FindAll(one => !one.IsServed));
        // The outcome that opened the stage may be of the same millisecond, and belongs to the one before.
        inStage = stageSince <= since ? served.Count : Of(stageSince.AddMilliseconds(1)).Count(one => one.IsServed);
        var (harm, sequence) = (new HarmProcess(), new ConfidenceSequence());
        for (var k = 0; k < Math.Min(served.Count, held.Count); k++)
        {
            var difference = Math.Clamp(served[k].Utility - held[k].Utility, -1, 1);
            harm.Add(difference);
            sequence.Add(difference);
        }
        var interval = sequence.Read();
        var harmed = harm.Harms ? string.Create(CultureInfo.InvariantCulture, $"Rolled back by itself: the evidence of harm reached {harm.Value:0} after {harm.Count} outcomes.")
            : Wilson.Trips(served.Count(one => one.Failed), served.Count, held.Count(one => one.Failed), held.Count) ? "Rolled back by itself: more of its steps fail than without it."
            : null;
        return (new ProposalMeasure(served.Count, held.Count, interval.Point, interval.Low, interval.High, harm.Value), harmed);
    }

    private readonly record struct Compared(bool IsServed, double Utility, bool Failed);
}
