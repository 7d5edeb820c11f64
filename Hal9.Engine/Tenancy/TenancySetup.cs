using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Engine.Tenancy;

internal static class TenancySetup
{
    public static IServiceCollection AddTenancy(this IServiceCollection services) => services
        .AddSingleton<TenantScope>()
        .AddSingleton<TenantService>()
        .AddSingleton<KeyService>();
}
