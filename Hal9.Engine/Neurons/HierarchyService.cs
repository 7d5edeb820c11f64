using System.Collections.Concurrent;
using System.Text.Json;
using Hal9.Engine.Events;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Neurons;

/// <summary>A tenant's neurons and who may delegate to whom.</summary>
public sealed class Hierarchy
{
    private readonly Dictionary<string, Neuron> byName;
    private readonly Dictionary<string, IReadOnlyList<Neuron>> delegates;
    private readonly Dictionary<string, IReadOnlyList<string>> namesBelow;

    /// <summary>Builds the hierarchy; a delegate that is not exactly one layer below is left out, so that the layer rule holds by construction.</summary>
    public Hierarchy(IEnumerable<Neuron> neurons)
    {
        byName = neurons.ToDictionary(n => n.Name, StringComparer.Ordinal);
        delegates = byName.Values.ToDictionary(
            n => n.Name,
            IReadOnlyList<Neuron> (n) => [.. (JsonSerializer.Deserialize<string[]>(n.Delegates) ?? []).Select(Find).OfType<Neuron>().Where(child => child.Layer == n.Layer - 1)],
            StringComparer.Ordinal);
        namesBelow = delegates.ToDictionary(of => of.Key, IReadOnlyList<string> (of) => [.. of.Value.Select(child => child.Name)], StringComparer.Ordinal);
        Neurons = [.. byName.Values.OrderByDescending(n => n.Layer).ThenBy(n => n.Id)];
    }

    /// <summary>All neurons, top layer first, then in their order of preference.</summary>
    public IReadOnlyList<Neuron> Neurons { get; }

    /// <summary>The neuron of that name, or null.</summary>
    public Neuron? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>The neurons directly below that this one may assign work to.</summary>
    public IReadOnlyList<Neuron> DelegatesOf(Neuron neuron) => delegates[neuron.Name];

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> NamesBelow(Neuron neuron) => namesBelow[neuron.Name];

    /// <summary>The first neuron of a layer, or of the highest layer below it that has one.</summary>
    public Neuron? EntryOf(Layer layer) => Neurons.FirstOrDefault(n => n.Layer == layer) ?? Neurons.FirstOrDefault(n => n.Layer < layer);
}

/// <summary>The door to hierarchies.</summary>
public sealed class HierarchyService(TenantScope scope, TimeProvider time) : ITenantSeed
{
    private readonly ConcurrentDictionary<Guid, Hierarchy> cache = new();

    /// <summary>The hierarchy of a tenant.</summary>
    public async ValueTask<Hierarchy> OfAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        if (cache.TryGetValue(tenantId, out var known))
        {
            return known;
        }
        await using var db = scope.Open(tenantId);
        var hierarchy = new Hierarchy(await db.Set<Neuron>().AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false));
        if (hierarchy.Neurons.Count > 0)
        {
            cache[tenantId] = hierarchy;
        }
        return hierarchy;
    }

    /// <summary>What an actor may see of it.</summary>
    /// <exception cref="AccessDenied">The actor may not read the engine.</exception>
    public ValueTask<Hierarchy> OfAsync(Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return actor.May(Permission.ReadEngine) ? OfAsync(actor.TenantId, cancellationToken) : throw new AccessDenied(Permission.ReadEngine);
    }

    void ITenantSeed.Seed(EngineDb db, Guid tenantId) => db.Set<Neuron>().AddRange(HierarchyTemplate.Make(tenantId, time.GetUtcNow()));
}
