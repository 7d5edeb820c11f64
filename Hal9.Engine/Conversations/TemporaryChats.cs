using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Conversations;

/// <summary>Ends temporary chats: takes every text of them out of the database and leaves what they cost.</summary>
internal sealed class TemporaryChats(TenantScope scope, Writer writer, TimeProvider time)
{
    /// <summary>How long the texts stay after the last message.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private const string Removed = "(a temporary chat; its texts are removed)";
    private const int AtOnce = 200;

    /// <summary>Ends those of all tenants whose time is over.</summary>
    /// <returns>How many.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        await using var db = scope.System("temporary chats of every tenant end by the clock");
        var now = time.GetUtcNow();
        var due = await db.Set<ConversationRow>().AsNoTracking().Where(c => c.ExpiresAt != null && c.ExpiresAt <= now).OrderBy(c => c.Id).Take(AtOnce)
            .Select(c => new { c.TenantId, c.Id }).ToListAsync(cancellationToken).ConfigureAwait(false);
        var ended = 0;
        foreach (var chat in due)
        {
            ended += await EndAsync(chat.TenantId, chat.Id, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }
        return ended;
    }

    /// <summary>Ends one now.</summary>
    /// <returns>False while an answer is being written: a run at work needs its texts.</returns>
    public Task<bool> EndAsync(Guid tenantId, Guid conversationId, CancellationToken cancellationToken) => writer.WriteAsync(
        tenantId,
        batch =>
        {
            SqlParameter tenant = ("@tenant", tenantId);
            SqlParameter conversation = ("@conversation", conversationId);
            if (batch.Number(TemporaryStatements.AtWork, tenant, conversation) > 0 || batch.Execute(TemporaryStatements.Conversation, tenant, conversation) == 0)
            {
                return false;
            }
            batch.Execute(TemporaryStatements.Calls, tenant, conversation);
            batch.Execute(TemporaryStatements.Steps, tenant, conversation, ("@removed", Removed));
            batch.Execute(TemporaryStatements.Events, tenant, conversation);
            batch.Execute(TemporaryStatements.Feedback, tenant, conversation);
            batch.Execute(TemporaryStatements.Files, tenant, conversation);
            batch.Execute(TemporaryStatements.FileLinks, tenant, conversation);
            batch.Execute(TemporaryStatements.Messages, tenant, conversation);
            batch.Execute(TemporaryStatements.Tags, tenant, conversation);
            batch.Execute(TemporaryStatements.Drafts, tenant, conversation);
            // Last: the others find their rows by it.
            batch.Execute(TemporaryStatements.Runs, tenant, conversation, ("@removed", Removed));
            return true;
        },
        cancellationToken);
}
