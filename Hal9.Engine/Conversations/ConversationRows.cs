using Hal9.Engine.Events;
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
        builder.HasIndex(c => new { c.TenantId, c.UserId, c.UpdatedAt });
        builder.HasIndex(c => c.ExpiresAt);
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
        builder.HasIndex(m => new { m.ConversationId, m.Id });
    }
}
