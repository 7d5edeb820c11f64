using Hal9.Engine.Tenancy;
using Microsoft.AspNetCore.Http.Features;

namespace Hal9.Web.Accounts;

/// <summary>What the host accepts.</summary>
internal static class Limits
{
    // A chat request with pasted documents stays far below; uploads get their own limit where they are built.
    private const long MostBytes = 8 * 1024 * 1024;

    public static void AddLimits(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MostBytes;
        });
        builder.Services.Configure<FormOptions>(forms =>
        {
            forms.ValueLengthLimit = 64 * 1024;
            forms.ValueCountLimit = 100;
            forms.MultipartBodyLengthLimit = MostBytes;
        });
    }

    /// <summary>Faults leave as a status without details; those of the caller are not called ours.</summary>
    public static void UseFaults(this WebApplication app) => app.UseExceptionHandler(new ExceptionHandlerOptions
    {
        StatusCodeSelector = fault => fault switch
        {
            BadHttpRequestException bad => bad.StatusCode,
            AccessDenied => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status500InternalServerError,
        },
    });

    /// <summary>
    /// A cookie travels with requests that other sites cause. Forms carry an antiforgery token; where programs speak there is none, so
    /// there a request that changes something and has only a cookie must come from our own pages.
    /// </summary>
    public static void UseSameOriginForCookies(this WebApplication app) => app.Use(async (context, next) =>
    {
        var request = context.Request;
        if (Refusals.IsForPrograms(request.Path)
            && (OpensSocket(request) || (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method)))
            && context.User.Identity?.IsAuthenticated == true && Schemes.Bearer(request) is null
            && !IsOwn(request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        await next();
    });

    // A WebSocket is a GET that can do all that the connection can.
    private static bool OpensSocket(HttpRequest request) => string.Equals(request.Headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase);

    private static bool IsOwn(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        return (origin.Length == 0 || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
            && site is "" or "same-origin" or "none";
    }
}
