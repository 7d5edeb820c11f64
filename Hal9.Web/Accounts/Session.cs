using System.Security.Claims;
using Hal9.Engine.Tenancy;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;

namespace Hal9.Web.Accounts;

/// <summary>Keeps a browser's cookie true: security stamp and role are read again every <see cref="TenantService.Staleness"/>.</summary>
internal static class Session
{
    /// <summary>The cookie goes on acting in its own tenant, whatever another browser of the person chose; with the role of now.</summary>
    public static async Task RefreshAsync(SecurityStampRefreshingPrincipalContext context, TenantService tenants)
    {
        if (context.NewPrincipal?.Identity is not ClaimsIdentity fresh || ActorPrincipal.TenantOf(context.CurrentPrincipal) is not { } tenant)
        {
            return;
        }
        var user = Guid.Parse(fresh.FindFirst(ClaimTypes.NameIdentifier)!.Value);
        if (await tenants.RoleAsync(tenant, user, CancellationToken.None) is { } role)
        {
            ActorPrincipal.Write(fresh, new Actor(tenant, user, role, IsOwner: fresh.HasClaim(ActorClaims.Owner, "true")));
        }
        else
        {
            ActorPrincipal.Erase(fresh);
        }
    }

    /// <summary>A person without a tenant is nobody here: the cookie is refused.</summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        await SecurityStampValidator.ValidatePrincipalAsync(context);
        if (context.Principal is not null && ActorPrincipal.TenantOf(context.Principal) is null)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
        }
    }
}

/// <summary>Whether somebody who was let in once would be let in now: for what outlives its request.</summary>
internal sealed class Standing(IServiceScopeFactory scopes, TenantService tenants, KeyService keys)
{
    /// <summary>The actor as of now; null when the person, their password, their membership or their key is not what it was.</summary>
    /// <param name="principal">Who was let in.</param>
    /// <param name="bearer">The API key or token that they came with, if they did.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    public async Task<Actor?> NowAsync(ClaimsPrincipal principal, string? bearer, CancellationToken cancellationToken)
    {
        var actor = CurrentActor.From(principal);
        if (actor.KeyId is not null)
        {
            return bearer is null ? null : await keys.AuthenticateAsync(bearer, cancellationToken);
        }
        if (bearer is null)
        {
            await using var scope = scopes.CreateAsyncScope();
            if (await scope.ServiceProvider.GetRequiredService<SignInManager<Person>>().ValidateSecurityStampAsync(principal) is null)
            {
                return null;
            }
        }
        return await tenants.RoleAsync(actor.TenantId, actor.UserId, cancellationToken) is { } role ? actor with { Role = role } : null;
    }
}

/// <summary>The same for a circuit, which outlives many requests: another role takes effect in place, a lost membership or another password ends it.</summary>
internal sealed class CircuitSession(ILoggerFactory logs, Standing standing) : RevalidatingServerAuthenticationStateProvider(logs)
{
    protected override TimeSpan RevalidationInterval => TenantService.Staleness;

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        var principal = authenticationState.User;
        if (await standing.NowAsync(principal, null, cancellationToken) is not { } now)
        {
            return false;
        }
        if (now.Role != CurrentActor.From(principal).Role)
        {
            var changed = ((ClaimsIdentity)principal.Identity!).Clone();
            ActorPrincipal.Write(changed, now);
            SetAuthenticationState(Task.FromResult(new AuthenticationState(new ClaimsPrincipal(changed))));
        }
        return true;
    }
}
