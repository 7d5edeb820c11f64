namespace Hal9.Engine.Sandbox;

/// <summary>The one door through which anything foreign is executed. Implementations differ by level.</summary>
public interface ISandbox
{
    /// <summary>The level that was probed. It never changes silently: it is what the escape probes of this process's start found.</summary>
    SandboxLevel Level { get; }

    /// <summary>The level, when the probes are over.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task<SandboxLevel> ReadyAsync(CancellationToken cancellationToken) => Task.FromResult(Level);

    /// <summary>Executes one program and waits for its end. Nothing of it is left afterwards: no process, no file, no mount.</summary>
    /// <param name="command">The program, its files and its limits.</param>
    /// <param name="cancellationToken">Ends the program at once.</param>
    /// <returns>How it ended; <see cref="SandboxOutcome.Refused"/> instead of an exception where it may not run here.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; the program has ended.</exception>
    Task<SandboxResult> RunAsync(SandboxCommand command, CancellationToken cancellationToken);
}

/// <summary>The level at which nothing is executed.</summary>
/// <param name="reason">Why the machine has no better one.</param>
internal sealed class NoSandbox(string reason) : ISandbox
{
    public SandboxLevel Level => SandboxLevel.Off;

    public Task<SandboxResult> RunAsync(SandboxCommand command, CancellationToken cancellationToken) =>
        Task.FromResult(new SandboxResult(SandboxOutcome.Refused, SandboxLevel.Off, -1, "", "", TimeSpan.Zero, reason));
}
