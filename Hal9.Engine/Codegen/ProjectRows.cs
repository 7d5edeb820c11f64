using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Events;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Codegen;

/// <summary>A project as stored.</summary>
internal sealed class ProjectRow : ITenantOwned
{
    public Guid Id { get; init; }
    public Guid TenantId { get; init; }
    public Guid UserId { get; init; }
    public Guid? KeyId { get; init; }
    public required string Brief { get; set; }

    /// <summary>A few words; the beginning of the request until the intake has found better ones.</summary>
    public required string Title { get; set; }
    public ProjectKind Kind { get; init; }
    public ProjectApproval Approval { get; init; }
    public ProjectPhase Phase { get; set; }
    public ProjectStatus Status { get; set; }
    public Verdict? Verdict { get; set; }

    /// <summary>Why it stopped, failed, or got no better verdict.</summary>
    public string? Reason { get; set; }

    /// <summary>The run that works on it, or worked on it last.</summary>
    public Guid? RunId { get; set; }

    /// <summary>All its runs, oldest first: JSON array of ids.</summary>
    public string RunIds { get; set; } = "[]";

    /// <summary>What all ended runs cost.</summary>
    public Usd Cost { get; set; }
    public Provenance? Provenance { get; set; }
    public long EnvelopeNano { get; init; }
    public long EnvelopeTokens { get; init; }
    public int EnvelopeSeconds { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>A version of an artefact. The highest one counts; older ones stay.</summary>
internal sealed class ArtifactRow : ITenantOwned
{
    public Guid Id { get; init; }
    public Guid TenantId { get; init; }
    public Guid ProjectId { get; init; }
    public ArtifactKind Kind { get; init; }

    /// <summary>The module's id, the attempt's number; else empty.</summary>
    public string Name { get; init; } = "";
    public int Version { get; init; }

    /// <summary>Hash of all that it was made from: while that stays the same, it need not be made again.</summary>
    public required string Basis { get; init; }

    /// <summary>JSON or text.</summary>
    public required string Content { get; init; }

    /// <summary>SHA-256 of the content.</summary>
    public required string Hash { get; init; }

    /// <summary>The neuron that made it; null: a person or the product itself.</summary>
    public string? Neuron { get; init; }

    /// <summary>The person that made it; null: not a person.</summary>
    public Guid? UserId { get; init; }
    public Guid? RunId { get; init; }

    /// <summary>A name that a person gave to this version, to find it again.</summary>
    public string? Label { get; set; }
    public DateTimeOffset At { get; init; }
}

internal sealed class CodegenTables : IEntityTypeConfiguration<ProjectRow>, IEntityTypeConfiguration<ArtifactRow>
{
    public void Configure(EntityTypeBuilder<ProjectRow> builder)
    {
        builder.ToTable("codegen_projects");
        builder.HasKey(p => p.Id);
        builder.HasIndex(p => new { p.TenantId, p.UserId, p.CreatedAt });
    }

    public void Configure(EntityTypeBuilder<ArtifactRow> builder)
    {
        builder.ToTable("codegen_artifacts");
        builder.HasKey(a => a.Id);
        builder.HasIndex(a => new { a.ProjectId, a.Kind, a.Name, a.Version }).IsUnique();
    }
}
