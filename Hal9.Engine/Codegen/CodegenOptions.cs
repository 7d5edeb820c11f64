using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Codegen;

/// <summary>How code is generated: section <c>Hal9:Codegen</c>.</summary>
public sealed class CodegenOptions
{
    /// <summary>A project's money when its owner says nothing, USD.</summary>
    [Range(0, 1_000_000)]
    public decimal EnvelopeUsd { get; set; } = 2;

    /// <summary>A project's tokens when its owner says nothing.</summary>
    [Range(1, long.MaxValue)]
    public long EnvelopeTokens { get; set; } = 300_000;

    /// <summary>The time of one of its runs when its owner says nothing, seconds.</summary>
    [Range(1, 86_400)]
    public int EnvelopeSeconds { get; set; } = 900;

    /// <summary>Steps of one of its runs.</summary>
    [Range(1, 10_000)]
    public int EnvelopeSteps { get; set; } = 80;

    /// <summary>Attempts at a repair in one of its runs.</summary>
    [Range(0, 100)]
    public int RepairAttempts { get; set; } = 10;

    /// <summary>The most tokens of one answer: files are longer than what neurons usually say.</summary>
    [Range(256, 200_000)]
    public int MaxOutputTokens { get; set; } = 16_000;

    /// <summary>Where git is: its name, found by the path, or its place. Empty: there is none, and projects are delivered without commits.</summary>
    public string Git { get; set; } = "git";
}

[OptionsValidator]
internal sealed partial class CodegenOptionsValidator : IValidateOptions<CodegenOptions>;
