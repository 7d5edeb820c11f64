using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Hal9.Engine.Events;

/// <summary>
/// Tells watchers in this process what was just stored. A watcher gets signals, not data: it reads on from the number that it has, so a slow one
/// merges signals and misses nothing, and a broken one never reaches whoever publishes.
/// </summary>
public sealed class RunFeed
{
    private readonly ConcurrentDictionary<Guid, Topic> runs = new();
    private readonly ConcurrentDictionary<Guid, ConcurrentDictionary<TenantWatch, byte>> tenants = new();

    /// <summary>Something of the run was committed.</summary>
    public void Signal(Guid tenantId, Guid runId)
    {
        if (runs.TryGetValue(runId, out var topic))
        {
            topic.Signal();
        }
        if (tenants.TryGetValue(tenantId, out var watches))
        {
            foreach (var watch in watches.Keys)
            {
                watch.Add(runId);
            }
        }
    }

    /// <summary>Registers for one run; dispose to end.</summary>
    public Watch WatchRun(Guid runId)
    {
        while (true)
        {
            var topic = runs.GetOrAdd(runId, static _ => new Topic());
            if (topic.TryAdd(() => runs.TryRemove(new KeyValuePair<Guid, Topic>(runId, topic)), out var watch))
            {
                return watch;
            }
        }
    }

    /// <summary>Ids of runs of a tenant that changed, each at most once until it is read. Ends with the token.</summary>
    public async IAsyncEnumerable<Guid> WatchTenantAsync(Guid tenantId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watches = tenants.GetOrAdd(tenantId, static _ => new());
        var watch = new TenantWatch();
        watches.TryAdd(watch, 0);
        try
        {
            while (true)
            {
                await watch.Signals.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                foreach (var runId in watch.Take())
                {
                    yield return runId;
                }
            }
        }
        finally
        {
            watches.TryRemove(watch, out _);
        }
    }

    /// <summary>One watcher's registration: wait, then read on.</summary>
    public sealed class Watch : IDisposable
    {
        private readonly Channel<bool> signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        private readonly Action<Watch> leave;

        internal Watch(Action<Watch> leave) => this.leave = leave;

        /// <summary>Completes when something happened since the last wait.</summary>
        public async ValueTask WaitAsync(CancellationToken cancellationToken) => await signals.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);

        /// <inheritdoc/>
        public void Dispose() => leave(this);

        internal void Signal() => signals.Writer.TryWrite(true);
    }

    private sealed class Topic
    {
        private readonly Lock gate = new();
        private readonly HashSet<Watch> watches = [];
        private bool closed;

        public bool TryAdd(Action close, out Watch watch)
        {
            lock (gate)
            {
                watch = new Watch(w => Remove(w, close));
                return !closed && watches.Add(watch);
            }
        }

        public void Signal()
        {
            lock (gate)
            {
                foreach (var watch in watches)
                {
                    watch.Signal();
                }
            }
        }

        private void Remove(Watch watch, Action close)
        {
            lock (gate)
            {
                if (watches.Remove(watch) && watches.Count == 0)
                {
                    closed = true;
                    close();
                }
            }
        }
    }

    private sealed class TenantWatch
    {
        private readonly HashSet<Guid> changed = [];

        public Channel<bool> Signals { get; } = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        public void Add(Guid runId)
        {
            lock (changed)
            {
                changed.Add(runId);
            }
            Signals.Writer.TryWrite(true);
        }

        public Guid[] Take()
        {
            lock (changed)
            {
                Guid[] taken = [.. changed];
                changed.Clear();
                return taken;
            }
        }
    }
}
