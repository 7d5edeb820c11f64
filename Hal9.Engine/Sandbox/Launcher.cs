using System.Diagnostics;

namespace Hal9.Engine.Sandbox;

/// <summary>
/// Starts processes from one thread that lives as long as this process. The kernel ends a sandbox with the <i>thread</i> that started it
/// (PR_SET_PDEATHSIG), and threads of the pool come and go.
/// </summary>
internal sealed class Launcher
{
    // As many as there are places in the sandbox at most: whoever waits for a place has not come here.
    private readonly Queue<(ProcessStartInfo What, TaskCompletionSource<Process> Started)> queue = new();

    private Launcher() => new Thread(Work) { IsBackground = true, Name = "sandbox launcher" }.Start();

    public static Launcher Shared { get; } = new();

    public Task<Process> StartAsync(ProcessStartInfo what)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (queue)
        {
            queue.Enqueue((what, started));
            Monitor.Pulse(queue);
        }
        return started.Task;
    }

    private void Work()
    {
        for (; ; )
        {
            (ProcessStartInfo What, TaskCompletionSource<Process> Started) next;
            lock (queue)
            {
                while (!queue.TryDequeue(out next))
                {
                    Monitor.Wait(queue);
                }
            }
            try
            {
                next.Started.SetResult(Process.Start(next.What)!);
            }
            catch (Exception failure)
            {
                next.Started.SetException(failure);
            }
        }
    }
}
