using System.Security.Claims;
using Hal9.Engine.Tenancy;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Hal9.Web.Accounts;

/// <summary>Makes the principal of a cookie: the person as Identity knows them, acting in the tenant they used last (or the first by name).</summary>
internal sealed class ActorPrincipalFactory(UserManager<Person> people, IOptions<IdentityOptions> options, TenantService tenants)
    : UserClaimsPrincipalFactory<Person>(people, options)
{
    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(Person user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        var memberships = await tenants.OfPersonAsync(user.Id, CancellationToken.None);
        if (memberships.Count > 0)
        {
            var membership = memberships.FirstOrDefault(m => m.TenantId == user.LastTenantId) ?? memberships[0];
            ActorPrincipal.Write(identity, new Actor(membership.TenantId, user.Id, membership.Role, IsOwner: user.IsOwner));
        }
        return identity;
    }
}
