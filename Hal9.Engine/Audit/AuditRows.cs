using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Audit;

/// <summary>An act as stored: append-only, chained by hash per tenant.</summary>
internal sealed class AuditRow : ITenantOwned
{
    public Guid TenantId { get; init; }
    public long Seq { get; init; }
    public DateTimeOffset At { get; init; }
    public Guid UserId { get; init; }
    public Guid? KeyId { get; init; }
    public required string Action { get; init; }
    public required string Target { get; init; }

    /// <summary>What was done, JSON.</summary>
    public required string Detail { get; init; }
    public required string PrevHash { get; init; }
    public required string Hash { get; init; }
}

/// <summary>The end of a tenant's chain.</summary>
internal sealed class AuditHeadRow : ITenantOwned
{
    public Guid TenantId { get; init; }
    public long Seq { get; init; }
    public required string Hash { get; init; }
}

internal sealed class AuditTables : IEntityTypeConfiguration<AuditRow>, IEntityTypeConfiguration<AuditHeadRow>
{
    public void Configure(EntityTypeBuilder<AuditRow> builder)
    {
        builder.ToTable("audit_log");
        builder.HasKey(row => new { row.TenantId, row.Seq });
    }

    public void Configure(EntityTypeBuilder<AuditHeadRow> builder)
    {
        builder.ToTable("audit_heads");
        builder.HasKey(head => head.TenantId);
    }
}
