using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;

namespace Hal9.Web.Api;

/// <summary>Calls that the contract names and this version does not carry out: they say so, instead of a 404 or a success that is none.</summary>
internal static class NotBuilt
{
    private static readonly (string Method, string Path)[] Calls =
    [
        ("POST", "/runs/{id:guid}/pause"), ("POST", "/runs/{id:guid}/fork"), ("POST", "/runs/{id:guid}/replay"),
        ("POST", "/runs/{id:guid}/steps/{stepId:guid}/pause"), ("POST", "/runs/{id:guid}/steps/{stepId:guid}/resume"),
        ("POST", "/runs/{id:guid}/steps/{stepId:guid}/fork"), ("POST", "/runs/{id:guid}/steps/{stepId:guid}/replay"),
        ("GET", "/tools"), ("GET", "/alerts"), ("GET", "/users"), ("GET", "/tenants"),
    ];

    public static void MapNotBuilt(this IEndpointRouteBuilder api)
    {
        foreach (var (method, path) in Calls)
        {
            api.MapMethods(path, [method], (HttpContext context) => Problems.Of(ProblemKind.NotBuilt, $"{context.Request.Method} {context.Request.Path} is not built yet. Nothing was done."))
                .Needs(Permission.ReadEngine)
                .ExcludeFromDescription();
        }
    }
}
