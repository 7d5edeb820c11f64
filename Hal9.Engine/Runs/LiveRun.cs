using System.Collections.Concurrent;
using Hal9.Engine.Budgets;
using Hal9.Engine.Learning;
using Hal9.Engine.Models;
using Hal9.Engine.Neurons;

namespace Hal9.Engine.Runs;

/// <summary>A run at work in this process: its record, its envelope, its answer so far, and the switches that stop it or a part of it.</summary>
internal sealed class LiveRun : IDisposable
{
    // Two timers of one deadline fire in any order, by a few milliseconds.
    private static readonly TimeSpan MostApart = TimeSpan.FromMilliseconds(20);

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly Dictionary<string, CancellationTokenSource> switches = [];
    private readonly HashSet<string> cancelled;
    private readonly CancellationTokenSource whole;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool expired;
    private bool left;

    public LiveRun(RunRow row, RunInput input, RunJournal journal, TimeProvider time, IEnumerable<string> cancelledPaths, CancellationToken stopping)
    {
        this.time = time;
        Row = row;
        Input = input;
        Journal = journal;
        Waiting = new Models.WaitClock(time);
        cancelled = [.. cancelledPaths];
        whole = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var deadline = row.Deadline;
        Envelope = new Envelope(
            "run envelope",
            new EnvelopeLimits(row.EnvelopeNano is { } nano ? new Usd(nano) : null, row.EnvelopeTokens, row.EnvelopeSteps, deadline));
        Deadline = deadline;
        DeadlineTimer = deadline is { } end
            ? time.CreateTimer(_ => Expire(), null, end > time.GetUtcNow() ? end - time.GetUtcNow() : TimeSpan.Zero, Timeout.InfiniteTimeSpan)
            : null;
        if (cancelled.Contains(""))
        {
            whole.Cancel();
        }
    }

    private ITimer? DeadlineTimer { get; }

    public RunRow Row { get; }

    public RunInput Input { get; }

    /// <summary>The files that belong to the goal; read when the loop enters.</summary>
    public IReadOnlyList<PromptFile> Files { get; set; } = [];

    /// <summary>What is learned, as it was when the run began or was taken up: it ends on that.</summary>
    public PolicySnapshot Policies { get; set; } = PolicySnapshot.Empty;

    /// <summary>What applies to each step, by path.</summary>
    public ConcurrentDictionary<string, Guidance> Guided { get; } = new(StringComparer.Ordinal);

    public RunJournal Journal { get; }

    public Envelope Envelope { get; }

    public AnswerBuffer Answer { get; } = new();

    public DateTimeOffset? Deadline { get; }

    /// <summary>How long it has waited for providers.</summary>
    public Models.WaitClock Waiting { get; }

    /// <summary>Cancelled when the whole run has to stop, for whatever reason.</summary>
    public CancellationToken Stopping => whole.Token;

    /// <summary>A person asked the whole run to stop.</summary>
    public bool IsCancelled
    {
        get
        {
            lock (gate)
            {
                return cancelled.Contains("");
            }
        }
    }

    /// <summary>Its start is stored with its first model call.</summary>
    public bool StartsLater { get; set; }

    /// <summary>Whoever held the connection open is gone: nobody reads the answer, and nobody waits for the stop either.</summary>
    public bool CallerLeft
    {
        get => Volatile.Read(ref left);
        set => Volatile.Write(ref left, value);
    }

    /// <summary>Somebody holds a connection open for the answer: the run cannot wait for a person.</summary>
    public bool CallerWaits { get; set; }

    /// <summary>Whether a budget's ladder may let it wait for a person's decision.</summary>
    public bool MayWait => !CallerWaits && Row.Mode != Events.RunMode.Direct;

    /// <summary>True once, for the call that the start is stored with.</summary>
    public bool TakeFirst()
    {
        lock (gate)
        {
            var first = StartsLater;
            StartsLater = false;
            return first;
        }
    }

    /// <summary>Its time is over, whichever clock says so first: this one, or that of the call at work, which has the same deadline.</summary>
    public bool IsExpired => expired || Deadline - time.GetUtcNow() < MostApart;

    /// <summary>Completes when the loop has ended and all of it is stored.</summary>
    public Task Ended => ended.Task;

    /// <summary>The step's own switch; tripped at once when the step was cancelled before (also before a restart).</summary>
    public CancellationTokenSource SwitchOf(string path, CancellationToken parent)
    {
        var own = CancellationTokenSource.CreateLinkedTokenSource(parent);
        lock (gate)
        {
            switches[path] = own;
            if (cancelled.Contains(path))
            {
                own.Cancel();
            }
        }
        return own;
    }

    public bool IsCancelledStep(string path)
    {
        lock (gate)
        {
            return cancelled.Contains(path);
        }
    }

    /// <summary>Whether a step above this one was cancelled, and with it all below.</summary>
    public bool IsWithinCancelledStep(string path)
    {
        lock (gate)
        {
            return cancelled.Any(above => above.Length > 0 && path.StartsWith(above + ".", StringComparison.Ordinal));
        }
    }

    /// <summary>Marks a part as cancelled and returns all marked parts; the caller stores them before <see cref="Trip"/>.</summary>
    public IReadOnlyCollection<string> Mark(string path)
    {
        lock (gate)
        {
            cancelled.Add(path);
            return [.. cancelled];
        }
    }

    /// <summary>Stops a part now.</summary>
    public void Trip(string path)
    {
        CancellationTokenSource? own;
        lock (gate)
        {
            own = path.Length == 0 ? whole : switches.GetValueOrDefault(path);
        }
        try
        {
            own?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The step ended between the look-up and the call: there is nothing left to stop.
        }
    }

    public void End() => ended.TrySetResult();

    public void Dispose()
    {
        DeadlineTimer?.Dispose();
        whole.Dispose();
    }

    private void Expire()
    {
        expired = true;
        Trip("");
    }
}
