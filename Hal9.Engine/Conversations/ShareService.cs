using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Conversations;

/// <summary>A link under which others in the tenant may read a branch.</summary>
/// <param name="Id">Its id: the address.</param>
/// <param name="ConversationId">The conversation.</param>
/// <param name="Title">The conversation's title.</param>
/// <param name="UserId">Who shared it.</param>
/// <param name="LeafId">The last message that is shown.</param>
/// <param name="CreatedAt">When it was shared (UTC).</param>
/// <param name="RevokedAt">When it was revoked (UTC).</param>
public sealed record SharedLink(Guid Id, Guid ConversationId, string Title, Guid UserId, Guid LeafId, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);

/// <summary>What is read under a link.</summary>
/// <param name="Title">The conversation's title.</param>
/// <param name="SharedAt">When it was shared (UTC).</param>
/// <param name="Branch">The messages up to the one that was last then.</param>
public sealed record SharedConversation(string Title, DateTimeOffset SharedAt, IReadOnlyList<MessageView> Branch);

/// <summary>
/// The door to sharing. A link shows one branch up to the message that was last when it was made, read-only, to everybody in the tenant who is signed in;
/// never what is said afterwards or in other branches.
/// </summary>
public sealed class ShareService
{
    private const int MostLinks = 500;
    private readonly TenantScope scope;
    private readonly TimeProvider time;

    internal ShareService(TenantScope scope, TimeProvider time) => (this.scope, this.time) = (scope, time);

    /// <summary>Shares the branch up to a message; the same branch has one link.</summary>
    /// <exception cref="KeyNotFoundException">There is no such conversation or message that is the actor's.</exception>
    /// <exception cref="ArgumentException">It is a temporary chat, or its answer is still being written.</exception>
    public async Task<SharedLink> ShareAsync(Actor actor, Guid conversationId, Guid leafId, CancellationToken cancellationToken)
    {
        Check(actor, Permission.UseRuns);
        await using var db = scope.Open(actor.TenantId);
        var conversation = await db.Set<ConversationRow>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == conversationId && c.UserId == actor.UserId, cancellationToken).ConfigureAwait(false);
        var leaf = await db.Set<MessageRow>().AsNoTracking().SingleOrDefaultAsync(m => m.Id == leafId && m.ConversationId == conversationId, cancellationToken).ConfigureAwait(false);
        if (conversation is null || leaf is null)
        {
            throw new KeyNotFoundException($"There is no message {leafId} in a conversation {conversationId} of yours.");
        }
        if (conversation.ExpiresAt is not null)
        {
            throw new ArgumentException("A temporary chat cannot be shared: its texts will be removed.", nameof(conversationId));
        }
        if (leaf.Status == MessageStatus.Streaming)
        {
            throw new ArgumentException("The answer is still being written: share it when it is complete.", nameof(leafId));
        }
        var row = await db.Set<ShareRow>().SingleOrDefaultAsync(s => s.LeafId == leafId && s.RevokedAt == null, cancellationToken).ConfigureAwait(false);
        if (row is null)
        {
            // Random and not by time: who knows one link cannot guess the next.
            row = new ShareRow { Id = Guid.NewGuid(), TenantId = actor.TenantId, UserId = actor.UserId, ConversationId = conversationId, LeafId = leafId, CreatedAt = time.GetUtcNow() };
            db.Add(row);
            await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        }
        return Show(row, conversation.Title);
    }

    /// <summary>The links that are not revoked, newest first: the actor's own; for who manages people, all of the tenant.</summary>
    public async Task<IReadOnlyList<SharedLink>> ListAsync(Actor actor, Guid? conversationId, CancellationToken cancellationToken)
    {
        Check(actor, Permission.ReadEngine);
        var everybodys = actor.May(Permission.ManagePeople);
        await using var db = scope.Open(actor.TenantId);
        var rows = await (
            from share in db.Set<ShareRow>().AsNoTracking()
            join c in db.Set<ConversationRow>().AsNoTracking() on share.ConversationId equals c.Id
            where share.RevokedAt == null && (everybodys || share.UserId == actor.UserId) && (conversationId == null || share.ConversationId == conversationId)
            orderby share.CreatedAt descending, share.Id descending
            select new { Share = share, c.Title }).Take(MostLinks).ToListAsync(cancellationToken).ConfigureAwait(false);
        return rows.ConvertAll(row => Show(row.Share, row.Title));
    }

    /// <summary>Revokes a link: from now on nobody reads under it.</summary>
    /// <exception cref="KeyNotFoundException">There is no such link, or it is not the actor's to revoke.</exception>
    public Task RevokeAsync(Actor actor, Guid id, CancellationToken cancellationToken) => ChangeAsync(actor, id, time.GetUtcNow(), cancellationToken);

    /// <summary>Undoes <see cref="RevokeAsync"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is no such link, or it is not the actor's to restore.</exception>
    public Task RestoreAsync(Actor actor, Guid id, CancellationToken cancellationToken) => ChangeAsync(actor, id, null, cancellationToken);

    /// <summary>What a link shows; null when there is none of that id in the tenant, or it is revoked.</summary>
    public async Task<SharedConversation?> OpenAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        Check(actor, Permission.ReadEngine);
        await using var db = scope.Open(actor.TenantId);
        var share = await db.Set<ShareRow>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == id && s.RevokedAt == null, cancellationToken).ConfigureAwait(false);
        if (share is null || await db.Set<ConversationRow>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == share.ConversationId, cancellationToken).ConfigureAwait(false) is not { } conversation)
        {
            return null;
        }
        var messages = await db.Set<MessageRow>().AsNoTracking().Where(m => m.ConversationId == share.ConversationId).OrderBy(m => m.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
        return new SharedConversation(conversation.Title, share.CreatedAt, new MessageTree(messages).PathTo(share.LeafId));
    }

    private async Task ChangeAsync(Actor actor, Guid id, DateTimeOffset? revokedAt, CancellationToken cancellationToken)
    {
        Check(actor, Permission.ReadEngine);
        var everybodys = actor.May(Permission.ManagePeople);
        await using var db = scope.Open(actor.TenantId);
        var row = await db.Set<ShareRow>().SingleOrDefaultAsync(s => s.Id == id && (everybodys || s.UserId == actor.UserId), cancellationToken).ConfigureAwait(false)
            ?? throw new KeyNotFoundException($"There is no link {id}.");
        row.RevokedAt = revokedAt;
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
    }

    private static SharedLink Show(ShareRow row, string title) => new(row.Id, row.ConversationId, title, row.UserId, row.LeafId, row.CreatedAt, row.RevokedAt);

    private static void Check(Actor actor, Permission permission)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.May(permission))
        {
            throw new AccessDenied(permission);
        }
    }
}

/// <summary>A link as stored.</summary>
internal sealed class ShareRow : ITenantOwned
{
    public Guid Id { get; init; }
    public Guid TenantId { get; init; }
    public Guid UserId { get; init; }
    public Guid ConversationId { get; init; }
    public Guid LeafId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }
}

internal sealed class ShareTables : IEntityTypeConfiguration<ShareRow>
{
    public void Configure(EntityTypeBuilder<ShareRow> builder)
    {
        builder.ToTable("shares");
        builder.HasKey(s => s.Id);
        builder.HasIndex(s => new { s.TenantId, s.UserId, s.CreatedAt });
        builder.HasIndex(s => s.ConversationId);
    }
}
