using System.Globalization;
using System.Runtime.InteropServices;

namespace Hal9.Runner;

/// <summary>Calls into the kernel that an ordinary program never needs.</summary>
internal static class KernelAttacks
{
    private const int NewUser = 0x10000000;
    private const int NewNet = 0x40000000;

    // The call is there and takes these arguments amiss: then the filter and the capabilities did not stop it.
    private static readonly int[] Refusals = [1 /* EPERM */, 13 /* EACCES */, 38 /* ENOSYS */];

    public static IEnumerable<(string Name, Func<string?> Attack)> All(Dictionary<string, string> places)
    {
        var host = int.Parse(places["process"], CultureInfo.InvariantCulture);
        yield return ("become-root", () => Succeeds(Libc.SetUserId(0)));
        yield return ("become-root-group", () => Succeeds(Libc.SetGroupId(0)));
        yield return ("signal-host-process", () => Succeeds(Libc.Kill(host, 0)));
        yield return ("trace-host-process", () => Answers(Numbers.Ptrace, 16, host));
        yield return ("read-host-memory", () => Answers(Numbers.ProcessVmReadv, host));
        yield return ("new-user-space", () => Answers(Numbers.Unshare, NewUser));
        yield return ("new-network-space", () => Answers(Numbers.Unshare, NewNet));
        yield return ("join-name-space", JoinNetworkOfInit);
        yield return ("mount", () => Succeeds(Libc.Mount("none", "/tmp", "tmpfs", 0, 0)));
        yield return ("mount-again-writable", () => Succeeds(Libc.Mount("none", "/usr/lib", "none", 0x1020, 0)));
        yield return ("unmount", () => Succeeds(Libc.Unmount("/proc", 2)));
        yield return ("change-root", () => Succeeds(Libc.ChangeRoot("/tmp")));
        yield return ("pivot-root", () => Answers(Numbers.PivotRoot));
        yield return ("make-device", () => Succeeds(Libc.MakeNode("/tmp/hal9-device", 0x6000 | 0x1B6, 0x800)));
        yield return ("open-by-handle", () => Answers(Numbers.OpenByHandleAt, -1));
        yield return ("load-filter-program", () => Answers(Numbers.Bpf, 0));
        yield return ("performance-events", () => Answers(Numbers.PerfEventOpen));
        yield return ("asynchronous-ring", () => Answers(Numbers.IoUringSetup, 1));
        yield return ("fault-handler", () => Answers(Numbers.Userfaultfd, 1));
        yield return ("key-ring", () => Answers(Numbers.Keyctl, 0, -4));
        yield return ("load-module", () => Answers(Numbers.InitModule));
        yield return ("load-kernel", () => Answers(Numbers.KexecLoad));
        yield return ("reboot", () => Answers(Numbers.Reboot));
        yield return ("kernel-log", () => Answers(Numbers.Syslog, 3));
        yield return ("host-name", () => Succeeds(Libc.SetHostName("hal9", 4)));
        yield return ("clock", SetClock);
        yield return ("type-into-terminal", () => Libc.Control(0, 0x5412, "x") == 0 ? "typed" : null);
        yield return ("raise-limits", RaiseLimits);
        yield return ("raise-priority", () => Succeeds(Libc.SetPriority(0, 0, -5)));
    }

    private static string? Succeeds(int result) => result == 0 ? "done" : null;

    private static string? Answers(int number, nint first = 0, nint second = 0)
    {
        var result = Libc.Call(number, first, second, 0, 0, 0, 0);
        var error = Marshal.GetLastPInvokeError();
        return result >= 0 || !Refusals.Contains(error) ? string.Create(CultureInfo.InvariantCulture, $"result {result}, error {error}") : null;
    }

    private static string? JoinNetworkOfInit()
    {
        using var space = File.OpenHandle("/proc/1/ns/net");
        return Answers(Numbers.Setns, space.DangerousGetHandle(), NewNet);
    }

    // To what it shows anyway: where this is allowed, nothing is broken.
    private static string? SetClock()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var time = new Libc.Moment { Seconds = now / 1000, Nanoseconds = now % 1000 * 1_000_000 };
        return Succeeds(Libc.SetClock(0, ref time));
    }

    private static string? RaiseLimits()
    {
        var limit = new Libc.Limit { Current = 100_000, Most = 100_000 };
        return Libc.SetLimit(6, ref limit) == 0 ? "processes" : null;
    }
}

/// <summary>Numbers of system calls, which differ between processors.</summary>
internal static class Numbers
{
    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public static int Ptrace => Arm ? 117 : 101;
    public static int ProcessVmReadv => Arm ? 270 : 310;
    public static int Unshare => Arm ? 97 : 272;
    public static int Setns => Arm ? 268 : 308;
    public static int PivotRoot => Arm ? 41 : 155;
    public static int OpenByHandleAt => Arm ? 265 : 304;
    public static int Bpf => Arm ? 280 : 321;
    public static int PerfEventOpen => Arm ? 241 : 298;
    public static int IoUringSetup => 425;
    public static int Userfaultfd => Arm ? 282 : 323;
    public static int Keyctl => Arm ? 219 : 250;
    public static int InitModule => Arm ? 105 : 175;
    public static int KexecLoad => Arm ? 104 : 246;
    public static int Reboot => Arm ? 142 : 169;
    public static int Syslog => Arm ? 116 : 103;
}

internal static partial class Libc
{
    [StructLayout(LayoutKind.Sequential)]
    public struct Limit
    {
        public ulong Current;
        public ulong Most;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint Call(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    [LibraryImport("libc", EntryPoint = "setuid")]
    public static partial int SetUserId(uint user);

    [LibraryImport("libc", EntryPoint = "getuid")]
    public static partial uint GetUserId();

    [LibraryImport("libc", EntryPoint = "setgid")]
    public static partial int SetGroupId(uint group);

    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "mount", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string type, nuint flags, nint data);

    [LibraryImport("libc", EntryPoint = "umount2", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "chroot", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeRoot(string path);

    [LibraryImport("libc", EntryPoint = "mknod", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeNode(string path, uint mode, ulong device);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Chown(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "chmod", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Chmod(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "socket")]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "sethostname", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetHostName(string name, nuint length);

    [LibraryImport("libc", EntryPoint = "ioctl", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Control(int descriptor, nuint request, string text);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    public static partial int SetLimit(int resource, ref Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    public struct Moment
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_settime")]
    public static partial int SetClock(int clock, ref Moment time);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    public static partial int SetPriority(int which, uint who, int priority);
}
