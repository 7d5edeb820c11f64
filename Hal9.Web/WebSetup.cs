using System.Globalization;
using Hal9.Engine;
using Hal9.Engine.Storage;
using Hal9.Web.Accounts;
using Hal9.Web.Api;
using Hal9.Web.Budgets;
using Hal9.Web.Conversations;
using Hal9.Web.Diagnostics;
using Hal9.Web.Runs;
using Hal9.Web.Shell;
using Microsoft.Extensions.Options;

namespace Hal9.Web;

/// <summary>The product's table of contents: what the host is made of, and in which order a request passes.</summary>
public static class WebSetup
{
    /// <summary>Registers everything.</summary>
    public static void AddHal9(this WebApplicationBuilder builder)
    {
        // Whatever machine this runs on: what is stored, logged and sent is written in one way. Pages get the viewer's culture (Shell/Languages.cs).
        (CultureInfo.DefaultThreadCurrentCulture, CultureInfo.DefaultThreadCurrentUICulture) = (CultureInfo.InvariantCulture, CultureInfo.GetCultureInfo("en"));
        if (string.IsNullOrEmpty(builder.Configuration["urls"]))
        {
            builder.WebHost.UseUrls("http://127.0.0.1:5080");
        }
        // Without this an unpublished build in Production serves every static file as 200 with no content.
        builder.WebHost.UseStaticWebAssets();
        builder.AddLimits();

        builder.Services.AddHal9Engine(builder.Configuration.GetSection("Hal9"));
        builder.AddShell();
        builder.AddAccounts();
        builder.AddApi();
    }

    /// <summary>
    /// Brings the database up to date, then lays the pipeline. Behind a proxy, ASPNETCORE_FORWARDEDHEADERS_ENABLED=true puts the
    /// forwarded address and scheme in front of all of this; nothing else trusts those headers.
    /// </summary>
    public static async Task UseHal9Async(this WebApplication app)
    {
        KnownSettings.Check(app.Configuration);
        // Before anything is opened or started: a host that fails while it starts hides the reason behind what its parts say when they are torn down.
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        await app.Services.GetRequiredService<Migrator>().MigrateAsync(app.Lifetime.ApplicationStopping);
        await app.PrepareAccountsAsync();

        app.UseProductHeaders();
        app.UseFaults();
        app.UseShell();
        app.UseApi();
        app.UseAuthentication();
        app.UseSameOriginForCookies();
        app.UseAuthorization();
        app.UseAntiforgery();

        app.MapStaticAssets().AllowAnonymous();
        app.MapAccounts();
        app.MapApi();
        app.MapShell();
        app.MapRunsExport();
        app.MapCostsExport();
        app.MapBudgetsExport();
        app.MapHistoryExport();
        app.MapDiagnosticsBundle();
    }
}
