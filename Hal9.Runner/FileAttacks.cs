namespace Hal9.Runner;

/// <summary>Files that must not be seen, and places that must not be written.</summary>
internal static class FileAttacks
{
    private static readonly string[] Own = ["/usr/", "/proc", "/dev/", "/sandbox", "/tmp/", "/memfd:"];

    public static IEnumerable<(string Name, Func<string?> Attack)> All(Dictionary<string, string> places)
    {
        yield return ("read-shadow", () => File.ReadAllText("/etc/shadow"));
        yield return ("list-root-home", () => Names("/root"));
        yield return ("list-homes", () => Names("/home"));
        yield return ("read-data-directory", () => Names(places["data"]));
        yield return ("read-product-settings", () => File.ReadAllText(Path.Combine(places["product"], "appsettings.json")));
        yield return ("read-world-readable-outside", () => File.ReadAllText(places["outside"]));
        yield return ("read-through-symbolic-link", () => Through(places["outside"]));
        yield return ("read-through-root-link", () => File.ReadAllText("/proc/self/root" + places["outside"]));
        yield return ("read-through-init-root", () => File.ReadAllText("/proc/1/root" + places["outside"]));
        yield return ("read-through-working-directory", () => File.ReadAllText("/proc/1/cwd/../../../../.." + places["outside"]));
        yield return ("read-inherited-descriptors", Descriptors);
        yield return ("write-system-programs", () => Write("/usr/bin/hal9-probe"));
        yield return ("write-system-libraries", () => Write("/usr/lib/hal9-probe"));
        yield return ("write-root", () => Write("/hal9-probe"));
        yield return ("write-devices", () => Write("/dev/hal9-probe"));
        yield return ("write-tool-chain", () => Write(Path.Combine(places["toolchain"], "hal9-probe")));
        yield return ("write-read-only-tree", () => Write("/sandbox/hal9-probe"));
        yield return ("write-core-pattern", () => Open("/proc/sys/kernel/core_pattern"));
        yield return ("write-host-name-file", () => Open("/proc/sys/kernel/hostname"));
        yield return ("write-sysrq", () => Open("/proc/sysrq-trigger"));
        yield return ("write-control-groups", () => Names("/sys/fs/cgroup"));
        yield return ("read-kernel-log", () => File.OpenRead("/dev/kmsg") is null ? null : "opened");
        yield return ("read-memory-device", () => File.OpenRead("/dev/mem") is null ? null : "opened");
        yield return ("read-disks", () => Directory.EnumerateFiles("/dev").FirstOrDefault(file => file.StartsWith("/dev/sd", StringComparison.Ordinal) || file.StartsWith("/dev/vd", StringComparison.Ordinal) || file.StartsWith("/dev/nvme", StringComparison.Ordinal)));
        yield return ("see-other-processes", () => Directory.EnumerateDirectories("/proc").Select(folder => folder + "/cmdline").Where(File.Exists).Select(Quiet).FirstOrDefault(line => line.Contains(places["hostCommand"], StringComparison.Ordinal)));
        yield return ("make-setuid-file", SetUserId);
    }

    private static string? Names(string folder) => Directory.EnumerateFileSystemEntries(folder).FirstOrDefault() is { } first ? first : null;

    private static string? Write(string path)
    {
        File.WriteAllText(path, "x");
        return path + " written";
    }

    private static string? Open(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        return path + " opened for writing";
    }

    private static string Through(string target)
    {
        var link = Path.Combine(Path.GetTempPath(), "hal9-link");
        File.CreateSymbolicLink(link, target);
        return File.ReadAllText(link);
    }

    // Standard input, output and error are pipes; anything else that leads to a file of the host was forgotten open.
    private static string? Descriptors() => Directory.EnumerateFileSystemEntries("/proc/self/fd")
        .Select(entry => File.ResolveLinkTarget(entry, false)?.FullName ?? "")
        .FirstOrDefault(target => target.StartsWith('/') && !Own.Any(start => target.StartsWith(start, StringComparison.Ordinal))
            && !target.Contains(":[", StringComparison.Ordinal) && !target.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal));

    private static string Quiet(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
        catch (UnauthorizedAccessException)
        {
            return "";
        }
    }

    // The bit may be set on an own file; it must give nobody another user.
    private static string? SetUserId()
    {
        var path = Path.Combine(Path.GetTempPath(), "hal9-suid");
        File.WriteAllText(path, "x");
        return Libc.Chown(path, 0, 0) == 0 && Libc.Chmod(path, Convert.ToUInt32("4755", 8)) == 0 && Libc.GetUserId() != 0 ? "a file of root with the bit" : null;
    }
}
