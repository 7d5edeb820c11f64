namespace Hal9.Engine.Sandbox;

/// <summary>One attack from inside and what came of it.</summary>
/// <param name="Name">Its name, as <c>read-shadow</c>.</param>
/// <param name="Held">Whether the sandbox held.</param>
/// <param name="Evidence">What was reached; null when it held.</param>
public sealed record EscapeProbe(string Name, bool Held, string? Evidence);

/// <summary>What the escape probes of this process's start found.</summary>
/// <param name="Level">The level obtained: the best one of which every probe held.</param>
/// <param name="Minimum">The level that is demanded (<c>Hal9:Sandbox:Minimum</c>).</param>
/// <param name="Reason">Why it is not the full level; null when it is.</param>
/// <param name="Probes">All attacks at the level obtained, or at the one that failed last.</param>
/// <param name="SecretsSeen">Which of the planted secrets an attack saw; must be empty.</param>
/// <param name="HasControlGroup">Whether the kernel counts memory and processes of a run together; else this process does, ten times a second.</param>
/// <param name="ProbedAt">When, in UTC.</param>
public sealed record SandboxState(
    SandboxLevel Level, SandboxLevel Minimum, string? Reason, IReadOnlyList<EscapeProbe> Probes, IReadOnlyList<string> SecretsSeen, bool HasControlGroup, DateTimeOffset ProbedAt)
{
    /// <summary>Whether anything is executed: the level is at least the minimum.</summary>
    public bool Executes => Level >= Minimum && Level > SandboxLevel.Off;
}
