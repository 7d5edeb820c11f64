using System.Diagnostics;
using System.Text;

namespace Hal9.Benchmarks.Harness;

/// <summary>A process of one side, with the processor time that it and the processes below it have used.</summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder log = new();
    private readonly TaskCompletionSource<string> said = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Child(Process process) => this.process = process;

    public int Id => process.Id;

    /// <summary>Starts a program and waits for a line that the reader takes for its sign of being ready; null: it is waited for by other means.</summary>
    public static async Task<(Child Child, string Said)> StartAsync(ProcessStartInfo start, Func<string, string?>? ready, CancellationToken cancellationToken)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var child = new Child(new Process { StartInfo = start, EnableRaisingEvents = true });
        child.process.OutputDataReceived += (_, line) => child.Read(line.Data, ready);
        child.process.ErrorDataReceived += (_, line) => child.Read(line.Data, ready);
        child.process.Exited += (_, _) => child.said.TrySetException(new InvalidOperationException($"{start.FileName} ended before it was ready:\n{child.Log}"));
        child.process.Start();
        child.process.BeginOutputReadLine();
        child.process.BeginErrorReadLine();
        try
        {
            return (child, ready is null ? "" : await child.said.Task.WaitAsync(TimeSpan.FromMinutes(1), cancellationToken));
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>A verb of this program in a process of its own; it says its address when it listens.</summary>
    public static Task<(Child Child, string Said)> StartOwnAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            start.ArgumentList.Add(typeof(Child).Assembly.Location);
        }
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        return StartAsync(start, line => line.StartsWith("http://", StringComparison.Ordinal) ? line : null, cancellationToken);
    }

    public string Log
    {
        get
        {
            lock (log)
            {
                return log.ToString();
            }
        }
    }

    /// <summary>Processor time so far, of the process and its children.</summary>
    public TimeSpan Cpu => Family(process.Id).Aggregate(TimeSpan.Zero, (sum, id) => sum + CpuOf(id));

    /// <summary>Resident memory now, in bytes.</summary>
    public long Resident => Family(process.Id).Sum(id =>
    {
        using var one = Process.GetProcessById(id);
        return one.WorkingSet64;
    });

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
        process.Dispose();
    }

    private static TimeSpan CpuOf(int id)
    {
        using var one = Process.GetProcessById(id);
        return one.TotalProcessorTime;
    }

    private static IEnumerable<int> Family(int id)
    {
        yield return id;
        var children = $"/proc/{id}/task/{id}/children";
        if (!File.Exists(children))
        {
            yield break;
        }
        foreach (var child in File.ReadAllText(children).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var below in Family(int.Parse(child, System.Globalization.CultureInfo.InvariantCulture)))
            {
                yield return below;
            }
        }
    }

    private void Read(string? line, Func<string, string?>? ready)
    {
        if (line is null)
        {
            return;
        }
        lock (log)
        {
            log.AppendLine(line);
        }
        if (ready?.Invoke(line) is { } found)
        {
            said.TrySetResult(found);
        }
    }
}
