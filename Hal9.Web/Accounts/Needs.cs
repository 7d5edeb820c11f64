using Hal9.Engine.Tenancy;
using Microsoft.AspNetCore.Authorization;

namespace Hal9.Web.Accounts;

/// <summary>What a page or an endpoint needs: <c>@attribute [Needs(Permission.ReadRuns)]</c> on a page, <c>.Needs(Permission.ReadRuns)</c> on an endpoint.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NeedsAttribute : AuthorizeAttribute
{
    /// <summary>The policy names start so.</summary>
    public const string Prefix = "needs:";

    /// <summary>Between the permissions of a policy name.</summary>
    public const char Or = '|';

    /// <summary>Asks for one of these permissions; with more than one it is the door behind it that decides what each may do.</summary>
    public NeedsAttribute(params Permission[] anyOf)
    {
        AnyOf = anyOf;
        Policy = Prefix + string.Join(Or, anyOf);
    }

    /// <summary>The permissions of which one is needed.</summary>
    public IReadOnlyList<Permission> AnyOf { get; }
}

internal static class NeedsExtensions
{
    public static TBuilder Needs<TBuilder>(this TBuilder builder, params Permission[] anyOf) where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(new NeedsAttribute(anyOf));
}
