using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Desk;

/// <summary>A view of a list that somebody named.</summary>
internal sealed class SavedViewRow : ITenantOwned
{
    public Guid Id { get; init; }
    public Guid TenantId { get; init; }
    public Guid UserId { get; init; }

    /// <summary>The list, by the path of its page without the slash: <c>runs</c>.</summary>
    public required string Page { get; init; }
    public required string Name { get; init; }

    /// <summary>The address after the path: filters, sort, columns.</summary>
    public required string Query { get; set; }
    public bool IsShared { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A notice that somebody has read; without a run: all notices up to that moment.</summary>
internal sealed class NoticeReadRow : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid UserId { get; init; }

    /// <summary>The run that the notice is about; <see cref="Guid.Empty"/>: all.</summary>
    public Guid RunId { get; init; }
    public DateTimeOffset At { get; set; }
}

internal sealed class DeskTables : IEntityTypeConfiguration<SavedViewRow>, IEntityTypeConfiguration<NoticeReadRow>
{
    public void Configure(EntityTypeBuilder<SavedViewRow> builder)
    {
        builder.ToTable("saved_views");
        builder.HasKey(view => view.Id);
        builder.HasIndex(view => new { view.TenantId, view.Page, view.UserId, view.Name }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<NoticeReadRow> builder)
    {
        builder.ToTable("notice_reads");
        builder.HasKey(read => new { read.TenantId, read.UserId, read.RunId });
    }
}
