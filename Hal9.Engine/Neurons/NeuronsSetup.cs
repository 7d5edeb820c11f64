using Hal9.Engine.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Engine.Neurons;

internal static class NeuronsSetup
{
    public static IServiceCollection AddNeurons(this IServiceCollection services) => services
        .AddSingleton<HierarchyService>()
        .AddSingleton<ITenantSeed>(provider => provider.GetRequiredService<HierarchyService>())
        .AddSingleton<Turn>();
}
