using MudBlazor.Services;

namespace Hal9.Web.Shell;

internal static class ShellSetup
{
    public static void AddShell(this WebApplicationBuilder builder)
    {
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddMudServices();
    }

    public static void MapShell(this WebApplication app) => app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
}
