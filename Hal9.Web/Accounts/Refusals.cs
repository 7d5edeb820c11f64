using Hal9.Engine.Tenancy;
using Hal9.Web.Api;
using Hal9.Web.Api.OpenAi;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Hal9.Web.Accounts;

/// <summary>How "who are you" and "you may not" are said: to a browser by a redirect, to a program by a status with a body in its dialect.</summary>
internal sealed class Refusals : IAuthorizationMiddlewareResultHandler
{
    private static readonly AuthorizationMiddlewareResultHandler Browser = new();
    private static readonly string[] ForPrograms = ["/api", "/v1", "/mcp", "/hubs", "/metrics", "/health", "/openapi", "/_blazor"];

    /// <summary>Whether programs speak here: a bearer counts, and nothing is ever redirected.</summary>
    public static bool IsForPrograms(PathString path) => ForPrograms.Any(start => path.StartsWithSegments(start));

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded || !IsForPrograms(context.Request.Path))
        {
            await Browser.HandleAsync(next, context, policy, authorizeResult);
            return;
        }
        if (authorizeResult.Challenged)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await WriteAsync(context, StatusCodes.Status401Unauthorized, ProblemKind.Unauthenticated.Help);
            return;
        }
        var missing = authorizeResult.AuthorizationFailure?.FailedRequirements.OfType<NeedsRequirement>().FirstOrDefault();
        await WriteAsync(context, StatusCodes.Status403Forbidden, missing is null ? ProblemKind.Forbidden.Help : new AccessDenied(missing.AnyOf[0]).Message);
    }

    private static Task WriteAsync(HttpContext context, int status, string detail) => context.Request.Path.StartsWithSegments("/v1")
        ? OpenAiError.Of(status, context.Request.Path).WriteAsync(context)
        : Problems.WriteAsync(context, ProblemKind.Of(status), detail);
}
