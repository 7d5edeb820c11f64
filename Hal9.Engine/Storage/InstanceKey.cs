using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Storage;

/// <summary>A key of this instance (token signing, anchors), protected by <see cref="ISecrets"/>. Belongs to no tenant.</summary>
public sealed class InstanceKey
{
    /// <summary>What for: <c>anchors</c>, <c>tokens</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The protected key.</summary>
    public required string Value { get; set; }

    /// <summary>When it was made (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

internal sealed class StorageTables : IEntityTypeConfiguration<InstanceKey>
{
    public void Configure(EntityTypeBuilder<InstanceKey> builder)
    {
        builder.ToTable("instance_keys");
        builder.HasKey(key => key.Name);
    }
}
