namespace Hal9.Web.Models;

internal static class ModelsSetup
{
    public static IServiceCollection AddModelsPage(this IServiceCollection services) => services.AddSingleton<ProviderTester>();
}
