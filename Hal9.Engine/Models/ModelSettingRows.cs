using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Models;

/// <summary>A provider that was set in the console. It belongs to the instance, as those of the configuration do.</summary>
public sealed class StoredProvider
{
    /// <summary>Its name, in lower case.</summary>
    public required string Name { get; init; }

    /// <summary>Its kind.</summary>
    public ProviderKind Kind { get; set; }

    /// <summary>Its address; null: its vendor's own.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>Its key, protected (<see cref="Storage.ISecrets"/>); null: it has none.</summary>
    public string? ProtectedKey { get; set; }

    /// <summary>The models that may be used, JSON array; empty: any name passes through.</summary>
    public string Models { get; set; } = "[]";

    /// <summary>When it was last changed (UTC).</summary>
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>By whom.</summary>
    public Guid UpdatedBy { get; set; }
}

/// <summary>The model of a tier, as it was set in the console.</summary>
public sealed class StoredTier
{
    /// <summary>Which tier.</summary>
    public ModelTier Tier { get; init; }

    /// <summary><c>provider/model</c>.</summary>
    public required string Model { get; set; }

    /// <summary>When it was last changed (UTC).</summary>
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>By whom.</summary>
    public Guid UpdatedBy { get; set; }
}

internal sealed class ModelSettingTables : IEntityTypeConfiguration<StoredProvider>, IEntityTypeConfiguration<StoredTier>
{
    public void Configure(EntityTypeBuilder<StoredProvider> builder)
    {
        builder.ToTable("provider_settings");
        builder.HasKey(provider => provider.Name);
    }

    public void Configure(EntityTypeBuilder<StoredTier> builder)
    {
        builder.ToTable("tier_settings");
        builder.HasKey(tier => tier.Tier);
    }
}
