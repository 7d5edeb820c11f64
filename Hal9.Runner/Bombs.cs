using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Hal9.Runner;

/// <summary>Programs that take what they can get. Each must be ended by a limit and leave nothing behind.</summary>
internal static unsafe partial class Bombs
{
    public static int Run(string kind)
    {
        switch (kind)
        {
            case "time":
                Thread.Sleep(Timeout.Infinite);
                break;
            case "cpu":
                for (; ; )
                {
                    Thread.SpinWait(1_000_000);
                }
            case "memory":
                for (var kept = new List<byte[]>(); ;)
                {
                    var block = new byte[8 << 20];
                    block.AsSpan().Fill(1);
                    kept.Add(block);
                }
            case "native":
                for (; ; )
                {
                    new Span<byte>(NativeMemory.Alloc(8 << 20), 8 << 20).Fill(1);
                }
            case "output":
                var text = new byte[1 << 16];
                text.AsSpan().Fill((byte)'x');
                for (var output = Console.OpenStandardOutput(); ;)
                {
                    output.Write(text);
                }
            case "disk":
                return Fill(Path.GetTempPath(), 1 << 20);
            case "files":
                return Fill(Path.GetTempPath(), 0);
            case "work":
                return Fill("/sandbox", 1 << 20);
            case "fork":
                for (; ; )
                {
                    _ = Fork();
                }
            case "daemon":
                // Children that leave the session, ignore the polite signals and outlive their parent.
                using (Process.Start("/bin/sh", ["-c", "for n in 1 2 3 4 5; do (trap '' TERM HUP; exec setsid sleep 1000) & done"]))
                {
                    return 0;
                }
            case "deaf":
                _ = Signal(15, 1);
                _ = Signal(2, 1);
                for (; ; )
                {
                    _ = Pause();
                }
        }
        return 2;
    }

    private static int Fill(string folder, int size)
    {
        var block = new byte[size];
        for (var n = 0; ; n++)
        {
            try
            {
                File.WriteAllBytes(Path.Combine(folder, $"bomb{n}"), block);
            }
            catch (IOException full)
            {
                Console.WriteLine($"{n} {full.Message}");
                return 3;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "fork")]
    private static partial int Fork();

    [LibraryImport("libc", EntryPoint = "pause")]
    private static partial int Pause();

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int number, nint handler);
}
