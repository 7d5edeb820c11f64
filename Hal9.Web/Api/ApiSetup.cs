namespace Hal9.Web.Api;

internal static class ApiSetup
{
    public static void AddApi(this WebApplicationBuilder builder) => _ = builder;

    public static void MapApi(this WebApplication app) => _ = app;
}
