using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Audit;

/// <summary>Who did what.</summary>
/// <param name="Seq">Its number in the tenant's chain.</param>
/// <param name="At">When (UTC).</param>
/// <param name="UserId">Who.</param>
/// <param name="KeyId">By which API key.</param>
/// <param name="Action">What, for example <c>budget.put</c>.</param>
/// <param name="Target">To what.</param>
/// <param name="Detail">With what, JSON.</param>
/// <param name="PrevHash">The hash of the act before.</param>
/// <param name="Hash">Its own hash, over the one before and all its fields.</param>
public sealed record AuditEntry(long Seq, DateTimeOffset At, Guid UserId, Guid? KeyId, string Action, string Target, string Detail, string PrevHash, string Hash);

/// <summary>What an examination of the audit log found.</summary>
/// <param name="IsIntact">Every hash and link is right, and the head is the last entry.</param>
/// <param name="Entries">Entries looked at.</param>
/// <param name="FirstBad">The number of the first that is wrong or missing.</param>
public sealed record AuditCheck(bool IsIntact, long Entries, long? FirstBad);

/// <summary>The door to the audit log.</summary>
public sealed class AuditService
{
    private readonly TenantScope tenants;

    internal AuditService(TenantScope tenants) => this.tenants = tenants;

    /// <summary>Acts, newest first.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="before">Only those with a smaller number; null: from the newest on.</param>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="AccessDenied">The actor may not read everything of the tenant.</exception>
    public async Task<IReadOnlyList<AuditEntry>> ListAsync(Actor actor, long? before, int limit, CancellationToken cancellationToken)
    {
        Demand(actor);
        await using var db = tenants.Open(actor.TenantId);
        var rows = await db.Set<AuditRow>().AsNoTracking().Where(row => before == null || row.Seq < before).OrderByDescending(row => row.Seq).Take(Math.Clamp(limit, 1, 200))
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        return rows.ConvertAll(row => new AuditEntry(row.Seq, row.At, row.UserId, row.KeyId, row.Action, row.Target, row.Detail, row.PrevHash, row.Hash));
    }

    /// <summary>Examines the whole chain. There are no anchors of it outside the database yet: who rewrites all of it, head included, is not found out.</summary>
    /// <exception cref="AccessDenied">The actor may not read everything of the tenant.</exception>
    public async Task<AuditCheck> VerifyAsync(Actor actor, CancellationToken cancellationToken)
    {
        Demand(actor);
        await using var db = tenants.Open(actor.TenantId);
        var (seq, hash) = (0L, AuditLog.Origin);
        await foreach (var row in db.Set<AuditRow>().AsNoTracking().OrderBy(row => row.Seq).AsAsyncEnumerable().WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (row.Seq != seq + 1 || row.PrevHash != hash || row.Hash != AuditLog.Hash(hash, row.Seq, row.At.ToUnixTimeMilliseconds(), row.UserId, row.KeyId, row.Action, row.Target, row.Detail))
            {
                return new AuditCheck(false, seq, seq + 1);
            }
            (seq, hash) = (row.Seq, row.Hash);
        }
        var head = await db.Set<AuditHeadRow>().AsNoTracking().SingleOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return (head?.Seq ?? 0) == seq && (head?.Hash ?? AuditLog.Origin) == hash ? new AuditCheck(true, seq, null) : new AuditCheck(false, seq, seq + 1);
    }

    private static void Demand(Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.May(Permission.ReadCosts))
        {
            throw new AccessDenied(Permission.ReadCosts);
        }
    }
}
