using Hal9.Web.Accounts;
using Hal9.Web.Budgets;
using Hal9.Web.Diagnostics;
using Hal9.Web.Models;
using Hal9.Web.Monitoring;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Diagnostics;
using MudBlazor;
using MudBlazor.Services;

namespace Hal9.Web.Shell;

internal static class ShellSetup
{
    private static readonly TimeSpan UndoFor = TimeSpan.FromSeconds(8);

    public static void AddShell(this WebApplicationBuilder builder)
    {
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddMonitoringPages().AddModelsPage().AddBudgetsPages().AddSingleton<Learning.LearningReader>();
        builder.AddDiagnostics();
        builder.Services.AddTexts().AddTransient<MudLocalizer, MudTexts>().AddSingleton<Palette>().AddSingleton<Handover>();
        builder.Services.AddMudServices(mud =>
        {
            mud.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomCenter;
            mud.SnackbarConfiguration.VisibleStateDuration = (int)UndoFor.TotalMilliseconds;
            mud.SnackbarConfiguration.ShowTransitionDuration = 120;
            mud.SnackbarConfiguration.HideTransitionDuration = 120;
            mud.SnackbarConfiguration.ShowCloseIcon = false;
        });
    }

    /// <summary>Gives people a page where a page is missing; programs (anything that is no page) get their own bare answers.</summary>
    public static void UseShell(this WebApplication app)
    {
        app.UseLanguages(path => Refusals.IsForPrograms(path) && !path.StartsWithSegments("/_blazor"));
        app.UseStatusCodePagesWithReExecute(Urls.NotFound, createScopeForStatusCodePages: true);
        app.Use((context, next) =>
        {
            if (!IsForAPerson(context.Request) && context.Features.Get<IStatusCodePagesFeature>() is { } pages)
            {
                pages.Enabled = false;
            }
            return next(context);
        });
    }

    private static bool IsForAPerson(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    public static void MapShell(this WebApplication app) => app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
}
