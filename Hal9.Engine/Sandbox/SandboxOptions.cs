using Microsoft.Extensions.Options;

namespace Hal9.Engine.Sandbox;

/// <summary>The section <c>Hal9:Sandbox</c>.</summary>
public sealed class SandboxOptions
{
    /// <summary>
    /// The level below which nothing is executed: <c>Full</c> (default) or <c>Reduced</c>. A machine that has less executes nothing, and says so; it never
    /// quietly takes the lower one. A tenant may demand more, never less.
    /// </summary>
    public SandboxLevel Minimum { get; set; } = SandboxLevel.Full;

    /// <summary>How many programs are executed at a time, 1 to 64; the next ones wait. 0 (default) for the number of processors.</summary>
    public int Concurrency { get; set; }
}

internal sealed class SandboxValidation : IValidateOptions<SandboxOptions>
{
    public ValidateOptionsResult Validate(string? name, SandboxOptions options) =>
        options.Minimum is not (SandboxLevel.Full or SandboxLevel.Reduced) ? ValidateOptionsResult.Fail("Hal9:Sandbox:Minimum is Full or Reduced: nothing is ever executed without a sandbox.")
        : options.Concurrency is < 0 or > 64 ? ValidateOptionsResult.Fail("Hal9:Sandbox:Concurrency is 1 to 64, or 0 for the number of processors.")
        : ValidateOptionsResult.Success;
}
