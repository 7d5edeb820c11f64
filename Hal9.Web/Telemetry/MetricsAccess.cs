using System.Security.Cryptography;
using System.Text;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Hal9.Web.Telemetry;

/// <summary>Who may read <c>/metrics</c>: the scraper with the configured token, or an actor with <see cref="Permission.ReadMetrics"/>.</summary>
internal sealed record MetricsRequirement : IAuthorizationRequirement
{
    public const string Policy = "metrics";
}

internal sealed class MetricsAccess(IOptions<TelemetryOptions> options) : AuthorizationHandler<MetricsRequirement>
{
    private const string Scheme = "Bearer ";

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, MetricsRequirement requirement)
    {
        if ((context.User.HasClaim(claim => claim.Type == ActorClaims.Tenant) && CurrentActor.From(context.User).May(Permission.ReadMetrics))
            || (context.Resource is HttpContext http && IsToken(http.Request.Headers.Authorization.ToString())))
        {
            context.Succeed(requirement);
        }
        return Task.CompletedTask;
    }

    private bool IsToken(string authorization) =>
        options.Value.MetricsToken is { Length: > 0 } token
        && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        // Hashes have one length, so the comparison takes the same time whatever was sent.
        && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim())), SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
