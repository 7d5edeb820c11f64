using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Hal9.Engine.Sandbox;

/// <summary>
/// The system calls that foreign code is refused, as a classic BPF program for the kernel. A deny list: runtimes as different as .NET, Python and Node run
/// unchanged, and what reaches around name spaces or has a history of faults in the kernel (io_uring, bpf, userfaultfd, key rings) is not there for them.
/// </summary>
/// <remarks>Numbers from the kernel's <c>arch/x86/entry/syscalls/syscall_64.tbl</c> and <c>include/uapi/asm-generic/unistd.h</c>.</remarks>
internal static class SeccompFilter
{
    private const uint Allow = 0x7fff0000;
    private const uint RefusePermission = 0x00050001;
    private const uint RefuseMissing = 0x00050026;
    private const uint KillProcess = 0x80000000;

    // x86-64 and AArch64 number of each; -1 where the processor has no such call.
    private static readonly (string Name, int X64, int Arm64)[] Refused =
    [
        ("ptrace", 101, 117), ("process_vm_readv", 310, 270), ("process_vm_writev", 311, 271), ("kcmp", 312, 272), ("pidfd_getfd", 438, 438),
        ("mount", 165, 40), ("umount2", 166, 39), ("pivot_root", 155, 41), ("chroot", 161, 51), ("setns", 308, 268), ("unshare", 272, 97),
        ("open_tree", 428, 428), ("move_mount", 429, 429), ("fsopen", 430, 430), ("fsconfig", 431, 431), ("fsmount", 432, 432), ("fspick", 433, 433), ("mount_setattr", 442, 442),
        ("name_to_handle_at", 303, 264), ("open_by_handle_at", 304, 265), ("fanotify_init", 300, 262), ("quotactl", 179, 60), ("swapon", 167, 224), ("swapoff", 168, 225),
        ("bpf", 321, 280), ("perf_event_open", 298, 241), ("userfaultfd", 323, 282), ("io_uring_setup", 425, 425), ("io_uring_enter", 426, 426), ("io_uring_register", 427, 427),
        ("add_key", 248, 217), ("request_key", 249, 218), ("keyctl", 250, 219),
        ("init_module", 175, 105), ("finit_module", 313, 273), ("delete_module", 176, 106), ("kexec_load", 246, 104), ("kexec_file_load", 320, 294), ("reboot", 169, 142),
        ("sethostname", 170, 161), ("setdomainname", 171, 162), ("settimeofday", 164, 170), ("clock_settime", 227, 112), ("clock_adjtime", 305, 266), ("adjtimex", 159, 171),
        ("acct", 163, 89), ("syslog", 103, 116), ("vhangup", 153, 58), ("iopl", 172, -1), ("ioperm", 173, -1), ("uselib", 134, -1), ("modify_ldt", 154, -1),
        ("move_pages", 279, 239), ("migrate_pages", 256, 238), ("personality", 135, 92), ("lookup_dcookie", 212, 18), ("nfsservctl", 180, 42), ("mknod", 133, -1), ("mknodat", 259, 33),
    ];

    // Name spaces that clone could make: user, mount, process, network, IPC, host name, control group.
    private const uint NewSpaces = 0x10000000 | 0x00020000 | 0x20000000 | 0x40000000 | 0x08000000 | 0x04000000 | 0x02000000;
    private const uint TypeIntoTerminal = 0x5412;

    /// <summary>Whether there is a filter for this machine's processor.</summary>
    public static bool Supported => RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>The program, 8 bytes an instruction, as <c>bwrap --seccomp</c> reads it.</summary>
    public static byte[] Program()
    {
        var arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        var code = new Assembly();
        code.Load(4);
        code.UnlessEqual(arm ? 0xC00000B7 : 0xC000003E, KillProcess);
        code.Load(0);
        if (!arm)
        {
            // The x32 calls have numbers of their own, which the list below would not meet.
            code.IfAtLeast(0x40000000, KillProcess);
        }
        foreach (var (_, x64, arm64) in Refused)
        {
            if ((arm ? arm64 : x64) is >= 0 and var number)
            {
                code.IfEqual((uint)number, RefusePermission);
            }
        }
        // clone3 hides its flags behind a pointer that no filter can follow. Told that it does not exist, the C library uses clone.
        code.IfEqual(435, RefuseMissing);
        code.IfArgument(arm ? 220u : 56u, 16, NewSpaces, RefusePermission);
        code.IfArgumentEquals(arm ? 29u : 16u, 24, TypeIntoTerminal, RefusePermission);
        // Sockets of families that no network name space separates (hypervisor) or that are the kernel's own (packets, ciphers): only local, IP and netlink.
        code.OnlyFamilies(arm ? 198u : 41u, [1, 2, 10, 16], RefusePermission);
        code.Return(Allow);
        return code.Bytes;
    }

    private sealed class Assembly
    {
        private readonly List<(ushort Code, byte True, byte False, uint Value)> lines = [];

        public byte[] Bytes
        {
            get
            {
                var bytes = new byte[lines.Count * 8];
                for (var n = 0; n < lines.Count; n++)
                {
                    var to = bytes.AsSpan(n * 8);
                    BinaryPrimitives.WriteUInt16LittleEndian(to, lines[n].Code);
                    to[2] = lines[n].True;
                    to[3] = lines[n].False;
                    BinaryPrimitives.WriteUInt32LittleEndian(to[4..], lines[n].Value);
                }
                return bytes;
            }
        }

        public void Load(uint offset) => lines.Add((0x20, 0, 0, offset));

        public void Return(uint action) => lines.Add((0x06, 0, 0, action));

        public void IfEqual(uint value, uint action)
        {
            lines.Add((0x15, 0, 1, value));
            Return(action);
        }

        public void UnlessEqual(uint value, uint action)
        {
            lines.Add((0x15, 1, 0, value));
            Return(action);
        }

        public void IfAtLeast(uint value, uint action)
        {
            lines.Add((0x35, 0, 1, value));
            Return(action);
        }

        public void IfArgument(uint number, uint offset, uint bits, uint action)
        {
            lines.Add((0x15, 0, 4, number));
            Load(offset);
            lines.Add((0x45, 0, 1, bits));
            Return(action);
            Load(0);
        }

        public void IfArgumentEquals(uint number, uint offset, uint value, uint action)
        {
            lines.Add((0x15, 0, 4, number));
            Load(offset);
            lines.Add((0x15, 0, 1, value));
            Return(action);
            Load(0);
        }

        public void OnlyFamilies(uint number, uint[] families, uint action)
        {
            lines.Add((0x15, 0, (byte)(families.Length + 3), number));
            Load(16);
            for (var n = 0; n < families.Length; n++)
            {
                lines.Add((0x15, (byte)(families.Length - n), 0, families[n]));
            }
            Return(action);
            Load(0);
        }
    }
}
