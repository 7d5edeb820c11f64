using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Learning;

/// <summary>A decision of a run as stored, and what came of it.</summary>
internal sealed class DecisionRow : ITenantOwned
{
    public Guid Id { get; init; }
    public Guid TenantId { get; init; }
    public Guid RunId { get; init; }
    public Guid StepId { get; init; }
    public DateTimeOffset At { get; init; }
    public required string TaskClass { get; init; }
    public required string Layer { get; init; }
    public required string Neuron { get; init; }
    public required string PolicyKey { get; init; }
    public required string Lane { get; init; }
    public required string Arm { get; init; }

    /// <summary>How probable the arm was. Never null: without it nothing can be said about another policy.</summary>
    public double Propensity { get; init; }
    public int PolicyVersion { get; init; }

    /// <summary>The task's identity, by which it may form proposals or judge them.</summary>
    public required string Item { get; init; }
    public required string PromptHash { get; init; }
    public string LessonIds { get; init; } = "[]";
    public string ExemplarIds { get; init; } = "[]";
    public long CostNano { get; init; }
    public long Milliseconds { get; init; }

    /// <summary><c>passed</c> or <c>failed</c>: whether the step kept its own contract.</summary>
    public string? Checks { get; init; }

    /// <summary>Quality from 0 to 1, by the most trusted channel that spoke.</summary>
    public double? Outcome { get; init; }
    public string? Channel { get; init; }
    public DateTimeOffset? OutcomeAt { get; init; }
}

/// <summary>Whose doing a run's result was, as stored.</summary>
internal sealed class RunCreditRow : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid RunId { get; init; }
    public required string Rule { get; init; }
    public double L2 { get; init; }
    public double L3 { get; init; }
    public double L4 { get; init; }
    public double Outcome { get; init; }
    public required string Channel { get; init; }
    public DateTimeOffset At { get; init; }
}

/// <summary>A version of a policy as stored. Version 0, day 0, has no row.</summary>
internal sealed class PolicyRow : ITenantOwned
{
    public Guid TenantId { get; init; }
    public required string PolicyKey { get; init; }
    public int Version { get; init; }
    public required string Content { get; init; }
    public Guid ProposalId { get; init; }
    public Guid MadeBy { get; init; }
    public DateTimeOffset MadeAt { get; init; }
}

/// <summary>Which version of a policy is served: one row per key, so that there is exactly one.</summary>
internal sealed class PolicyHeadRow : ITenantOwned
{
    public Guid TenantId { get; init; }
    public required string PolicyKey { get; init; }
    public int ActiveVersion { get; init; }
    public Guid? ActiveProposal { get; init; }
    public int? CanaryVersion { get; init; }
    public Guid? CanaryProposal { get; init; }
    public double CanaryShare { get; init; }
    public DateTimeOffset Since { get; init; }
    public int PreviousVersion { get; init; }
}

/// <summary>A proposal as stored.</summary>
internal sealed class ProposalRow : ITenantOwned
{
    public Guid Id { get; init; }
    public Guid TenantId { get; init; }
    public PolicyKind Kind { get; init; }
    public required string PolicyKey { get; init; }
    public ProposalState State { get; init; }
    public int BaseVersion { get; init; }
    public required string Content { get; init; }
    public string? Before { get; init; }
    public required string DiffHash { get; init; }
    public required string Evidence { get; init; }
    public string? Gate { get; init; }
    public string? Measured { get; init; }
    public Guid CreatedBy { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public Guid? Reviewer { get; init; }
    public DateTimeOffset? DecidedAt { get; init; }
    public string? Reason { get; init; }
    public int Forced { get; init; }
    public double CanaryShare { get; init; }
    public DateTimeOffset? StageSince { get; init; }
    public int? VersionAfter { get; init; }
}

internal sealed class LearningTables :
    IEntityTypeConfiguration<DecisionRow>, IEntityTypeConfiguration<RunCreditRow>, IEntityTypeConfiguration<PolicyRow>, IEntityTypeConfiguration<PolicyHeadRow>, IEntityTypeConfiguration<ProposalRow>
{
    public void Configure(EntityTypeBuilder<DecisionRow> builder)
    {
        builder.ToTable("decisions");
        builder.HasKey(row => row.Id);
        builder.HasIndex(row => new { row.TenantId, row.RunId });
        builder.HasIndex(row => new { row.TenantId, row.StepId });
        builder.HasIndex(row => new { row.TenantId, row.PolicyKey, row.OutcomeAt });
    }

    public void Configure(EntityTypeBuilder<RunCreditRow> builder)
    {
        builder.ToTable("run_credits");
        builder.HasKey(row => new { row.TenantId, row.RunId });
    }

    public void Configure(EntityTypeBuilder<PolicyRow> builder)
    {
        builder.ToTable("policies");
        builder.HasKey(row => new { row.TenantId, row.PolicyKey, row.Version });
    }

    public void Configure(EntityTypeBuilder<PolicyHeadRow> builder)
    {
        builder.ToTable("policy_heads");
        builder.HasKey(row => new { row.TenantId, row.PolicyKey });
    }

    public void Configure(EntityTypeBuilder<ProposalRow> builder)
    {
        builder.ToTable("proposals");
        builder.HasKey(row => row.Id);
        builder.HasIndex(row => new { row.TenantId, row.PolicyKey, row.State });
    }
}
