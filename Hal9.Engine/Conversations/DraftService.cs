using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Conversations;

/// <summary>What somebody typed and did not send yet.</summary>
/// <param name="Text">The text.</param>
/// <param name="UpdatedAt">When it was kept (UTC).</param>
public sealed record Draft(string Text, DateTimeOffset UpdatedAt);

/// <summary>The door to drafts: one per person and conversation, so that what was typed is there on the next device too.</summary>
public sealed class DraftService
{
    private const int MostText = 100_000;
    private readonly TenantScope scope;
    private readonly Writer writer;
    private readonly TimeProvider time;

    internal DraftService(TenantScope scope, Writer writer, TimeProvider time) => (this.scope, this.writer, this.time) = (scope, writer, time);

    /// <summary>The actor's draft in a conversation; null: of a new one.</summary>
    public async Task<Draft?> FindAsync(Actor actor, Guid? conversationId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var id = conversationId ?? Guid.Empty;
        await using var db = scope.Open(actor.TenantId);
        return await db.Set<DraftRow>().AsNoTracking().Where(d => d.UserId == actor.UserId && d.ConversationId == id).Select(d => new Draft(d.Text, d.UpdatedAt))
            .SingleOrDefaultAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Keeps a draft in the place of the one before; an empty one is forgotten.</summary>
    /// <exception cref="AccessDenied">The actor may not chat.</exception>
    /// <exception cref="ArgumentException">The text is longer than a message may be.</exception>
    public Task SaveAsync(Actor actor, Guid? conversationId, string text, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(text);
        if (!actor.May(Permission.UseRuns))
        {
            throw new AccessDenied(Permission.UseRuns);
        }
        if (text.Length > MostText)
        {
            throw new ArgumentException($"A draft has at most {MostText} characters.", nameof(text));
        }
        SqlParameter tenant = ("@tenant", actor.TenantId);
        SqlParameter user = ("@user", actor.UserId);
        SqlParameter conversation = ("@conversation", conversationId ?? Guid.Empty);
        return writer.WriteAsync(
            actor.TenantId,
            batch => text.Length == 0
                ? batch.Execute(DraftStatements.Delete, tenant, user, conversation)
                : batch.Execute(DraftStatements.Put, tenant, user, conversation, ("@text", text), ("@now", time.GetUtcNow().ToUnixTimeMilliseconds())),
            cancellationToken);
    }
}

/// <summary>A draft as stored; without a conversation: <see cref="Guid.Empty"/>.</summary>
internal sealed class DraftRow : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid UserId { get; init; }
    public Guid ConversationId { get; init; }
    public required string Text { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

internal sealed class DraftTables : IEntityTypeConfiguration<DraftRow>
{
    public void Configure(EntityTypeBuilder<DraftRow> builder)
    {
        builder.ToTable("drafts");
        builder.HasKey(d => new { d.TenantId, d.UserId, d.ConversationId });
    }
}
