using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Neurons;
using Hal9.Engine.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Engine.Monitoring;

internal static class MonitoringSetup
{
    public static IServiceCollection AddMonitoring(this IServiceCollection services) => services
        .AddSingleton<IRunEndWriter, RunCountWriter>()
        .AddSingleton<IRunEndWriter, RunCostWriter>()
        .AddSingleton<MonitoringStore>()
        .AddSingleton(provider => new MonitoringService(
            provider.GetRequiredService<HierarchyService>(), provider.GetRequiredService<SignalFeed>(), provider.GetRequiredService<MonitoringStore>(),
            provider.GetRequiredService<ModelService>(), provider.GetRequiredService<Orleans.IGrainFactory>(), provider.GetRequiredService<TimeProvider>()));
}
