using Hal9.Engine.Tenancy;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Hal9.Web.Accounts;

internal sealed record NeedsRequirement(IReadOnlyList<Permission> AnyOf) : IAuthorizationRequirement;

/// <summary>Turns the name in a <see cref="NeedsAttribute"/> into a policy over <see cref="Actor.May"/>.</summary>
internal sealed class NeedsPolicies(IOptions<AuthorizationOptions> options) : DefaultAuthorizationPolicyProvider(options)
{
    public override bool AllowsCachingPolicies => true;

    public override Task<AuthorizationPolicy?> GetPolicyAsync(string policyName) =>
        policyName.StartsWith(NeedsAttribute.Prefix, StringComparison.Ordinal)
            ? Task.FromResult<AuthorizationPolicy?>(AnActor()
                .AddRequirements(new NeedsRequirement([.. policyName[NeedsAttribute.Prefix.Length..].Split(NeedsAttribute.Or).Select(Enum.Parse<Permission>)])).Build())
            : base.GetPolicyAsync(policyName);

    /// <summary>The least that everything needs which is not open by name: somebody, in a tenant.</summary>
    public static AuthorizationPolicyBuilder AnActor() => new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireClaim(ActorClaims.Tenant);
}

internal sealed class NeedsHandler : AuthorizationHandler<NeedsRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, NeedsRequirement requirement)
    {
        if (context.User.HasClaim(c => c.Type == ActorClaims.Tenant) && requirement.AnyOf.Any(CurrentActor.From(context.User).May))
        {
            context.Succeed(requirement);
        }
        return Task.CompletedTask;
    }
}
