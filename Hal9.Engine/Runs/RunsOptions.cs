using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Runs;

/// <summary>How runs work: section <c>Hal9:Runs</c>.</summary>
public sealed class RunsOptions
{
    /// <summary>Runs at work at once in this process; further ones are queued.</summary>
    [Range(1, 10_000)]
    public int MaxConcurrent { get; set; } = 256;

    /// <summary>Model calls at once per tenant in this process.</summary>
    [Range(1, 10_000)]
    public int MaxCallsPerTenant { get; set; } = 128;

    /// <summary>The most assignments that one plan may make.</summary>
    [Range(1, 20)]
    public int MaxAssignments { get; set; } = 6;

    /// <summary>The envelope's money when the caller says nothing, USD.</summary>
    [Range(0, 1_000_000)]
    public decimal EnvelopeUsd { get; set; } = 10;

    /// <summary>The envelope's tokens when the caller says nothing.</summary>
    [Range(1, long.MaxValue)]
    public long EnvelopeTokens { get; set; } = 5_000_000;

    /// <summary>The envelope's steps when the caller says nothing.</summary>
    [Range(1, 10_000)]
    public int EnvelopeSteps { get; set; } = 80;

    /// <summary>The envelope's time when the caller says nothing, seconds.</summary>
    [Range(1, 86_400)]
    public int EnvelopeSeconds { get; set; } = 1_800;
}

[OptionsValidator]
internal sealed partial class RunsOptionsValidator : IValidateOptions<RunsOptions>;
