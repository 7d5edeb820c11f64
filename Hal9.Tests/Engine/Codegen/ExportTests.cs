using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Hal9.Engine.Codegen;
using Hal9.Engine.Codegen.Verification;
using Hal9.Tests.Support;

namespace Hal9.Tests.Engine.Codegen;

[Collection(CodegenCollection.Name)]
public sealed class ExportTests(CodegenHost host)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Archive_Twice_IsTheSameToTheByteAndHoldsAllFiles()
    {
        var (actor, project) = await host.FinishAsync(CodegenHost.Todo);

        var first = (await host.Service.ArchiveAsync(actor, project.Id, Cancel))!;
        var second = (await host.Service.ArchiveAsync(actor, project.Id, Cancel))!;

        Assert.Equal(first, second);
        await using var zip = new ZipArchive(new MemoryStream(first));
        var names = zip.Entries.Select(entry => entry.FullName).ToList();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Superset(new HashSet<string> { "src/App.csproj", "src/TodoList.cs", "tests/App.Tests.csproj", "proof.json", "README.md" }, names.ToHashSet());
        Assert.All(project.Files, file => Assert.Contains(file.Path, names));
    }

    [Fact]
    public async Task Bundle_HasACommitForEachAcceptedState()
    {
        var (actor, project) = await host.FinishAsync(CodegenHost.Todo);
        var (bundle, fault) = (await host.Service.BundleAsync(actor, project.Id, Cancel))!.Value;
        Assert.SkipWhen(bundle is null && fault!.Contains("not found", StringComparison.Ordinal), "git is not installed");
        Assert.Null(fault);
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "p.bundle"), bundle!, Cancel);

        await GitAsync(folder.Path, "clone", "--quiet", "--branch", "main", "p.bundle", "clone");

        var clone = Path.Combine(folder.Path, "clone");
        var log = await GitAsync(clone, "log", "--reverse", "--format=%an|%s|%(trailers:key=HAL9-Run,valueonly,separator=)");
        Assert.Equal(
            [$"architect|Integrate the modules of 'Todo list'|{project.RunId}", $"engineer|Repair, attempt 1 (L2)|{project.RunId}"], log.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var files = (await host.Service.FilesAsync(actor, project.Id, null, Cancel))!;
        Assert.All(files, file => Assert.Equal(file.Content, File.ReadAllText(Path.Combine(clone, file.Path))));
        Assert.Contains("engineer", await GitAsync(clone, "blame", "--line-porcelain", "src/TodoList.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proof_IsSignedAndReplayed_AndEveryChangeIsNoticed()
    {
        var (actor, project) = await host.FinishAsync(CodegenHost.Todo);
        var proof = (await host.Service.ProofAsync(actor, project.Id, Cancel))!;

        var check = await host.Service.CheckAsync(actor, proof, Cancel);

        Assert.True(check.Holds);
        Assert.True(check.IsOurs);
        Assert.Equal(Verdict.Verified, check.Verdict);
        var changed = JsonNode.Parse(proof)!;
        changed["proof"]!["verdict"] = "draft";
        Assert.Contains("readable part", (await host.Service.CheckAsync(actor, changed.ToJsonString(), Cancel)).Fault, StringComparison.Ordinal);
        var forged = JsonNode.Parse(proof)!;
        forged["payload"] = forged["payload"]!.GetValue<string>()[..^4] + "AAAA";
        Assert.Contains("signature", (await host.Service.CheckAsync(actor, forged.ToJsonString(), Cancel)).Fault, StringComparison.Ordinal);
        Assert.NotNull((await host.Service.CheckAsync(actor, "{}", Cancel)).Fault);
        Assert.NotNull((await host.Service.CheckAsync(actor, "no json", Cancel)).Fault);
    }

    [Fact]
    public async Task Proof_OfAnotherTenant_IsNotReplayed()
    {
        var (actor, project) = await host.FinishAsync(CodegenHost.Todo);
        var proof = (await host.Service.ProofAsync(actor, project.Id, Cancel))!;

        var check = await host.Service.CheckAsync(await host.Engine.NewTenantAsync(), proof, Cancel);

        Assert.False(check.Holds);
        Assert.Null(check.Verdict);
    }

    private static async Task<string> GitAsync(string folder, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = await git.StandardOutput.ReadToEndAsync(Cancel);
        var errors = await git.StandardError.ReadToEndAsync(Cancel);
        await git.WaitForExitAsync(Cancel);
        Assert.True(git.ExitCode == 0, errors);
        return output.Trim();
    }
}
