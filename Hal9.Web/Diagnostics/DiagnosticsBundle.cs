using System.Globalization;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;

namespace Hal9.Web.Diagnostics;

/// <summary>The bundle for whoever helps, as a download of the settings page.</summary>
internal static class DiagnosticsBundle
{
    public static void MapDiagnosticsBundle(this IEndpointRouteBuilder routes) =>
        routes.MapGet(Urls.DiagnosticsBundle, WriteAsync).Needs(Permission.EditEngine).ExcludeFromDescription();

    private static async Task WriteAsync(HttpContext context, SystemReport report, TimeProvider time)
    {
        context.Response.ContentType = "application/zip";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"hal9-diagnostics-{time.GetUtcNow():yyyyMMdd-HHmmss}.zip\"");
        await report.WriteBundleAsync(CurrentActor.From(context.User), context.Response.Body, context.RequestAborted);
    }
}
