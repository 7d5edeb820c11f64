namespace Hal9.Engine.Sandbox;

/// <summary>How well foreign code is kept apart from the machine. A higher value is a stronger wall.</summary>
public enum SandboxLevel
{
    /// <summary>Nothing keeps it apart, so nothing is executed.</summary>
    Off = 0,

    /// <summary>An unprivileged user without network, with resource limits, but without a file system and process table of its own.</summary>
    Reduced = 1,

    /// <summary>Own user, process, network, file system, IPC and host name spaces, a system call filter and resource limits.</summary>
    Full = 2,
}
