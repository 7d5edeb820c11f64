using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;

namespace Hal9.Engine.Conversations;

/// <summary>Writes a run's answer into the message that it answers, in the transaction that ends the run.</summary>
internal sealed class MessageEndWriter : IRunEndWriter
{
    public void Write(WriteBatch batch, RunRow run, RunEnding ending, Usd cost, Provenance provenance, DateTimeOffset at)
    {
        if (run.MessageId is not { } message)
        {
            return;
        }
        var status = ending.Status switch
        {
            RunStatus.Succeeded => MessageStatus.Complete,
            RunStatus.Cancelled => MessageStatus.Stopped,
            _ => MessageStatus.Failed,
        };
        batch.Execute(
            ConversationStatements.EndMessage,
            ("@content", ending.Answer ?? ""), ("@status", status.ToString()), ("@provenance", provenance.ToString()), ("@cost", cost.Nano),
            ("@error", ending.Error), ("@id", message), ("@tenant", run.TenantId));
        if (run.ConversationId is not { } conversation)
        {
            return;
        }
        batch.Execute(
            ConversationStatements.CountAnswer,
            ("@cost", cost.Nano), ("@failed", ending.Status is RunStatus.Failed ? 1 : 0), ("@status", ending.Status.ToString()), ("@mode", run.Mode.ToString()), ("@id", conversation),
            ("@tenant", run.TenantId));
        if (!run.IsTemporary)
        {
            MessageIndex.Add(batch, run.TenantId, run.UserId, conversation, message, ending.Answer ?? "");
        }
    }
}
