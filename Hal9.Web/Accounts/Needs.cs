using Hal9.Engine.Tenancy;
using Microsoft.AspNetCore.Authorization;

namespace Hal9.Web.Accounts;

/// <summary>What a page or an endpoint needs: <c>@attribute [Needs(Permission.ReadRuns)]</c> on a page, <c>.Needs(Permission.ReadRuns)</c> on an endpoint.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NeedsAttribute : AuthorizeAttribute
{
    /// <summary>The policy names start so.</summary>
    public const string Prefix = "needs:";

    /// <summary>Asks for one permission.</summary>
    public NeedsAttribute(Permission permission)
    {
        Permission = permission;
        Policy = Prefix + permission;
    }

    /// <summary>The permission asked for.</summary>
    public Permission Permission { get; }
}

internal static class NeedsExtensions
{
    public static TBuilder Needs<TBuilder>(this TBuilder builder, Permission permission) where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(new NeedsAttribute(permission));
}
