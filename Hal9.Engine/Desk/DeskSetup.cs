using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Engine.Desk;

internal static class DeskSetup
{
    public static IServiceCollection AddDesk(this IServiceCollection services) => services
        .AddSingleton(provider => new NoticeService(provider.GetRequiredService<TenantScope>(), provider.GetRequiredService<RunService>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new PromptService(provider.GetRequiredService<TenantScope>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new SavedViewService(provider.GetRequiredService<TenantScope>(), provider.GetRequiredService<TimeProvider>()));
}
