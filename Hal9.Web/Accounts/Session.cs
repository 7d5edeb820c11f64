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
            ActorPrincipal.Write(fresh, new Actor(tenant, user, role));
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

/// <summary>The same for a circuit, which outlives many requests: another role takes effect in place, a lost membership or another password ends it.</summary>
internal sealed class CircuitSession(ILoggerFactory logs, IServiceScopeFactory scopes, TenantService tenants) : RevalidatingServerAuthenticationStateProvider(logs)
{
    protected override TimeSpan RevalidationInterval => TenantService.Staleness;

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        var principal = authenticationState.User;
        await using var scope = scopes.CreateAsyncScope();
        var signIn = scope.ServiceProvider.GetRequiredService<SignInManager<Person>>();
        var actor = CurrentActor.From(principal);
        if (await signIn.ValidateSecurityStampAsync(principal) is null
            || await tenants.RoleAsync(actor.TenantId, actor.UserId, cancellationToken) is not { } role)
        {
            return false;
        }
        if (role != actor.Role)
        {
            var changed = ((ClaimsIdentity)principal.Identity!).Clone();
            ActorPrincipal.Write(changed, actor with { Role = role });
            SetAuthenticationState(Task.FromResult(new AuthenticationState(new ClaimsPrincipal(changed))));
        }
        return true;
    }
}
