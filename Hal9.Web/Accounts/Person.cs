using Microsoft.AspNetCore.Identity;

namespace Hal9.Web.Accounts;

/// <summary>Somebody who can sign in. What they may do is their membership of a tenant, not here.</summary>
internal sealed class Person : IdentityUser<Guid>
{
    /// <summary>The owner of the platform: the person who set it up.</summary>
    public bool IsOwner { get; init; }

    /// <summary>When the account was made (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The tenant they used last: where the next sign-in goes.</summary>
    public Guid? LastTenantId { get; set; }

    public static Person Make(string email, bool owner, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(),
        Email = email,
        UserName = email,
        EmailConfirmed = true,
        IsOwner = owner,
        CreatedAt = now,
    };
}

/// <summary>A refresh token, used once. Those that follow each other are a family: a second use of one ends them all.</summary>
internal sealed class RefreshToken
{
    public Guid Id { get; init; }
    public Guid FamilyId { get; init; }
    public Guid UserId { get; init; }
    public Guid TenantId { get; init; }

    /// <summary>SHA-256 of the token, lower-case hex.</summary>
    public required string Hash { get; init; }

    /// <summary>The person's security stamp at sign-in: another password ends the family.</summary>
    public required string Stamp { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? UsedAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
}

/// <summary>The one-time link of a first start; only its hash is kept, and only the newest one counts.</summary>
internal sealed class SetupLink
{
    public Guid Id { get; init; }
    public required string Hash { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
}
