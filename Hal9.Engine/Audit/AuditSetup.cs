using Hal9.Engine.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Engine.Audit;

internal static class AuditSetup
{
    public static IServiceCollection AddAudit(this IServiceCollection services) =>
        services.AddSingleton(provider => new AuditService(provider.GetRequiredService<TenantScope>()));
}
