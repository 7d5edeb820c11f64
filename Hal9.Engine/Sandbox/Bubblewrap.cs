using System.Diagnostics;
using System.Globalization;

namespace Hal9.Engine.Sandbox;

/// <summary>
/// The full level, by bubblewrap: an unprivileged user in name spaces of its own sees the system's libraries and the tool chain read-only, has an empty
/// environment, no network, a temporary directory in memory, a filter of system calls and limits.
/// </summary>
internal sealed class Bubblewrap(SystemPrograms programs, WorkFolder folder) : ISandbox
{
    // Far above ordinary users and below the range that systemd gives to dynamic ones. One for all: each run has its own name spaces.
    private const uint User = 59_333;
    private const int CannotJoin = 125;
    private static readonly string[] SystemFolders = ["/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/bin", "/usr/share/zoneinfo", "/usr/share/icu"];
    private static readonly string[] RootFolders = ["bin", "lib", "lib32", "lib64"];
    private volatile bool groupsWork = true;
    private volatile bool groupsProven;
    private readonly string filter = folder.Filter();
    private readonly string etc = folder.Etc(User);

    public SandboxLevel Level => SandboxLevel.Full;

    /// <summary>Whether the last run had a control group.</summary>
    public bool HasControlGroup { get; private set; }

    public async Task<SandboxResult> RunAsync(SandboxCommand command, CancellationToken cancellationToken)
    {
        var tree = command.Directory ?? folder.Tree(command.Files);
        try
        {
            await using var group = groupsWork ? ControlGroup.Make(command.Limits) : null;
            HasControlGroup = group is not null;
            var result = await Watched.RunAsync(Start(command, tree, group), command, group, Level, cancellationToken);
            if (group is null || groupsProven || result.ExitCode != CannotJoin)
            {
                groupsProven |= group is not null;
                return result;
            }
            // Some machines let a group be made and let nobody in: then this process counts. Decided by the first run, which is that of our own probes; no later
            // program can talk its way out by an exit code.
            (groupsWork, HasControlGroup) = (false, false);
            return await Watched.RunAsync(Start(command, tree, null), command, null, Level, cancellationToken);
        }
        finally
        {
            if (command.Directory is null)
            {
                WorkFolder.Remove(tree);
            }
        }
    }

    private ProcessStartInfo Start(SandboxCommand command, string tree, ControlGroup? group)
    {
        // The shell joins the control groups and opens the filter, then becomes the next program: no process is added.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        start.Environment.Clear();
        var arguments = start.ArgumentList;
        arguments.Add("-c");
        arguments.Add("f=$1; shift; while [ \"$1\" != -- ]; do echo $$ >\"$1\" || exit 125; shift; done; shift; exec \"$@\" 9<\"$f\"");
        arguments.Add("sh");
        arguments.Add(filter);
        Add(arguments, group?.Doors ?? []);
        arguments.Add("--");
        if (Environment.IsPrivilegedProcess)
        {
            var id = User.ToString(CultureInfo.InvariantCulture);
            Add(arguments, [programs.SetPriv, "--reuid", id, "--regid", id, "--clear-groups", "--inh-caps=-all"]);
        }
        Add(arguments, [programs.Bubblewrap, "--unshare-user", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--seccomp", "9", "--hostname", "sandbox"]);
        if (programs.CanDisableUserSpaces)
        {
            arguments.Add("--disable-userns");
        }
        foreach (var path in SystemFolders)
        {
            Add(arguments, ["--ro-bind-try", path, path]);
        }
        foreach (var path in RootFolders.Where(name => Directory.Exists("/" + name)))
        {
            // On systems where these are no links into /usr they are seen as they are.
            Add(arguments, new DirectoryInfo("/" + path).LinkTarget is { } target ? ["--symlink", target, "/" + path] : ["--ro-bind", "/" + path, "/" + path]);
        }
        foreach (var name in new[] { "passwd", "group", "hosts" })
        {
            Add(arguments, ["--ro-bind", Path.Combine(etc, name), "/etc/" + name]);
        }
        var bytes = command.Limits.DiskBytes.ToString(CultureInfo.InvariantCulture);
        Add(arguments, ["--proc", "/proc", "--dev", "/dev", "--size", "1048576", "--tmpfs", "/dev/shm", "--remount-ro", "/dev", "--size", bytes, "--tmpfs", "/tmp", "--dir", "/tmp/home"]);
        Add(arguments, command.Writable ? ["--size", bytes, "--tmpfs", SandboxCommand.WorkTree, "--ro-bind", tree, "/in"] : ["--ro-bind", tree, SandboxCommand.WorkTree]);
        // After the temporary directory, which would otherwise hide what lies below the host's own.
        foreach (var path in command.Toolchains)
        {
            Add(arguments, ["--ro-bind", path, path]);
        }
        Add(arguments, ["--remount-ro", "/", "--chdir", SandboxCommand.WorkTree]);
        foreach (var (name, value) in Surroundings.Of(command, "/tmp"))
        {
            Add(arguments, ["--setenv", name, value]);
        }
        arguments.Add("--");
        if (command.Writable)
        {
            Add(arguments, ["/bin/sh", "-c", "cp -R /in/. . && exec \"$@\"", "sh"]);
        }
        Add(arguments, Surroundings.Limit("/usr/bin/prlimit", command.Limits));
        arguments.Add(command.Program);
        Add(arguments, command.Arguments);
        return start;
    }

    private static void Add(System.Collections.ObjectModel.Collection<string> to, IEnumerable<string> parts)
    {
        foreach (var part in parts)
        {
            to.Add(part);
        }
    }
}

/// <summary>What both levels give a program.</summary>
internal static class Surroundings
{
    public static IEnumerable<KeyValuePair<string, string>> Of(SandboxCommand command, string temporary) => new Dictionary<string, string>
    {
        ["HOME"] = temporary + "/home",
        ["TMPDIR"] = temporary,
        ["PATH"] = "/usr/bin:/bin",
        ["LANG"] = "C.UTF-8",
    }.Concat(command.Environment);

    public static string[] Limit(string program, SandboxLimits limits) =>
    [
        program,
        string.Create(CultureInfo.InvariantCulture, $"--cpu={limits.CpuSeconds}:{limits.CpuSeconds + 1}"),
        string.Create(CultureInfo.InvariantCulture, $"--nproc={limits.Processes}"),
        string.Create(CultureInfo.InvariantCulture, $"--fsize={limits.DiskBytes}"),
        "--core=0", "--nofile=1024", "--memlock=65536", "--",
    ];
}
