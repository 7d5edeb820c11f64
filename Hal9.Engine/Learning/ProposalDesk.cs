using System.Text.Json;
using Hal9.Engine.Audit;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;

namespace Hal9.Engine.Learning;

/// <summary>Writes proposals, whoever they are from, with the same checks.</summary>
internal static class ProposalDesk
{
    // Each open proposal of a policy makes the next one's gate harder.
    private const int MostOpen = 5;
    private static readonly TimeSpan NotAgain = TimeSpan.FromDays(30);

    /// <returns>The proposal, or why there is none.</returns>
    public static (Proposal? Made, string? Fault) Write(WriteBatch batch, Actor actor, string key, PolicyContent content, ProposalEvidence evidence, int days, DateTimeOffset now)
    {
        batch.Execute(LearningStatements.ExpireProposals, ("@tenant", actor.TenantId), ("@now", now.ToUnixTimeMilliseconds()));
        batch.First(LearningStatements.Head, PolicyHead.Read, out var head, ("@tenant", actor.TenantId), ("@key", key));
        var version = head?.Active ?? 0;
        var text = content.Write();
        var hash = PolicyContent.Hash(key, version, text);
        if (batch.Number(LearningStatements.OpenProposals, ("@tenant", actor.TenantId), ("@key", key)) >= MostOpen)
        {
            return (null, $"{MostOpen} proposals for {key} wait for a decision; more do not help.");
        }
        if (batch.Number(LearningStatements.SameProposals, ("@tenant", actor.TenantId), ("@hash", hash), ("@since", (now - NotAgain).ToUnixTimeMilliseconds())) > 0)
        {
            return (null, "The same change was proposed before, less than 30 days ago.");
        }
        var id = Guid.CreateVersion7(now);
        var before = version == 0 ? null : batch.Text(LearningStatements.Content, ("@tenant", actor.TenantId), ("@key", key), ("@version", version));
        batch.Execute(
            LearningStatements.InsertProposal,
            ("@id", id), ("@tenant", actor.TenantId), ("@kind", PolicyContent.KindOf(key).ToString()), ("@key", key), ("@state", nameof(ProposalState.Draft)), ("@base", version), ("@content", text),
            ("@before", before), ("@hash", hash), ("@evidence", JsonSerializer.Serialize(evidence, Proposal.Json)), ("@by", actor.UserId), ("@now", now.ToUnixTimeMilliseconds()),
            ("@expires", now.AddDays(days).ToUnixTimeMilliseconds()));
        AuditLog.Write(batch, actor, now, "learning.propose", id.ToString(), new { key, baseVersion = version, hash, evidence.Source, evidence.Failures });
        return (Lifecycle.Find(batch, actor.TenantId, id), null);
    }
}
