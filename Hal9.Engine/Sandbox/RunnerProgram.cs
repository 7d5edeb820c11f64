namespace Hal9.Engine.Sandbox;

/// <summary>Our own program that runs inside the sandbox, and the .NET host that executes it.</summary>
/// <param name="Host">Path of <c>dotnet</c>.</param>
/// <param name="DotnetRoot">The folder that it is in, with the runtimes.</param>
/// <param name="Folder">The runner's folder, with xUnit's libraries.</param>
internal sealed record RunnerProgram(string Host, string DotnetRoot, string Folder)
{
    /// <summary>The runner's assembly.</summary>
    public string Assembly => Path.Combine(Folder, "Hal9.Runner.dll");

    /// <summary>Finds both; null when a part is not there, as in a product that was published with a runtime of its own.</summary>
    public static RunnerProgram? Find()
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location);
        var root = runtime is { Length: > 0 } ? Path.GetFullPath(Path.Combine(runtime, "..", "..", "..")) : "";
        var host = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        var folder = Path.Combine(AppContext.BaseDirectory, "runner");
        return File.Exists(host) && File.Exists(Path.Combine(folder, "Hal9.Runner.dll")) ? new(host, root, folder) : null;
    }

    /// <summary>A command that executes the runner.</summary>
    public SandboxCommand Command(SandboxLimits limits, params string[] arguments) => new(Host, ["exec", Assembly, .. arguments], limits)
    {
        Toolchains = [DotnetRoot, Folder],
        Environment = Settings(limits),
    };

    /// <summary>How a .NET process behaves in the sandbox.</summary>
    /// <remarks>A limit on the address space would break the runtime, which reserves far more than it uses; so its heap is limited.</remarks>
    public static Dictionary<string, string> Settings(SandboxLimits limits) => new()
    {
        ["DOTNET_GCHeapHardLimit"] = "0x" + (limits.MemoryBytes / 4 * 3).ToString("x", System.Globalization.CultureInfo.InvariantCulture),
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_gcConcurrent"] = "0",
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_EnableDiagnostics"] = "0",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
    };
}
