using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Hal9.Engine.Sandbox;

/// <summary>A process with its limits: read, watched, ended.</summary>
internal static class Watched
{
    private const int Killed = 128 + 9;
    private const int CpuOver = 128 + 24;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly long PageBytes = Environment.SystemPageSize;

    public static async Task<SandboxResult> RunAsync(
        ProcessStartInfo what, SandboxCommand command, ControlGroup? group, SandboxLevel level, CancellationToken cancellationToken)
    {
        what.RedirectStandardInput = what.RedirectStandardOutput = what.RedirectStandardError = true;
        what.UseShellExecute = false;
        var limits = command.Limits;
        var clock = Stopwatch.StartNew();
        Process process;
        try
        {
            process = await Launcher.Shared.StartAsync(what);
        }
        catch (Win32Exception failure)
        {
            return new SandboxResult(SandboxOutcome.Refused, SandboxLevel.Off, -1, "", "", clock.Elapsed, failure.Message);
        }
        using (process)
        {
            SandboxOutcome? over = null;
            void End(SandboxOutcome why)
            {
                over ??= why;
                process.Kill();
            }
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var feeding = FeedAsync(process, command.Input);
            var output = ReadAsync(process.StandardOutput.BaseStream, limits.OutputBytes, () => End(SandboxOutcome.OutputExceeded));
            var errors = ReadAsync(process.StandardError.BaseStream, limits.OutputBytes, () => End(SandboxOutcome.OutputExceeded));
            var ended = Task.WhenAll(process.WaitForExitAsync(CancellationToken.None), output, errors);
            while (!ended.IsCompleted)
            {
                var left = limits.Time - clock.Elapsed;
                if (left <= TimeSpan.Zero)
                {
                    End(SandboxOutcome.TimedOut);
                }
                else if (group is null && Memory(process.Id) > limits.MemoryBytes)
                {
                    End(SandboxOutcome.MemoryExceeded);
                }
                else if (cancellationToken.IsCancellationRequested)
                {
                    process.Kill();
                }
                await Task.WhenAny(ended, WaitAsync(over is null && left < Look && left > TimeSpan.Zero ? left : Look, stop.Token));
            }
            await stop.CancelAsync();
            await ended;
            await feeding;
            cancellationToken.ThrowIfCancellationRequested();
            var (text, complaint, code) = (await output, await errors, process.ExitCode);
            var outcome = over ?? (group?.RanOut == true || SaysMemoryRanOut(code, complaint) ? SandboxOutcome.MemoryExceeded
                : code == CpuOver || (code == Killed && clock.Elapsed.TotalSeconds >= limits.CpuSeconds) ? SandboxOutcome.CpuExceeded
                : code > 128 ? SandboxOutcome.Crashed
                : SandboxOutcome.Exited);
            return new SandboxResult(outcome, level, code, text, complaint, clock.Elapsed, ReasonOf(outcome, limits, code));
        }
    }

    private static async Task WaitAsync(TimeSpan time, CancellationToken cancellationToken) =>
        await Task.Delay(time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    // The words of the .NET runtime, CPython and V8 when they cannot go on.
    private static bool SaysMemoryRanOut(int code, string errors) =>
        code > 128 && (errors.Contains("OutOfMemoryException", StringComparison.Ordinal) || errors.Contains("Out of memory", StringComparison.Ordinal)
            || errors.Contains("heap out of memory", StringComparison.Ordinal) || errors.Contains("MemoryError", StringComparison.Ordinal));

    private static string? ReasonOf(SandboxOutcome outcome, SandboxLimits limits, int code) => outcome switch
    {
        SandboxOutcome.TimedOut => string.Create(CultureInfo.InvariantCulture, $"It did not end within {limits.Time.TotalSeconds:0.#} s."),
        SandboxOutcome.CpuExceeded => string.Create(CultureInfo.InvariantCulture, $"It used more than {limits.CpuSeconds} s of processor time."),
        SandboxOutcome.MemoryExceeded => string.Create(CultureInfo.InvariantCulture, $"It wanted more than {limits.MemoryBytes >> 20} MB of memory."),
        SandboxOutcome.OutputExceeded => string.Create(CultureInfo.InvariantCulture, $"It wrote more than {limits.OutputBytes >> 10} KB of output."),
        SandboxOutcome.Crashed => string.Create(CultureInfo.InvariantCulture, $"It was ended by signal {code - 128}."),
        _ => null,
    };

    private static async Task FeedAsync(Process process, ReadOnlyMemory<byte> input)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, CancellationToken.None);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended, or closed its input, without reading all of it: its own business.
        }
    }

    private static async Task<string> ReadAsync(Stream from, int most, Action exceeded)
    {
        var kept = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, CancellationToken.None)) > 0)
        {
            kept.Write(buffer, 0, (int)Math.Min(read, most - kept.Length));
            if (kept.Length == most)
            {
                exceeded();
            }
        }
        return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }

    /// <summary>Memory that a process and all below it have for themselves, for machines where no control group counts it.</summary>
    private static long Memory(int process)
    {
        try
        {
            var counts = File.ReadAllText($"/proc/{process}/statm").Split(' ');
            var pages = long.Parse(counts[1], CultureInfo.InvariantCulture) - long.Parse(counts[2], CultureInfo.InvariantCulture);
            var children = Directory.EnumerateDirectories($"/proc/{process}/task").SelectMany(thread => File.ReadAllText(thread + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries));
            return (pages * PageBytes) + children.Sum(child => Memory(int.Parse(child, CultureInfo.InvariantCulture)));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
