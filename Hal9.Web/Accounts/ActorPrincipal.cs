using System.Security.Claims;
using Hal9.Engine.Tenancy;

namespace Hal9.Web.Accounts;

/// <summary>Writes the claims that <see cref="CurrentActor"/> reads. Nothing else writes them.</summary>
internal static class ActorPrincipal
{
    public static ClaimsPrincipal Of(Actor actor, string scheme)
    {
        var identity = new ClaimsIdentity(scheme);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, actor.UserId.ToString()));
        Write(identity, actor);
        return new ClaimsPrincipal(identity);
    }

    /// <summary>Puts the actor into an identity, in the place of one that was there.</summary>
    public static void Write(ClaimsIdentity identity, Actor actor)
    {
        Erase(identity);
        identity.AddClaim(new Claim(ActorClaims.Tenant, actor.TenantId.ToString()));
        identity.AddClaim(new Claim(ActorClaims.Role, actor.Role.ToString()));
        if (actor.IsOwner)
        {
            identity.AddClaim(new Claim(ActorClaims.Owner, "true"));
        }
        if (actor.KeyId is { } key)
        {
            identity.AddClaim(new Claim(ActorClaims.Key, key.ToString()));
            identity.AddClaim(new Claim(ActorClaims.Scopes, string.Join(' ', actor.Scopes ?? [])));
        }
    }

    public static void Erase(ClaimsIdentity identity)
    {
        foreach (var claim in identity.Claims.Where(c => c.Type is ActorClaims.Tenant or ActorClaims.Role or ActorClaims.Key or ActorClaims.Scopes or ActorClaims.Owner).ToList())
        {
            identity.RemoveClaim(claim);
        }
    }

    public static Guid? TenantOf(ClaimsPrincipal? principal) =>
        Guid.TryParse(principal?.FindFirstValue(ActorClaims.Tenant), out var tenant) ? tenant : null;
}
