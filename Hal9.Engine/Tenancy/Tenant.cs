namespace Hal9.Engine.Tenancy;

/// <summary>What belongs to exactly one tenant. The query filter and the save interceptor of <see cref="Storage.EngineDb"/> rest on it.</summary>
public interface ITenantOwned
{
    /// <summary>The owning tenant.</summary>
    Guid TenantId { get; }
}

/// <summary>An isolated organisation.</summary>
public sealed class Tenant
{
    /// <summary>UUIDv7.</summary>
    public Guid Id { get; init; }

    /// <summary>Shown name, unique on the instance, 1 to 80 characters.</summary>
    public required string Name { get; set; }

    /// <summary>IANA time zone in which budget periods and daily roll-ups begin.</summary>
    public string TimeZone { get; set; } = "Etc/UTC";

    /// <summary>When it was made (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What a person may do in a tenant. Rights are in <see cref="Policy"/>, nowhere else.</summary>
public enum Role
{
    /// <summary>Uses chat, runs and code generation, sees what is their own.</summary>
    Member,

    /// <summary>Reads everything of the tenant, changes nothing.</summary>
    Analyst,

    /// <summary>Steers runs, budgets and alerts.</summary>
    Operator,

    /// <summary>All of it, with people, keys, models and tools.</summary>
    Admin,
}

/// <summary>A person's role in a tenant; a person may belong to several.</summary>
public sealed class Membership : ITenantOwned
{
    /// <inheritdoc/>
    public Guid TenantId { get; init; }

    /// <summary>The person (Identity user id).</summary>
    public Guid UserId { get; init; }

    /// <summary>Their role here.</summary>
    public Role Role { get; set; }
}

/// <summary>An API key. Only the SHA-256 of its secret is stored.</summary>
public sealed class ApiKey : ITenantOwned
{
    /// <summary>UUIDv7; the budget scope and cost dimension <c>key</c>.</summary>
    public Guid Id { get; init; }

    /// <inheritdoc/>
    public Guid TenantId { get; init; }

    /// <summary>The owner; a key never exceeds its owner's present role.</summary>
    public Guid UserId { get; init; }

    /// <summary>Shown name, 1 to 80 characters.</summary>
    public required string Name { get; set; }

    /// <summary>The first characters of the key, for recognising it.</summary>
    public required string Prefix { get; init; }

    /// <summary>SHA-256 of the whole key, lower-case hex.</summary>
    public required string Hash { get; init; }

    /// <summary>Scopes, space separated; empty means all that its owner may do by API.</summary>
    public string Scopes { get; init; } = "";

    /// <summary>When it was made (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it stops working (UTC), or never.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>When it was revoked (UTC).</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Last use (UTC), to the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }
}
