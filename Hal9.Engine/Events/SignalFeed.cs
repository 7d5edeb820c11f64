using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Hal9.Engine.Events;

/// <summary>
/// The signals of each tenant's neurons in this process: the last quarter of an hour, then live. A watcher that falls behind loses its oldest signals
/// and is told how many, so it never holds up the writer; the whole truth stays in the runs' events.
/// </summary>
public sealed class SignalFeed(TimeProvider time)
{
    /// <summary>How far back the feed remembers.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromMinutes(15);

    internal const int MostKept = 20_000;
    internal const int MostBehind = 5_000;

    private readonly ConcurrentDictionary<Guid, Window> windows = new();

    /// <summary>Since when this process has been listening (UTC): what is older was read from the database.</summary>
    public DateTimeOffset Since { get; } = time.GetUtcNow();

    /// <summary>Remembers signals and hands them to the tenant's watchers.</summary>
    public void Publish(Guid tenantId, params ReadOnlySpan<NeuronSignal> signals)
    {
        if (signals.Length > 0)
        {
            windows.GetOrAdd(tenantId, static _ => new Window()).Add(signals, time.GetUtcNow() - Span);
        }
    }

    /// <summary>Registers a watcher: the window as it stands and everything after it. Dispose to end.</summary>
    public SignalWatch Watch(Guid tenantId, out IReadOnlyList<NeuronSignal> before) =>
        windows.GetOrAdd(tenantId, static _ => new Window()).Watch(time.GetUtcNow() - Span, out before);

    /// <summary>The window as it stands, oldest first. One list serves all who ask until the next signal.</summary>
    public IReadOnlyList<NeuronSignal> Recent(Guid tenantId) => windows.TryGetValue(tenantId, out var window) ? window.Recent(time.GetUtcNow() - Span) : [];

    /// <summary>Ends when the tenant's next signal comes: for those who then look for themselves.</summary>
    public Task NextAsync(Guid tenantId, CancellationToken cancellationToken) =>
        windows.GetOrAdd(tenantId, static _ => new Window()).NextAsync().WaitAsync(cancellationToken);

    /// <summary>Puts what happened before this process listened in front, once per tenant.</summary>
    internal async Task FillAsync(Guid tenantId, Func<Task<IReadOnlyList<NeuronSignal>>> read)
    {
        if (time.GetUtcNow() - Since < Span)
        {
            await windows.GetOrAdd(tenantId, static _ => new Window()).FillAsync(read).ConfigureAwait(false);
        }
    }

    private sealed class Window
    {
        private readonly Lock gate = new();
        private readonly HashSet<SignalWatch> watches = [];
        private Queue<NeuronSignal> recent = new();
        private NeuronSignal[]? shared;
        private Task? filling;
        private TaskCompletionSource? next;

        public void Add(ReadOnlySpan<NeuronSignal> signals, DateTimeOffset since)
        {
            lock (gate)
            {
                foreach (var signal in signals)
                {
                    recent.Enqueue(signal);
                }
                shared = null;
                Trim(since);
                foreach (var watch in watches)
                {
                    watch.Add(signals);
                }
                next?.SetResult();
                next = null;
            }
        }

        public Task NextAsync()
        {
            lock (gate)
            {
                return (next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }

        public SignalWatch Watch(DateTimeOffset since, out IReadOnlyList<NeuronSignal> before)
        {
            lock (gate)
            {
                before = Recent(since);
                var watch = new SignalWatch(Remove);
                watches.Add(watch);
                return watch;
            }
        }

        public IReadOnlyList<NeuronSignal> Recent(DateTimeOffset since)
        {
            lock (gate)
            {
                Trim(since);
                return shared ??= [.. recent];
            }
        }

        public Task FillAsync(Func<Task<IReadOnlyList<NeuronSignal>>> read)
        {
            lock (gate)
            {
                return filling is null or { IsFaulted: true } ? filling = FillOnceAsync(read) : filling;
            }
        }

        private async Task FillOnceAsync(Func<Task<IReadOnlyList<NeuronSignal>>> read)
        {
            var before = await read().ConfigureAwait(false);
            lock (gate)
            {
                recent = new Queue<NeuronSignal>(before.Concat(recent).TakeLast(MostKept));
                shared = null;
            }
        }

        private void Remove(SignalWatch watch)
        {
            lock (gate)
            {
                watches.Remove(watch);
            }
        }

        private void Trim(DateTimeOffset since)
        {
            while (recent.Count > MostKept || (recent.TryPeek(out var oldest) && oldest.At < since))
            {
                recent.Dequeue();
                shared = null;
            }
        }
    }
}

/// <summary>One watcher of a tenant's signals.</summary>
public sealed class SignalWatch : IDisposable
{
    private readonly Channel<bool> more = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Queue<NeuronSignal> pending = new();
    private readonly Action<SignalWatch> leave;
    private long missed;

    internal SignalWatch(Action<SignalWatch> leave) => this.leave = leave;

    /// <summary>Waits for what happened since the last call, and how many signals before it were lost because nobody called.</summary>
    public async ValueTask<(IReadOnlyList<NeuronSignal> Signals, long Missed)> NextAsync(CancellationToken cancellationToken)
    {
        await more.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        lock (pending)
        {
            var taken = (pending.ToArray(), missed);
            pending.Clear();
            missed = 0;
            return taken;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => leave(this);

    internal void Add(ReadOnlySpan<NeuronSignal> signals)
    {
        lock (pending)
        {
            foreach (var signal in signals)
            {
                if (pending.Count == SignalFeed.MostBehind)
                {
                    pending.Dequeue();
                    missed++;
                }
                pending.Enqueue(signal);
            }
        }
        more.Writer.TryWrite(true);
    }
}
