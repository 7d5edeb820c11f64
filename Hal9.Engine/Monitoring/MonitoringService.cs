using System.Runtime.CompilerServices;
using Hal9.Engine.Events;
using Hal9.Engine.Neurons;
using Hal9.Engine.Tenancy;
using Orleans;

namespace Hal9.Engine.Monitoring;

/// <summary>The door to what a tenant's neurons do now and did lately. All of it needs <see cref="Permission.ReadRuns"/>.</summary>
public sealed class MonitoringService
{
    private readonly HierarchyService hierarchies;
    private readonly SignalFeed feed;
    private readonly MonitoringStore store;
    private readonly IGrainFactory grains;
    private readonly TimeProvider time;

    internal MonitoringService(HierarchyService hierarchies, SignalFeed feed, MonitoringStore store, IGrainFactory grains, TimeProvider time)
    {
        this.hierarchies = hierarchies;
        this.feed = feed;
        this.store = store;
        this.grains = grains;
        this.time = time;
    }

    /// <summary>The hierarchy with each neuron's state and load.</summary>
    /// <exception cref="AccessDenied">The actor may not.</exception>
    public async Task<HierarchyActivity> NowAsync(Actor actor, CancellationToken cancellationToken)
    {
        Check(actor);
        await FillAsync(actor.TenantId).ConfigureAwait(false);
        var hierarchy = await hierarchies.OfAsync(actor.TenantId, cancellationToken).ConfigureAwait(false);
        var tallies = new Dictionary<string, NeuronTally>(StringComparer.Ordinal);
        foreach (var signal in feed.Recent(actor.TenantId))
        {
            if (!tallies.TryGetValue(signal.Neuron, out var tally))
            {
                tallies[signal.Neuron] = tally = new NeuronTally();
            }
            tally.Add(signal);
        }
        // A neuron without a signal in a quarter of an hour is not asked: its grain may not even be awake.
        var loads = await Task.WhenAll(tallies.Keys.Select(async name => (name, Load: await grains.GetGrain<INeuronGrain>($"{actor.TenantId}/{name}").LoadAsync().ConfigureAwait(false))))
            .WaitAsync(cancellationToken).ConfigureAwait(false);
        var loadOf = loads.ToDictionary(l => l.name, l => l.Load, StringComparer.Ordinal);
        return new HierarchyActivity(time.GetUtcNow(), [.. hierarchy.Neurons.Select(neuron => (tallies.GetValueOrDefault(neuron.Name) ?? NeuronTally.None)
            .Of(neuron, [.. hierarchy.DelegatesOf(neuron).Select(child => child.Name)], loadOf.GetValueOrDefault(neuron.Name)))]);
    }

    /// <summary>First the last quarter of an hour, then what happens, in bursts. Never ends by itself.</summary>
    /// <exception cref="AccessDenied">The actor may not.</exception>
    public async IAsyncEnumerable<SignalBurst> WatchAsync(Actor actor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Check(actor);
        await FillAsync(actor.TenantId).ConfigureAwait(false);
        using var watch = feed.Watch(actor.TenantId);
        yield return new SignalBurst(watch.Recent, 0);
        while (true)
        {
            var (signals, missed) = await watch.NextAsync(cancellationToken).ConfigureAwait(false);
            yield return new SignalBurst(signals, missed);
        }
    }

    /// <summary>The runs that ended between two instants, over time. The begin is rounded down to a whole step.</summary>
    /// <exception cref="AccessDenied">The actor may not.</exception>
    /// <exception cref="ArgumentException">The time is empty or longer than 400 days.</exception>
    public Task<RunStatistics> StatisticsAsync(Actor actor, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        Check(actor);
        if (to <= from || to - from > TimeSpan.FromDays(400))
        {
            throw new ArgumentException("from: it must be before to, by at most 400 days.");
        }
        return store.StatisticsAsync(actor.TenantId, from, to, cancellationToken);
    }

    // What one watcher reads serves all of the tenant, so it does not end with that watcher.
    private Task FillAsync(Guid tenantId) =>
        feed.FillAsync(tenantId, () => store.SignalsAsync(tenantId, feed.Since - SignalFeed.Span, feed.Since, CancellationToken.None));

    private static void Check(Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.May(Permission.ReadRuns))
        {
            throw new AccessDenied(Permission.ReadRuns);
        }
    }
}
