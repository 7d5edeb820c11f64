namespace Hal9.Web.Monitoring;

internal static class MonitoringSetup
{
    public static IServiceCollection AddMonitoringPages(this IServiceCollection services) => services.AddSingleton<DashboardReader>();
}
