using Hal9.Engine.Events;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Conversations;

/// <summary>Who wrote a message.</summary>
public enum MessageRole
{
    /// <summary>A person.</summary>
    User,

    /// <summary>The hierarchy.</summary>
    Assistant,
}

/// <summary>A message's state.</summary>
public enum MessageStatus
{
    /// <summary>Whole.</summary>
    Complete,

    /// <summary>Still being written; the text so far is with its run.</summary>
    Streaming,

    /// <summary>Stopped by a person; what had come is kept.</summary>
    Stopped,

    /// <summary>Ended by an error or a limit; what had come is kept.</summary>
    Failed,
}

internal sealed class ConversationRow : ITenantOwned
{
    public Guid Id { get; init; }
    public Guid TenantId { get; init; }
    public Guid UserId { get; init; }
    public required string Title { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }
    public DateTimeOffset? ArchivedAt { get; set; }
    public DateTimeOffset? PinnedAt { get; set; }
    public string? Folder { get; set; }

    /// <summary>A temporary chat: when its texts are removed.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>The message at the end of the branch last shown.</summary>
    public Guid? CurrentId { get; set; }

    /// <summary>What all its answers cost, of all branches; grows as each ends.</summary>
    public Usd Cost { get; init; }

    /// <summary>How many answers have ended.</summary>
    public int Answers { get; init; }

    /// <summary>How many of them failed.</summary>
    public int Failures { get; init; }

    /// <summary>How the newest of them ended.</summary>
    public RunStatus? LastStatus { get; init; }

    /// <summary>How deep it was.</summary>
    public RunMode? LastMode { get; init; }

    /// <summary>How many thumbs down its answers have; kept with the feedback.</summary>
    public int ThumbsDown { get; init; }

    /// <summary>How many judgements there are of its answers; kept with the feedback.</summary>
    public int Reviews { get; init; }
}

/// <summary>A label on a conversation.</summary>
internal sealed class ConversationTagRow : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid ConversationId { get; init; }
    public required string Tag { get; init; }
}

/// <summary>One row a message; siblings share a parent: an edit or a regenerate makes a sibling.</summary>
internal sealed class MessageRow : ITenantOwned
{
    public Guid Id { get; init; }
    public Guid TenantId { get; init; }
    public Guid ConversationId { get; init; }
    public Guid? ParentId { get; init; }
    public MessageRole Role { get; init; }
    public MessageStatus Status { get; set; }
    public required string Content { get; set; }
    public Guid? RunId { get; set; }
    public Provenance? Provenance { get; set; }
    public Usd Cost { get; set; }
    public string? Error { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
}

internal sealed class ConversationTables : IEntityTypeConfiguration<ConversationRow>, IEntityTypeConfiguration<ConversationTagRow>, IEntityTypeConfiguration<MessageRow>
{
    public void Configure(EntityTypeBuilder<ConversationRow> builder)
    {
        builder.ToTable("conversations");
        builder.HasKey(c => c.Id);
        builder.HasIndex(c => new { c.TenantId, c.UserId, c.UpdatedAt, c.Id });
        builder.HasIndex(c => c.ExpiresAt).HasFilter("expires_at IS NOT NULL");
        builder.HasIndex(c => new { c.TenantId, c.UpdatedAt, c.Id });
        builder.HasIndex(c => new { c.TenantId, c.Cost, c.Id });
        // Few of many: without these a list of them reads all conversations. SQLite prefers the index with the most columns that are compared.
        builder.HasIndex(c => new { c.TenantId, c.ExpiresAt, c.ArchivedAt, c.UpdatedAt, c.Id }, "ix_conversations_failures").HasFilter("failures > 0");
        builder.HasIndex(c => new { c.TenantId, c.ExpiresAt, c.ArchivedAt, c.UpdatedAt, c.Id }, "ix_conversations_thumbs_down").HasFilter("thumbs_down > 0");
        builder.HasIndex(c => new { c.TenantId, c.UpdatedAt, c.Id }, "ix_conversations_archived").HasFilter("archived_at IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<ConversationTagRow> builder)
    {
        builder.ToTable("conversation_tags");
        builder.HasKey(t => new { t.ConversationId, t.Tag });
        builder.HasIndex(t => new { t.TenantId, t.Tag });
    }

    public void Configure(EntityTypeBuilder<MessageRow> builder)
    {
        builder.ToTable("messages");
        builder.HasKey(m => m.Id);
        builder.TextsLast(nameof(MessageRow.Error), nameof(MessageRow.Content));
        builder.HasIndex(m => new { m.ConversationId, m.Id });
    }
}
