using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Tenancy;

/// <summary>A tenant that a person belongs to, and as what.</summary>
public sealed record TenantMembership(Guid TenantId, string Name, Role Role);

/// <summary>Tenants and who belongs to them: the door for pages, API and sign-in.</summary>
public sealed class TenantService(TenantScope scope, IEnumerable<ITenantSeed> seeds, TimeProvider time)
{
    /// <summary>How long a role may be stale for a token or a key; cookies and circuits are checked as often.</summary>
    public static readonly TimeSpan Staleness = TimeSpan.FromSeconds(20);

    // 50,000 pairs of ids are about 5 MB; above that the memory starts over.
    private readonly Recent<(Guid Tenant, Guid User), Role?> roles = new(time, Staleness, 50_000);

    /// <summary>Whether somebody belongs to some tenant: false means that this instance was never set up.</summary>
    public async Task<bool> AnyMembershipAsync(CancellationToken cancellationToken)
    {
        await using var db = scope.System("is the instance set up");
        return await db.Set<Membership>().AnyAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a tenant with its seeds and its first administrator, all or nothing.</summary>
    /// <param name="name">1 to 80 characters, unique on the instance.</param>
    /// <param name="administrator">The person's id.</param>
    /// <param name="cancellationToken">Stops before anything is written.</param>
    /// <exception cref="ArgumentException">The name is empty, too long or taken.</exception>
    public async Task<Tenant> CreateAsync(string name, Guid administrator, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        name = name.Trim();
        if (name.Length is 0 or > 80)
        {
            throw new ArgumentException("The organisation's name needs 1 to 80 characters.", nameof(name));
        }
        await using var db = scope.System("a tenant is made");
        if (await db.Set<Tenant>().AnyAsync(t => t.Name == name, cancellationToken).ConfigureAwait(false))
        {
            throw new ArgumentException("An organisation of this name exists.", nameof(name));
        }
        var tenant = new Tenant { Id = Guid.CreateVersion7(), Name = name, CreatedAt = time.GetUtcNow() };
        db.Add(tenant);
        db.Add(new Membership { TenantId = tenant.Id, UserId = administrator, Role = Role.Admin });
        foreach (var seed in seeds)
        {
            seed.Seed(db, tenant.Id);
        }
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        roles.Forget();
        return tenant;
    }

    /// <summary>The tenants of a person, by name.</summary>
    public async Task<IReadOnlyList<TenantMembership>> OfPersonAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var db = scope.System("a person's memberships at sign-in");
        var found = await db.Set<Membership>().Where(m => m.UserId == userId)
            .Join(db.Set<Tenant>(), m => m.TenantId, t => t.Id, (m, t) => new TenantMembership(t.Id, t.Name, m.Role))
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        return [.. found.OrderBy(m => m.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Who belongs to the actor's tenant, at most <paramref name="most"/> of them.</summary>
    /// <exception cref="AccessDenied">The actor may not read costs.</exception>
    public async Task<IReadOnlyList<Guid>> MembersAsync(Actor actor, int most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.May(Permission.ReadCosts))
        {
            throw new AccessDenied(Permission.ReadCosts);
        }
        await using var db = scope.Open(actor.TenantId);
        return await db.Set<Membership>().OrderBy(m => m.UserId).Take(most).Select(m => m.UserId).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The person's role as stored now, or null without a membership.</summary>
    public async Task<Role?> RoleAsync(Guid tenantId, Guid userId, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        return await db.Set<Membership>().Where(m => m.UserId == userId).Select(m => (Role?)m.Role).SingleOrDefaultAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same, at most <see cref="Staleness"/> old; for credentials that are checked with every request.</summary>
    public ValueTask<Role?> RecentRoleAsync(Guid tenantId, Guid userId, CancellationToken cancellationToken) =>
        roles.GetAsync((tenantId, userId), (pair, token) => RoleAsync(pair.Tenant, pair.User, token), cancellationToken);

    /// <summary>Gives a person a role in the actor's tenant, as a new member or a changed one.</summary>
    /// <exception cref="AccessDenied">The actor may not manage people.</exception>
    /// <exception cref="InvalidOperationException">It would leave the tenant without an administrator.</exception>
    public async Task SetRoleAsync(Actor actor, Guid userId, Role role, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(Manage(actor));
        var membership = await db.Set<Membership>().SingleOrDefaultAsync(m => m.UserId == userId, cancellationToken).ConfigureAwait(false);
        if (membership is null)
        {
            db.Add(new Membership { TenantId = actor.TenantId, UserId = userId, Role = role });
        }
        else
        {
            if (membership.Role == Role.Admin && role != Role.Admin)
            {
                await KeepAnAdministratorAsync(db, userId, cancellationToken).ConfigureAwait(false);
            }
            membership.Role = role;
        }
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        roles.Forget();
    }

    /// <summary>Takes a person out of the actor's tenant; their keys and sessions there stop working.</summary>
    /// <returns>False when there was no such member.</returns>
    /// <exception cref="AccessDenied">The actor may not manage people.</exception>
    /// <exception cref="InvalidOperationException">It would leave the tenant without an administrator.</exception>
    public async Task<bool> RemoveAsync(Actor actor, Guid userId, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(Manage(actor));
        var membership = await db.Set<Membership>().SingleOrDefaultAsync(m => m.UserId == userId, cancellationToken).ConfigureAwait(false);
        if (membership is null)
        {
            return false;
        }
        await KeepAnAdministratorAsync(db, userId, cancellationToken).ConfigureAwait(false);
        db.Remove(membership);
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        roles.Forget();
        return true;
    }

    private static Guid Manage(Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return actor.May(Permission.ManagePeople) ? actor.TenantId : throw new AccessDenied(Permission.ManagePeople);
    }

    private static async Task KeepAnAdministratorAsync(DbContext db, Guid leaving, CancellationToken cancellationToken)
    {
        if (!await db.Set<Membership>().AnyAsync(m => m.Role == Role.Admin && m.UserId != leaving, cancellationToken).ConfigureAwait(false))
        {
            throw new InvalidOperationException("An organisation keeps at least one administrator.");
        }
    }
}
