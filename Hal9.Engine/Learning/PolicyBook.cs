using System.Collections.Concurrent;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Learning;

/// <summary>A policy that is served or tried.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Active">The served version; 0: day 0.</param>
/// <param name="Canary">The tried version.</param>
/// <param name="CanaryShare">Share of the episodes that try it.</param>
internal sealed record LivePolicy(string Key, (int Version, PolicyContent Content) Active, (int Version, PolicyContent Content)? Canary, double CanaryShare);

/// <summary>What is learned in a tenant at one moment. A run keeps the one that it began with.</summary>
internal sealed record PolicySnapshot(IReadOnlyDictionary<string, LivePolicy> Policies)
{
    public static PolicySnapshot Empty { get; } = new(new Dictionary<string, LivePolicy>());
}

/// <summary>The policies of all tenants as this process knows them: a switch here is seen at once, one of another replica within a second.</summary>
internal sealed class PolicyBook(TenantScope scope, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private const int MostTenants = 4_096;
    private readonly ConcurrentDictionary<Guid, (PolicySnapshot Snapshot, long At)> known = new();

    public async ValueTask<PolicySnapshot> OfAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(tenantId, out var entry) && time.GetElapsedTime(entry.At) < Fresh)
        {
            return entry.Snapshot;
        }
        var at = time.GetTimestamp();
        await using var db = scope.Open(tenantId);
        var heads = await db.Set<PolicyHeadRow>().AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false);
        var snapshot = PolicySnapshot.Empty;
        if (heads.Count > 0)
        {
            var keys = heads.ConvertAll(head => head.PolicyKey);
            var wanted = heads.SelectMany(head => new[] { (head.PolicyKey, head.ActiveVersion), (head.PolicyKey, head.CanaryVersion ?? 0) }).ToHashSet();
            var versions = heads.SelectMany(head => new[] { head.ActiveVersion, head.CanaryVersion ?? 0 }).Distinct().ToList();
            var contents = (await db.Set<PolicyRow>().AsNoTracking().Where(row => keys.Contains(row.PolicyKey) && versions.Contains(row.Version)).ToListAsync(cancellationToken).ConfigureAwait(false))
                .Where(row => wanted.Contains((row.PolicyKey, row.Version)))
                .ToDictionary(row => (row.PolicyKey, row.Version), row => PolicyContent.Read(PolicyContent.KindOf(row.PolicyKey), row.Content));
            (int, PolicyContent) At(string key, int version) => (version, contents.GetValueOrDefault((key, version)) ?? PolicyContent.Nothing);
            snapshot = new PolicySnapshot(heads.ToDictionary(
                head => head.PolicyKey,
                head => new LivePolicy(head.PolicyKey, At(head.PolicyKey, head.ActiveVersion), head.CanaryVersion is { } canary ? At(head.PolicyKey, canary) : null, head.CanaryShare)));
        }
        if (known.Count >= MostTenants)
        {
            known.Clear();
        }
        known[tenantId] = (snapshot, at);
        return snapshot;
    }

    /// <summary>A policy of the tenant was switched here.</summary>
    public void Forget(Guid tenantId) => known.TryRemove(tenantId, out _);
}
