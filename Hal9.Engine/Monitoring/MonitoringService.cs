using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Neurons;
using Hal9.Engine.Tenancy;
using Orleans;

namespace Hal9.Engine.Monitoring;

/// <summary>The door to what a tenant's neurons, runs and providers do now and did lately.</summary>
public sealed class MonitoringService
{
    private readonly HierarchyService hierarchies;
    private readonly SignalFeed feed;
    private readonly MonitoringStore store;
    private readonly ModelService models;
    private readonly IGrainFactory grains;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<Guid, SharedReading<HierarchyActivity>> readings = new();

    internal MonitoringService(HierarchyService hierarchies, SignalFeed feed, MonitoringStore store, ModelService models, IGrainFactory grains, TimeProvider time)
    {
        this.hierarchies = hierarchies;
        this.feed = feed;
        this.store = store;
        this.models = models;
        this.grains = grains;
        this.time = time;
    }

    /// <summary>The hierarchy with each neuron's state and load, read after the call. Everybody who asks at about the same time shares one reading.</summary>
    /// <exception cref="AccessDenied">The actor may not.</exception>
    public Task<HierarchyActivity> NowAsync(Actor actor, CancellationToken cancellationToken)
    {
        Check(actor, Permission.ReadRuns);
        return readings.GetOrAdd(actor.TenantId, tenantId => new SharedReading<HierarchyActivity>(() => ReadAsync(tenantId), time)).NextAsync(cancellationToken);
    }

    /// <summary>First the last quarter of an hour, then what happens, in bursts. Never ends by itself.</summary>
    /// <exception cref="AccessDenied">The actor may not.</exception>
    public async IAsyncEnumerable<SignalBurst> WatchAsync(Actor actor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Check(actor, Permission.ReadRuns);
        await FillAsync(actor.TenantId).ConfigureAwait(false);
        using var watch = feed.Watch(actor.TenantId, out var before);
        yield return new SignalBurst(before, 0);
        while (true)
        {
            var (signals, missed) = await watch.NextAsync(cancellationToken).ConfigureAwait(false);
            yield return new SignalBurst(signals, missed);
        }
    }

    /// <summary>Ends when something happens in the tenant. Whoever reads after that, and asked for this before they last read, misses nothing.</summary>
    /// <exception cref="AccessDenied">The actor may not.</exception>
    public Task ChangedAsync(Actor actor, CancellationToken cancellationToken)
    {
        Check(actor, Permission.ReadRuns);
        return feed.NextAsync(actor.TenantId, cancellationToken);
    }

    /// <summary>The runs that ended in a grid's time; whoever may not read everybody's gets their own.</summary>
    /// <exception cref="AccessDenied">The actor may neither read nor use runs.</exception>
    public Task<RunStatistics> StatisticsAsync(Actor actor, TimeGrid grid, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(grid);
        var everybody = actor.May(Permission.ReadRuns);
        Check(actor, everybody ? Permission.ReadRuns : Permission.UseRuns);
        return Task.Run(() => store.Statistics(actor.TenantId, everybody ? null : actor.UserId, grid, cancellationToken), cancellationToken);
    }

    /// <summary>What runs cost by mode, of those of everybody that succeeded in a stretch of time; whole hours count, beyond three days whole days (UTC).</summary>
    /// <exception cref="AccessDenied">The actor may not read costs.</exception>
    public Task<IReadOnlyList<QueryCost>> QueryCostsAsync(Actor actor, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        Check(actor, Permission.ReadCosts);
        return Task.Run(() => store.QueryCosts(actor.TenantId, from, to, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// The providers, and what became of the tenant's calls to them in the time before now (at most a day). That needs <see cref="Permission.ReadRuns"/>;
    /// without it only their circuit breakers are told.
    /// </summary>
    /// <exception cref="AccessDenied">The actor may not read the engine.</exception>
    public async Task<IReadOnlyList<ProviderActivity>> ProvidersAsync(Actor actor, TimeSpan span, CancellationToken cancellationToken)
    {
        Check(actor, Permission.ReadEngine);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(span, TimeSpan.FromDays(1));
        var since = time.GetUtcNow() - span;
        var records = actor.May(Permission.ReadRuns) ? await Task.Run(() => store.Calls(actor.TenantId, since, cancellationToken), cancellationToken).ConfigureAwait(false) : null;
        var circuits = models.States.ToDictionary(state => state.Name, state => state.Circuit, StringComparer.OrdinalIgnoreCase);
        return
        [
            .. models.Providers.Select(provider => new ProviderActivity(
                provider.Name, provider.Kind, circuits.TryGetValue(provider.Name, out var circuit) ? circuit : null, records?.GetValueOrDefault(provider.Name))),
        ];
    }

    private async Task<HierarchyActivity> ReadAsync(Guid tenantId)
    {
        await FillAsync(tenantId).ConfigureAwait(false);
        var hierarchy = await hierarchies.OfAsync(tenantId, CancellationToken.None).ConfigureAwait(false);
        var (at, signals) = (time.GetUtcNow(), feed.Recent(tenantId));
        var tallies = new Dictionary<string, NeuronTally>(StringComparer.Ordinal);
        foreach (var signal in signals)
        {
            if (!tallies.TryGetValue(signal.Neuron, out var tally))
            {
                tallies[signal.Neuron] = tally = new NeuronTally();
            }
            tally.Add(signal);
        }
        // A neuron without a signal in a quarter of an hour is not asked: its grain may not even be awake.
        var loads = await Task.WhenAll(tallies.Keys.Select(async name => (name, Load: await grains.GetGrain<INeuronGrain>($"{tenantId}/{name}").LoadAsync().ConfigureAwait(false)))).ConfigureAwait(false);
        var loadOf = loads.ToDictionary(l => l.name, l => l.Load, StringComparer.Ordinal);
        return new HierarchyActivity(
            at, [.. hierarchy.Neurons.Select(neuron => (tallies.GetValueOrDefault(neuron.Name) ?? NeuronTally.None).Of(neuron, hierarchy.NamesBelow(neuron), loadOf.GetValueOrDefault(neuron.Name)))], signals);
    }

    // What one watcher reads serves all of the tenant, so it does not end with that watcher.
    private Task FillAsync(Guid tenantId) =>
        feed.FillAsync(tenantId, () => store.SignalsAsync(tenantId, feed.Since - SignalFeed.Span, feed.Since, CancellationToken.None));

    private static void Check(Actor actor, Permission permission)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.May(permission))
        {
            throw new AccessDenied(permission);
        }
    }
}
