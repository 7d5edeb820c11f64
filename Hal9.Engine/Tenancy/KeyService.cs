using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Tenancy;

/// <summary>A wish for a key.</summary>
/// <param name="Name">1 to 80 characters.</param>
/// <param name="Scopes">Names of <see cref="KeyScopes.All"/>; none means all that the owner may do.</param>
/// <param name="ExpiresAt">When it stops working (UTC), in the future; null: never.</param>
public sealed record NewKey(string? Name, IReadOnlyList<string>? Scopes = null, DateTimeOffset? ExpiresAt = null);

/// <summary>A key that was made; <paramref name="Secret"/> is never shown again.</summary>
public sealed record MadeKey(ApiKey Key, string Secret);

/// <summary>API keys: made, listed, revoked, and turned into an actor with every request.</summary>
public sealed class KeyService(TenantScope scope, TenantService tenants, Writer writer, TimeProvider time)
{
    /// <summary>All keys start so; what else comes as a bearer is not an API key.</summary>
    public const string Start = "hal9_";
    private const int SecretBytes = 32;
    private const int ShownLength = 12;

    // About 300 bytes each; above that the memory starts over.
    private readonly Recent<string, ApiKey?> keys = new(time, TenantService.Staleness, 20_000);

    /// <summary>What is wrong with the wish, by field; empty when nothing is.</summary>
    public IReadOnlyDictionary<string, string[]> Faults(NewKey wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        var faults = new Dictionary<string, string[]>();
        if (wish.Name?.Trim().Length is not (> 0 and <= 80))
        {
            faults["name"] = ["A name of 1 to 80 characters is needed."];
        }
        var unknown = (wish.Scopes ?? []).Where(s => s is null || !KeyScopes.All.ContainsKey(s)).Select(s => s ?? "null").ToList();
        if (unknown.Count > 0)
        {
            faults["scopes"] = [$"Unknown: {string.Join(", ", unknown)}. Known: {string.Join(", ", KeyScopes.All.Keys.Order(StringComparer.Ordinal))}."];
        }
        if (wish.ExpiresAt <= time.GetUtcNow())
        {
            faults["expiresAt"] = ["This time has passed."];
        }
        return faults;
    }

    /// <summary>Makes a key of the actor, who acts in person: a key that could make keys would outlive its revocation, its end and its budget.</summary>
    /// <exception cref="AccessDenied">The actor may not have keys, or is one.</exception>
    /// <exception cref="ArgumentException"><see cref="Faults"/> has something to say.</exception>
    public Task<MadeKey> CreateAsync(Actor actor, NewKey wish, CancellationToken cancellationToken) => CreateAsync(actor, wish, null, cancellationToken);

    /// <summary>The same, once per request key. A repeated order does not get the key again: its secret was shown once and is not stored.</summary>
    /// <exception cref="KeyMadeBefore">The order was carried out before.</exception>
    /// <exception cref="RequestKeyReused">The request key belongs to another order.</exception>
    public async Task<MadeKey> CreateAsync(Actor actor, NewKey wish, RequestKey? request, CancellationToken cancellationToken)
    {
        Require(actor, Permission.UseKeys);
        if (actor.KeyId is not null)
        {
            throw new AccessDenied(Permission.UseKeys);
        }
        if (Faults(wish) is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join(" ", faults.Values.SelectMany(f => f)), nameof(wish));
        }
        await using var db = scope.Open(actor.TenantId);
        var secret = Start + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var key = new ApiKey
        {
            Id = Guid.CreateVersion7(),
            TenantId = actor.TenantId,
            UserId = actor.UserId,
            Name = wish.Name!.Trim(),
            Prefix = secret[..ShownLength],
            Hash = HashOf(secret),
            Scopes = string.Join(' ', (wish.Scopes ?? []).Distinct().Order(StringComparer.Ordinal)),
            CreatedAt = time.GetUtcNow(),
            ExpiresAt = wish.ExpiresAt,
        };
        db.Add(key);
        if (request is not null)
        {
            await NoteAsync(db, actor, request, key, cancellationToken).ConfigureAwait(false);
        }
        try
        {
            await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DbUpdateException) when (request is not null)
        {
            // Another one of the same orders was quicker, or it is a fault of the database, which then shows here.
            await using var fresh = scope.Open(actor.TenantId);
            await NoteAsync(fresh, actor, request, key, cancellationToken).ConfigureAwait(false);
            throw;
        }
        return new MadeKey(key, secret);
    }

    private async Task NoteAsync(EngineDb db, Actor actor, RequestKey request, ApiKey key, CancellationToken cancellationToken)
    {
        var known = await db.Set<RequestKeyRow>().SingleOrDefaultAsync(row => row.UserId == actor.UserId && row.Name == request.Name, cancellationToken).ConfigureAwait(false);
        if (known is not null && time.GetUtcNow() - known.At < RequestKeyStore.Life)
        {
            throw known.OrderHash == request.Order ? new KeyMadeBefore(known.MadeId) : new RequestKeyReused();
        }
        if (known is not null)
        {
            db.Remove(known);
            await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        }
        db.Add(new RequestKeyRow { TenantId = actor.TenantId, UserId = actor.UserId, Name = request.Name, OrderHash = request.Order, MadeId = key.Id, At = time.GetUtcNow() });
    }

    /// <summary>The actor's keys, or everybody's for who manages keys; newest first.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="after">The last id of the page before; null for the first page.</param>
    /// <param name="most">1 to 200.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AccessDenied">The actor may not have keys.</exception>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(Actor actor, Guid? after, int most, CancellationToken cancellationToken)
    {
        Require(actor, Permission.UseKeys);
        await using var db = scope.Open(actor.TenantId);
        var found = Visible(db, actor);
        if (after is { } last)
        {
            found = found.Where(k => k.Id.CompareTo(last) < 0);
        }
        return await found.AsNoTracking().OrderByDescending(k => k.Id).Take(Math.Clamp(most, 1, 200)).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The names of the tenant's keys among these; a key that is no more has none.</summary>
    /// <exception cref="AccessDenied">The actor may not read costs.</exception>
    public async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(Actor actor, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        Require(actor, Permission.ReadCosts);
        await using var db = scope.Open(actor.TenantId);
        return await db.Set<ApiKey>().AsNoTracking().Where(k => ids.Contains(k.Id)).ToDictionaryAsync(k => k.Id, k => k.Name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Revokes a key; in this process at once, in others within <see cref="TenantService.Staleness"/>.</summary>
    /// <returns>False when the actor has no such key.</returns>
    /// <exception cref="AccessDenied">The actor may not have keys.</exception>
    public async Task<bool> RevokeAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        Require(actor, Permission.UseKeys);
        await using var db = scope.Open(actor.TenantId);
        var key = await Visible(db, actor).SingleOrDefaultAsync(k => k.Id == id, cancellationToken).ConfigureAwait(false);
        if (key is null)
        {
            return false;
        }
        key.RevokedAt ??= time.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        keys.Forget();
        return true;
    }

    /// <summary>The actor of a key that is known, neither expired nor revoked, and whose owner still belongs to the tenant; else null.</summary>
    public async ValueTask<Actor?> AuthenticateAsync(string secret, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(secret);
        if (!secret.StartsWith(Start, StringComparison.Ordinal) || secret.Length > 100)
        {
            return null;
        }
        var key = await keys.GetAsync(HashOf(secret), ReadAsync, cancellationToken).ConfigureAwait(false);
        if (key is null || key.RevokedAt is not null || key.ExpiresAt <= time.GetUtcNow())
        {
            return null;
        }
        var role = await tenants.RecentRoleAsync(key.TenantId, key.UserId, cancellationToken).ConfigureAwait(false);
        return role is { } present
            ? new Actor(key.TenantId, key.UserId, present, key.Id, key.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            : null;
    }

    private async Task<ApiKey?> ReadAsync(string hash, CancellationToken cancellationToken)
    {
        ApiKey? key;
        await using (var db = scope.System("the tenant of an API key is in its row"))
        {
            key = await db.Set<ApiKey>().AsNoTracking().SingleOrDefaultAsync(k => k.Hash == hash, cancellationToken).ConfigureAwait(false);
        }
        var now = time.GetUtcNow();
        if (key is { RevokedAt: null } && (key.LastUsedAt is null || now - key.LastUsedAt > TimeSpan.FromMinutes(1)))
        {
            await writer.WriteAsync(
                key.TenantId,
                batch => batch.Execute(TenancyStatements.KeyUsed, ("@tenant", key.TenantId), ("@id", key.Id), ("@at", now.ToUnixTimeMilliseconds())),
                cancellationToken).ConfigureAwait(false);
        }
        return key;
    }

    private static IQueryable<ApiKey> Visible(EngineDb db, Actor actor) =>
        actor.May(Permission.ManageKeys) ? db.Set<ApiKey>() : db.Set<ApiKey>().Where(k => k.UserId == actor.UserId);

    private static void Require(Actor actor, Permission permission)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.May(permission))
        {
            throw new AccessDenied(permission);
        }
    }

    private static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}

/// <summary>An order for an API key was repeated; its secret was shown to whoever gave it first.</summary>
/// <param name="id">The key.</param>
public sealed class KeyMadeBefore(Guid id) : Exception($"This key was made before ({id}). Its secret was shown once and cannot be shown again; if it is lost, revoke the key and make another.")
{
    /// <summary>The key that was made.</summary>
    public Guid Id { get; } = id;
}
