using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Learning;

/// <summary>What somebody or some test said about a result, as stored.</summary>
internal sealed class FeedbackRow : ITenantOwned
{
    public Guid Id { get; init; }
    public Guid TenantId { get; init; }
    public Guid UserId { get; init; }
    public Guid RunId { get; init; }

    /// <summary>The step; <see cref="Guid.Empty"/>: the run's answer. Not null, so that the unique index holds for answers too.</summary>
    public Guid StepId { get; init; }
    public FeedbackKind Kind { get; init; }
    public double? Number { get; set; }
    public string? Text { get; set; }
    public string? Comment { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>1: it counts for learning. 0: its giver had given too many that day. A number, since the two databases have no boolean in common.</summary>
    public int Counted { get; init; }
}

internal sealed class FeedbackTables : IEntityTypeConfiguration<FeedbackRow>
{
    public void Configure(EntityTypeBuilder<FeedbackRow> builder)
    {
        builder.ToTable("feedback");
        builder.HasKey(row => row.Id);
        builder.HasIndex(row => new { row.TenantId, row.RunId, row.StepId, row.UserId, row.Kind }).IsUnique();
    }
}
