using System.Security.Claims;
using Hal9.Engine.Tenancy;
using Microsoft.AspNetCore.Components.Authorization;

namespace Hal9.Web.Accounts;

/// <summary>Names of the claims that carry an actor; written by sign-in and the token and key handlers only.</summary>
public static class ActorClaims
{
    /// <summary>The tenant's id.</summary>
    public const string Tenant = "hal9:tenant";

    /// <summary>The role in that tenant.</summary>
    public const string Role = "hal9:role";

    /// <summary>The API key's id.</summary>
    public const string Key = "hal9:key";

    /// <summary>The API key's scopes, space separated.</summary>
    public const string Scopes = "hal9:scopes";

    /// <summary>There, and <c>true</c>, for the instance's owner in a browser.</summary>
    public const string Owner = "hal9:owner";
}

/// <summary>Who acts: in a component through the circuit's authentication state, in an endpoint through <see cref="From"/>.</summary>
public sealed class CurrentActor(AuthenticationStateProvider authentication)
{
    /// <summary>The signed-in actor.</summary>
    /// <exception cref="UnauthorizedAccessException">Nobody is signed in.</exception>
    public async Task<Actor> GetAsync() => From((await authentication.GetAuthenticationStateAsync()).User);

    /// <summary>Reads the actor of a validated principal.</summary>
    /// <exception cref="UnauthorizedAccessException">The principal carries none.</exception>
    public static Actor From(ClaimsPrincipal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return Guid.TryParse(principal.FindFirstValue(ActorClaims.Tenant), out var tenant)
            && Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var user)
            && Enum.TryParse<Role>(principal.FindFirstValue(ActorClaims.Role), out var role)
            ? new Actor(
                tenant, user, role,
                Guid.TryParse(principal.FindFirstValue(ActorClaims.Key), out var key) ? key : null,
                principal.FindFirstValue(ActorClaims.Scopes)?.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                principal.HasClaim(ActorClaims.Owner, "true"))
            : throw new UnauthorizedAccessException("Nobody is signed in.");
    }
}
