using System.Diagnostics;
using System.IO.Compression;
using Hal9.Engine.Codegen;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Benchmarks.Codegen;

/// <summary>Makes projects, takes them away as people do, and tries them with the ordinary tool chain.</summary>
internal sealed class RoundTrips(EngineHost engine, Actor actor)
{
    private readonly CodegenService door = engine.Services.GetRequiredService<CodegenService>();

    public async Task<ProjectView> MakeAsync(string brief, ProjectKind kind, CancellationToken cancellationToken)
    {
        var started = await door.StartAsync(actor, new NewProject(brief, kind, ProjectApproval.Auto), null, cancellationToken);
        return await door.RestAsync(actor, started.Id, cancellationToken);
    }

    /// <returns>What does not hold.</returns>
    public async Task<IReadOnlyList<string>> CheckAsync(ProjectView project, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        var zip = await door.ArchiveAsync(actor, project.Id, cancellationToken);
        var again = await door.ArchiveAsync(actor, project.Id, cancellationToken);
        if (zip is null || !zip.AsSpan().SequenceEqual(again))
        {
            return ["the archive is not the same twice"];
        }
        var folder = Directory.CreateTempSubdirectory("hal9-trip-").FullName;
        try
        {
            await ZipFile.ExtractToDirectoryAsync(new MemoryStream(zip), Path.Combine(folder, "zip"), cancellationToken);
            var (code, output) = await RunAsync("dotnet", ["test"], Path.Combine(folder, "zip"), cancellationToken);
            if (code != 0)
            {
                faults.Add($"dotnet test in a clean directory ended with {code}: {Tail(output)}");
            }
            var (bundle, fault) = (await door.BundleAsync(actor, project.Id, cancellationToken))!.Value;
            if (bundle is null)
            {
                faults.Add($"no bundle: {fault}");
            }
            else
            {
                await File.WriteAllBytesAsync(Path.Combine(folder, "p.bundle"), bundle, cancellationToken);
                var (cloned, said) = await RunAsync("git", ["clone", "--quiet", "--branch", "main", "p.bundle", "clone"], folder, cancellationToken);
                if (cloned != 0 || (await door.FilesAsync(actor, project.Id, null, cancellationToken))!.Any(file => File.ReadAllText(Path.Combine(folder, "clone", file.Path)) != file.Content))
                {
                    faults.Add($"the clone is not the project: {Tail(said)}");
                }
            }
            var check = await door.CheckAsync(actor, (await door.ProofAsync(actor, project.Id, cancellationToken))!, cancellationToken);
            if (!check.Holds)
            {
                faults.Add($"the evidence does not hold: {check.Fault} {string.Join(' ', check.Differences)}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return faults;
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, string[] arguments, string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, output + await errors);
    }

    private static string Tail(string text) => text.Length <= 300 ? text.Trim() : text[^300..].Trim();
}
