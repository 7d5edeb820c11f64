using System.Diagnostics;
using System.Globalization;

namespace Hal9.Engine.Sandbox;

/// <summary>
/// The reduced level, for machines whose kernel refuses user name spaces to ordinary users: root makes the name spaces for network, processes, mounts and
/// IPC itself and then becomes an unprivileged user for good. The machine's files stay visible as far as their permissions let any user see them, and
/// there is no filter of system calls.
/// </summary>
internal sealed class ReducedSandbox(SystemPrograms programs, WorkFolder folder) : ISandbox
{
    private const uint User = 59_334;

    public SandboxLevel Level => SandboxLevel.Reduced;

    /// <summary>What this level does not keep away, by the names of the probes.</summary>
    public static IReadOnlySet<string> Open { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "list-homes", "read-product-settings", "read-world-readable-outside", "read-through-symbolic-link", "read-through-root-link", "read-through-init-root",
        "read-through-working-directory", "write-control-groups", "read-disks", "connect-socket-file", "connect-system-bus", "open-hypervisor-socket",
        "open-cipher-socket", "new-user-space", "performance-events", "asynchronous-ring", "fault-handler", "key-ring", "kernel-log", "trace-host-process",
        "read-host-memory", "open-by-handle", "load-filter-program", "write-read-only-tree",
    };

    public async Task<SandboxResult> RunAsync(SandboxCommand command, CancellationToken cancellationToken)
    {
        var tree = command.Directory ?? folder.Tree(command.Files);
        var place = folder.Tree(new Dictionary<string, string>());
        await using var group = ControlGroup.Make(command.Limits);
        try
        {
            return await Watched.RunAsync(Start(command, tree, place, group), command, group, Level, cancellationToken);
        }
        finally
        {
            WorkFolder.Remove(place);
            if (command.Directory is null)
            {
                WorkFolder.Remove(tree);
            }
        }
    }

    // In the new mount name space the place becomes a file system in memory with a size; it vanishes with the last process.
    private ProcessStartInfo Start(SandboxCommand command, string tree, string place, ControlGroup? group)
    {
        var work = place + "/work";
        var id = User.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        start.Environment.Clear();
        IEnumerable<string> parts =
        [
            "-c", "while [ \"$1\" != -- ]; do echo $$ >\"$1\" || exit 126; shift; done; shift; exec \"$@\"", "sh", .. group?.Doors ?? [], "--",
            programs.Unshare, "--net", "--ipc", "--uts", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--",
            "/bin/sh", "-c",
            "PATH=/usr/bin:/bin:/usr/sbin:/sbin; mount -t tmpfs -o nosuid,nodev,mode=0755,size=\"$1\" tmpfs \"$2\" && mkdir \"$2/work\" \"$2/home\" && cp -R \"$3/.\" \"$2/work\" && chmod 0777 \"$2\" \"$2/home\" && if [ \"$4\" = 1 ]; then chown -R \"$5\" \"$2/work\"; fi && cd \"$2/work\" && shift 5 && exec \"$@\"",
            "sh", command.Limits.DiskBytes.ToString(CultureInfo.InvariantCulture), place, tree, command.Writable ? "1" : "0", id,
            programs.SetPriv, "--reuid", id, "--regid", id, "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--",
            .. Surroundings.Limit(programs.PrLimit, command.Limits),
            "/usr/bin/env", "-i", .. Surroundings.Of(command, place).Select(pair => $"{pair.Key}={Moved(pair.Value, work)}"),
            Moved(command.Program, work), .. command.Arguments.Select(argument => Moved(argument, work)),
        ];
        foreach (var part in parts)
        {
            start.ArgumentList.Add(part);
        }
        return start;
    }

    // The work tree is where the place is, since nothing can be mounted at a path that the machine does not have.
    private static string Moved(string text, string work) =>
        text == SandboxCommand.WorkTree || text.StartsWith(SandboxCommand.WorkTree + "/", StringComparison.Ordinal) ? work + text[SandboxCommand.WorkTree.Length..] : text;
}
