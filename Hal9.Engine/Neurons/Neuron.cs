using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hal9.Engine.Neurons;

/// <summary>An agent: a named role on one layer, with a prompt, a model tier and limits.</summary>
public sealed class Neuron : ITenantOwned
{
    /// <summary>UUIDv7.</summary>
    public Guid Id { get; init; }

    /// <inheritdoc/>
    public Guid TenantId { get; init; }

    /// <summary>Unique in the tenant, lower case, for example <c>strategist</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its layer.</summary>
    public Layer Layer { get; init; }

    /// <summary>Its role in a sentence, as its parent reads it when it assigns work.</summary>
    public required string Role { get; set; }

    /// <summary>Its standing instructions.</summary>
    public required string Prompt { get; set; }

    /// <summary>Which strength of model it asks for.</summary>
    public ModelTier Tier { get; set; }

    /// <summary>The most tokens that one answer may have.</summary>
    public int MaxOutputTokens { get; set; } = 4096;

    /// <summary>
    /// How many steps it handles at once. A neuron is a role and no machine: what providers can bear is kept to by <c>Runs:MaxCallsPerTenant</c>, and with few
    /// places one slow answer of the entry neuron would hold up a whole organisation.
    /// </summary>
    public int Concurrency { get; set; } = 128;

    /// <summary>Names of the neurons, one layer below, that it may delegate to: JSON array.</summary>
    public string Delegates { get; set; } = "[]";
}

internal sealed class NeuronTables : IEntityTypeConfiguration<Neuron>
{
    public void Configure(EntityTypeBuilder<Neuron> builder)
    {
        builder.ToTable("neurons");
        builder.HasKey(n => n.Id);
        builder.HasIndex(n => new { n.TenantId, n.Name }).IsUnique();
    }
}
