using Hal9.Engine.Storage;

namespace Hal9.Web.Accounts;

internal static class AccountsSetup
{
    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication();
        builder.Services.AddAuthorization();
        builder.Services.AddCascadingAuthenticationState();
        builder.Services.AddScoped<CurrentActor>();
    }

    public static Task UseAccountsAsync(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        return Task.CompletedTask;
    }

    public static void MapAccounts(this WebApplication app) => _ = app;
}
