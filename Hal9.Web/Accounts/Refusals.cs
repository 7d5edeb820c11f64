using Hal9.Engine.Tenancy;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Accounts;

/// <summary>How "who are you" and "you may not" are said: to a browser by a redirect, to a program by a status with a body in its dialect.</summary>
internal sealed class Refusals(IProblemDetailsService problems) : IAuthorizationMiddlewareResultHandler
{
    private static readonly AuthorizationMiddlewareResultHandler Browser = new();
    private static readonly string[] ForPrograms = ["/api", "/v1", "/mcp", "/hubs", "/metrics", "/openapi", "/_blazor"];

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
            await WriteAsync(context, StatusCodes.Status401Unauthorized, "invalid_api_key",
                "A valid API key or access token is needed: Authorization: Bearer …. Unknown, expired and revoked ones are refused alike.");
            return;
        }
        var missing = authorizeResult.AuthorizationFailure?.FailedRequirements.OfType<NeedsRequirement>().FirstOrDefault();
        await WriteAsync(context, StatusCodes.Status403Forbidden, "permission_denied",
            missing is null ? "Your role or key may not do this." : new AccessDenied(missing.Permission).Message);
    }

    private async Task WriteAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        if (context.Request.Path.StartsWithSegments("/v1"))
        {
            var type = status == StatusCodes.Status401Unauthorized ? "invalid_request_error" : "permission_error";
            await context.Response.WriteAsJsonAsync(new { error = new { message, type, param = (string?)null, code } }, context.RequestAborted);
            return;
        }
        await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = new ProblemDetails { Status = status, Detail = message },
        });
    }
}
