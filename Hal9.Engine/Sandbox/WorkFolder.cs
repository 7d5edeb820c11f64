namespace Hal9.Engine.Sandbox;

/// <summary>
/// The host's folder for work trees of this process: nobody else can list it, and the names in it cannot be guessed. Removed when the process ends; what an
/// earlier process left is removed at the start of the next.
/// </summary>
internal sealed class WorkFolder : IDisposable
{
    private const string Mark = "hal9-sandbox-";
    private readonly string root;

    public WorkFolder()
    {
        foreach (var old in Directory.EnumerateDirectories(Path.GetTempPath(), Mark + "*").Where(Abandoned))
        {
            TryDelete(old);
        }
        ControlGroup.RemoveAbandoned();
        root = Path.Combine(Path.GetTempPath(), $"{Mark}{Environment.ProcessId}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(root);
        FileRights.Set(root, FileRights.Owner | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    /// <summary>Names under which the sandbox's user appears: without them the .NET tools wait for ever for a home directory.</summary>
    public string Etc(uint user)
    {
        var folder = Path.Combine(root, $"etc-{user}");
        Directory.CreateDirectory(folder);
        Write(folder, "passwd", $"sandbox:x:{user}:{user}::/tmp/home:/bin/sh\n");
        Write(folder, "group", $"sandbox:x:{user}:\n");
        Write(folder, "hosts", "127.0.0.1 localhost\n::1 localhost\n");
        return folder;
    }

    public string Filter()
    {
        var path = Path.Combine(root, "filter.bpf");
        File.WriteAllBytes(path, SeccompFilter.Program());
        return path;
    }

    /// <summary>Writes a work tree.</summary>
    /// <exception cref="ArgumentException">A path leads out of it.</exception>
    public string Tree(IReadOnlyDictionary<string, string> files)
    {
        var folder = Path.Combine(root, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        FileRights.Set(folder, FileRights.Folder);
        foreach (var (path, text) in files)
        {
            if (!IsSafe(path))
            {
                Remove(folder);
                throw new ArgumentException($"The path {path} leads out of the work tree.", nameof(files));
            }
            Write(folder, path, text);
        }
        return folder;
    }

    public static void Remove(string folder) => TryDelete(folder);

    public void Dispose() => TryDelete(root);

    private static bool IsSafe(string path) =>
        path.Length is > 0 and <= 300 && path[0] != '/' && !path.Contains('\\', StringComparison.Ordinal) && !path.Any(char.IsControl)
        && !path.Split('/').Any(part => part is "" or "." or "..");

    private static void Write(string folder, string path, string text)
    {
        var full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        // Whatever this process's mask is: the sandbox's user is another one, and must be able to read.
        FileRights.Set(full, FileRights.Owner | FileRights.Others);
        for (var at = Path.GetDirectoryName(full)!; at.Length >= folder.Length; at = Path.GetDirectoryName(at)!)
        {
            FileRights.Set(at, FileRights.Folder);
        }
    }

    private static bool Abandoned(string folder) =>
        int.TryParse(Path.GetFileName(folder)[Mark.Length..].Split('-')[0], out var process) && !Directory.Exists($"/proc/{process}");

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // Another process's, or gone already.
        }
    }
}

/// <summary>Who may read a file; nothing on systems that have no such rights, where the sandbox is off.</summary>
internal static class FileRights
{
    public const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode Folder = Owner | Others | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    public const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static void Set(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}
