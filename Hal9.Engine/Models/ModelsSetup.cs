using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Engine.Models;

internal static class ModelsSetup
{
    public static IServiceCollection AddModels(this IServiceCollection services, IConfiguration settings) => services.AddSingleton<ModelService>();
}
