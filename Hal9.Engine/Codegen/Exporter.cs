using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.Options;

namespace Hal9.Engine.Codegen;

/// <summary>A project as a commit: a state of its files with who made it and why.</summary>
/// <param name="Files">All files by path.</param>
/// <param name="Author">The neuron, or who else made it.</param>
/// <param name="Message">The commit's message without its trailers.</param>
/// <param name="RunId">The run.</param>
/// <param name="At">When (UTC).</param>
internal sealed record CommitState(IReadOnlyDictionary<string, string> Files, string Author, string Message, Guid? RunId, DateTimeOffset At);

/// <summary>Packs a project: an archive that is the same to the byte each time, and a git bundle with a commit for each accepted state.</summary>
internal sealed class Exporter(IOptions<CodegenOptions> options)
{
    // The oldest time that the format knows: an archive says nothing about when it was packed.
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan MostGit = TimeSpan.FromSeconds(30);

    /// <summary>Zips files: sorted, with fixed times.</summary>
    public static byte[] Zip(IReadOnlyDictionary<string, string> files)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8))
        {
            foreach (var (path, content) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
            {
                var entry = zip.CreateEntry(path, CompressionLevel.Optimal);
                entry.LastWriteTime = Epoch;
                using var stream = entry.Open();
                stream.Write(Encoding.UTF8.GetBytes(content));
            }
        }
        return memory.ToArray();
    }

    /// <summary>A git bundle of the states, oldest first, on the branch <c>main</c>.</summary>
    /// <returns>The bundle, or why there is none.</returns>
    public async Task<(byte[]? Bundle, string? Fault)> BundleAsync(IReadOnlyList<CommitState> states, CancellationToken cancellationToken)
    {
        if (options.Value.Git.Length == 0)
        {
            return (null, "Git is switched off (Hal9:Codegen:Git is empty).");
        }
        var folder = Directory.CreateTempSubdirectory("hal9-bundle-");
        try
        {
            if (await GitAsync(folder.FullName, ["init", "--quiet", "--bare", "--initial-branch=main", "repo"], null, cancellationToken).ConfigureAwait(false) is { } noRepository)
            {
                return (null, noRepository);
            }
            var repository = Path.Combine(folder.FullName, "repo");
            var bundle = Path.Combine(folder.FullName, "project.bundle");
            var fault = await GitAsync(repository, ["fast-import", "--quiet", "--done"], StreamOf(states), cancellationToken).ConfigureAwait(false)
                ?? await GitAsync(repository, ["bundle", "create", "--quiet", bundle, "main"], null, cancellationToken).ConfigureAwait(false);
            return fault is null ? (await File.ReadAllBytesAsync(bundle, cancellationToken).ConfigureAwait(false), null) : (null, fault);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The states as a stream for <c>git fast-import</c>: the same states give the same commits.</summary>
    internal static byte[] StreamOf(IReadOnlyList<CommitState> states)
    {
        using var stream = new MemoryStream();
        foreach (var state in states)
        {
            var who = string.Create(CultureInfo.InvariantCulture, $"{state.Author} <{state.Author}@hal9.invalid> {state.At.ToUnixTimeSeconds()} +0000");
            Write($"commit refs/heads/main\nauthor {who}\ncommitter {who}\n");
            Data(state.RunId is { } run ? $"{state.Message.TrimEnd()}\n\nHAL9-Run: {run}\n" : $"{state.Message.TrimEnd()}\n");
            Write("deleteall\n");
            foreach (var (path, content) in state.Files.OrderBy(file => file.Key, StringComparer.Ordinal))
            {
                Write($"M 100644 inline {path}\n");
                Data(content);
            }
            Write("\n");
        }
        Write("done\n");
        return stream.ToArray();

        void Write(string text) => stream.Write(Encoding.UTF8.GetBytes(text));

        void Data(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Write(string.Create(CultureInfo.InvariantCulture, $"data {bytes.Length}\n"));
            stream.Write(bytes);
            Write("\n");
        }
    }

    /// <returns>What went wrong; null: nothing.</returns>
    private async Task<string?> GitAsync(string folder, IReadOnlyList<string> arguments, byte[]? input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(options.Value.Git, arguments) { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
        // Whatever is configured on this machine has no say: no hooks, no signing, no other author.
        foreach (var (name, value) in new[] { ("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", OperatingSystem.IsWindows() ? "NUL" : "/dev/null"), ("GIT_TERMINAL_PROMPT", "0"), ("GIT_DIR", null), ("GIT_WORK_TREE", null), ("LC_ALL", "C") })
        {
            start.Environment[name] = value;
        }
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(MostGit);
        try
        {
            using var git = Process.Start(start)!;
            var (errors, output) = (git.StandardError.ReadToEndAsync(timeout.Token), git.StandardOutput.ReadToEndAsync(timeout.Token));
            try
            {
                if (input is not null)
                {
                    await git.StandardInput.BaseStream.WriteAsync(input, timeout.Token).ConfigureAwait(false);
                }
                git.StandardInput.Close();
                await git.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
                await output.ConfigureAwait(false);
                return git.ExitCode == 0 ? null : $"git {arguments[0]} failed: {(await errors.ConfigureAwait(false)).Trim()}";
            }
            catch (OperationCanceledException)
            {
                git.Kill(entireProcessTree: true);
                cancellationToken.ThrowIfCancellationRequested();
                return $"git {arguments[0]} did not end within {MostGit.TotalSeconds} s.";
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "Git was not found on this machine, so there are no commits; the archive has all files.";
        }
    }
}
