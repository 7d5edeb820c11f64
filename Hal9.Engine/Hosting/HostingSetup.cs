using System.Net;
using System.Net.Sockets;
using Hal9.Engine.Neurons;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Hal9.Engine.Hosting;

internal static class HostingSetup
{
    public static IServiceCollection AddHosting(this IServiceCollection services, IConfiguration settings)
    {
        services.AddOptions<ClusterOptions>().Bind(settings.GetSection("Cluster"), binder => binder.ErrorOnUnknownConfiguration = true)
            .Validate(options => options.Mode == ClusterMode.Single, "Hal9:Cluster:Mode=Cluster is not released yet: use Single, the embedded default.")
            .Validate(options => string.IsNullOrEmpty(options.Redis) || options.Mode == ClusterMode.Cluster, "Hal9:Cluster:Redis has no effect without Hal9:Cluster:Mode=Cluster. Remove it.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: 0, serviceId: "hal9", clusterId: Guid.NewGuid().ToString("N"));
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromMinutes(1));
        });
        services.AddSingleton<INeuronGate, GrainNeuronGate>();
        services.AddSingleton<SiloHealth>();
        services.AddHostedService<ModelSettingsKeeper>();
        services.AddHostedService<RunKeeper>();
        services.AddHostedService<TemporaryKeeper>();
        services.AddHostedService<LedgerKeeper>();
        services.AddHostedService<PriceKeeper>();
        services.AddHostedService<LearningKeeper>();
        services.AddHostedService<SandboxKeeper>();
        return services;
    }

    // Two processes can bind Orleans' fixed port without any error and then reach each other's silo, so each takes a free one.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
