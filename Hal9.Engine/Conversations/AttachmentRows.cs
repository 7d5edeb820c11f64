using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Conversations;

/// <summary>What a file is, found out from its content.</summary>
public enum AttachmentKind
{
    /// <summary>Plain text.</summary>
    Text,

    /// <summary>Markdown.</summary>
    Markdown,

    /// <summary>Source code or data as text.</summary>
    Code,

    /// <summary>A PDF; its text is taken out.</summary>
    Pdf,

    /// <summary>A PNG, JPEG, GIF or WebP image, for models that take images.</summary>
    Image,
}

/// <summary>A file as stored. It is not changed any more; messages link to it, so that an edited question keeps its files.</summary>
internal sealed class AttachmentRow : ITenantOwned
{
    public Guid Id { get; init; }
    public Guid TenantId { get; init; }
    public Guid UserId { get; init; }

    /// <summary>The conversation in whose draft it waits; <see cref="Guid.Empty"/>: a new one. Null once it was sent.</summary>
    public Guid? DraftOf { get; set; }
    public required string Name { get; init; }
    public AttachmentKind Kind { get; init; }
    public required string MediaType { get; init; }
    public long Size { get; init; }

    /// <summary>What models get of it; null for an image.</summary>
    public string? Text { get; init; }
    public required byte[] Content { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>That a message has a file.</summary>
internal sealed class MessageAttachmentRow : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid ConversationId { get; init; }
    public Guid MessageId { get; init; }
    public Guid AttachmentId { get; init; }
}

internal sealed class AttachmentTables : IEntityTypeConfiguration<AttachmentRow>, IEntityTypeConfiguration<MessageAttachmentRow>
{
    public void Configure(EntityTypeBuilder<AttachmentRow> builder)
    {
        builder.ToTable("attachments");
        builder.HasKey(a => a.Id);
        builder.HasIndex(a => new { a.TenantId, a.UserId, a.DraftOf });
    }

    public void Configure(EntityTypeBuilder<MessageAttachmentRow> builder)
    {
        builder.ToTable("message_attachments");
        builder.HasKey(a => new { a.MessageId, a.AttachmentId });
        builder.HasIndex(a => a.ConversationId);
        builder.HasIndex(a => a.AttachmentId);
    }
}
