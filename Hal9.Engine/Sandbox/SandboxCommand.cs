namespace Hal9.Engine.Sandbox;

/// <summary>One program to execute in the sandbox.</summary>
/// <param name="Program">Absolute path of the program as the sandbox sees it: below <c>/usr</c>, a directory of <see cref="Toolchains"/>, or <see cref="WorkTree"/>.</param>
/// <param name="Arguments">Its arguments, handed over as they are: no shell reads them.</param>
/// <param name="Limits">What it may use. Each ends it when reached.</param>
public sealed record SandboxCommand(string Program, IReadOnlyList<string> Arguments, SandboxLimits Limits)
{
    /// <summary>Where <see cref="Files"/> and <see cref="Directory"/> are seen, and where the program starts.</summary>
    public const string WorkTree = "/sandbox";

    /// <summary>Files of the work tree by relative path. Paths with <c>..</c>, absolute ones and links are refused.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>An existing host directory that is seen as the work tree, always read-only, instead of <see cref="Files"/>; null for none.</summary>
    public string? Directory { get; init; }

    /// <summary>
    /// Whether the work tree can be written. What is written lives in memory, counts against <see cref="SandboxLimits.DiskBytes"/>, and is gone when
    /// the program ends.
    /// </summary>
    public bool Writable { get; init; }

    /// <summary>Host directories with the tool chain, seen read-only at their own paths, beside the system's own libraries.</summary>
    public IReadOnlyList<string> Toolchains { get; init; } = [];

    /// <summary>Environment of the program. Nothing is inherited: HOME, TMPDIR, PATH and LANG are the sandbox's own, the rest stands here.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What the program reads from its standard input; empty for nothing.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }
}

/// <summary>What one program may use.</summary>
/// <param name="Time">Wall time.</param>
/// <param name="CpuSeconds">Processor time of any one process, in seconds, at least 1.</param>
/// <param name="MemoryBytes">Memory of all its processes together, including what it writes into the work tree.</param>
/// <param name="Processes">Processes and threads at a time.</param>
/// <param name="OutputBytes">Bytes of standard output and of standard error, each.</param>
/// <param name="DiskBytes">Bytes in its own temporary directory and work tree, each, and size of any one file.</param>
public sealed record SandboxLimits(TimeSpan Time, int CpuSeconds, long MemoryBytes, int Processes, int OutputBytes, long DiskBytes)
{
    /// <summary>10 s, 10 CPU seconds, 512 MB, 128 processes, 1 MB of output, 64 MB of files: what a small test run needs.</summary>
    public static SandboxLimits Small { get; } = new(TimeSpan.FromSeconds(10), 10, 512L << 20, 128, 1 << 20, 64L << 20);

    /// <summary>The same with time, processor time, memory and processes multiplied: for the one retry after a resource ran out.</summary>
    /// <param name="factor">At least 1.</param>
    public SandboxLimits Times(int factor) => this with { Time = Time * factor, CpuSeconds = CpuSeconds * factor, MemoryBytes = MemoryBytes * factor, Processes = Processes * factor };
}
