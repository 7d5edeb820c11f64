using System.Globalization;

namespace Hal9.Engine.Sandbox;

/// <summary>A control group of one run, on machines where this process may make one: the kernel then counts memory and processes of all of it together.</summary>
internal sealed class ControlGroup : IAsyncDisposable
{
    private const string Root = "/sys/fs/cgroup";
    private const string Mark = "hal9-";
    private readonly string[] folders;
    private readonly bool unified;

    private ControlGroup(string[] folders, bool unified) => (this.folders, this.unified) = (folders, unified);

    /// <summary>Files that a process writes its id into, to be in the group.</summary>
    public IEnumerable<string> Doors => folders.Select(folder => Path.Combine(folder, "cgroup.procs"));

    /// <summary>Removes the groups of processes that were killed before they could: empty ones, since the sandbox ends with its process.</summary>
    public static void RemoveAbandoned()
    {
        foreach (var folder in new[] { Path.Combine(Root, "memory"), Path.Combine(Root, "pids"), Root }.Where(Directory.Exists).SelectMany(parent => Directory.EnumerateDirectories(parent, Mark + "*")))
        {
            if (int.TryParse(Path.GetFileName(folder)[Mark.Length..].Split('-')[0], out var process) && !Directory.Exists($"/proc/{process}"))
            {
                Remove(folder);
            }
        }
    }

    /// <summary>Makes a group; null where that is not possible.</summary>
    public static ControlGroup? Make(SandboxLimits limits)
    {
        var name = $"{Mark}{Environment.ProcessId}-{Guid.NewGuid():N}";
        var unified = File.Exists(Path.Combine(Root, "cgroup.controllers"));
        string[] folders = unified ? [Path.Combine(Own(), name)] : [Path.Combine(Root, "memory", name), Path.Combine(Root, "pids", name)];
        var group = new ControlGroup(folders, unified);
        try
        {
            foreach (var folder in folders)
            {
                if (!Directory.Exists(Path.GetDirectoryName(folder)))
                {
                    return null;
                }
                Directory.CreateDirectory(folder);
            }
            var memory = limits.MemoryBytes.ToString(CultureInfo.InvariantCulture);
            // The launcher and the watcher of the name space are processes too.
            var processes = (limits.Processes + 4).ToString(CultureInfo.InvariantCulture);
            File.WriteAllText(Path.Combine(folders[0], unified ? "memory.max" : "memory.limit_in_bytes"), memory);
            File.WriteAllText(Path.Combine(folders[^1], "pids.max"), processes);
            if (unified && File.Exists(Path.Combine(folders[0], "memory.swap.max")))
            {
                File.WriteAllText(Path.Combine(folders[0], "memory.swap.max"), "0");
            }
            return group;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            foreach (var folder in folders.Where(Directory.Exists))
            {
                Remove(folder);
            }
            return null;
        }
    }

    /// <summary>Whether the kernel ended a process of the group because memory ran out.</summary>
    public bool RanOut
    {
        get
        {
            var file = Path.Combine(folders[0], unified ? "memory.events" : "memory.oom_control");
            return File.Exists(file) && File.ReadLines(file).Select(line => line.Split(' ')).Any(pair => pair is ["oom_kill", not "0"]);
        }
    }

    /// <summary>Ends what is still in it and removes it.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var tries = 0; tries < 100; tries++)
        {
            if (folders.All(folder => !Directory.Exists(folder) || Remove(folder)))
            {
                return;
            }
            // Dead processes leave a group a moment after their parent has heard of it.
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }
    }

    private static bool Remove(string folder)
    {
        try
        {
            Directory.Delete(folder);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Own()
    {
        var line = File.ReadLines("/proc/self/cgroup").FirstOrDefault(text => text.StartsWith("0::/", StringComparison.Ordinal)) ?? "0::/";
        return Path.Combine(Root, line["0::/".Length..]);
    }
}
