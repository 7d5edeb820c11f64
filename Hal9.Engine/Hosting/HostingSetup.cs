using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Engine.Hosting;

internal static class HostingSetup
{
    public static IServiceCollection AddHosting(this IServiceCollection services, IConfiguration settings) => services;
}
