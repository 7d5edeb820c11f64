namespace Hal9.Engine.Sandbox;

/// <summary>How a program in the sandbox ended.</summary>
public enum SandboxOutcome
{
    /// <summary>By itself; see <see cref="SandboxResult.ExitCode"/>.</summary>
    Exited,

    /// <summary>By a signal that no limit of the sandbox sent: a crash.</summary>
    Crashed,

    /// <summary>Its wall time was over.</summary>
    TimedOut,

    /// <summary>Its processor time was over.</summary>
    CpuExceeded,

    /// <summary>Its processes together used more memory than allowed.</summary>
    MemoryExceeded,

    /// <summary>It wrote more output than allowed.</summary>
    OutputExceeded,

    /// <summary>It was not started: the level is off or below the minimum, or the command is not allowed. The reason says which.</summary>
    Refused,
}

/// <summary>What became of one <see cref="SandboxCommand"/>.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Level">The level at which it ran; <see cref="SandboxLevel.Off"/> when refused.</param>
/// <param name="ExitCode">Exit code; 128 + signal after a signal; -1 when it was not started.</param>
/// <param name="Output">Standard output as UTF-8, up to the limit.</param>
/// <param name="Errors">Standard error as UTF-8, up to the limit.</param>
/// <param name="Duration">Wall time from start to end.</param>
/// <param name="Reason">Which limit was reached, or why it was refused; null when it exited.</param>
public sealed record SandboxResult(SandboxOutcome Outcome, SandboxLevel Level, int ExitCode, string Output, string Errors, TimeSpan Duration, string? Reason)
{
    /// <summary>Whether a resource ran out: that says nothing about whether the code is right.</summary>
    public bool RanOut => Outcome is SandboxOutcome.TimedOut or SandboxOutcome.CpuExceeded or SandboxOutcome.MemoryExceeded or SandboxOutcome.OutputExceeded;
}
