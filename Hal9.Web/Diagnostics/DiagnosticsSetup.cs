using Hal9.Engine.Budgets;
using Hal9.Engine.Hosting;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Web.Telemetry;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.Options;

namespace Hal9.Web.Diagnostics;

internal static class DiagnosticsSetup
{
    public static void AddDiagnostics(this WebApplicationBuilder builder)
    {
        var tail = new LogTail(TimeProvider.System);
        builder.Logging.AddProvider(tail);
        builder.Services.AddSingleton(tail);
        builder.Services.AddSingleton<CircuitCounter>().AddSingleton<CircuitHandler>(provider => provider.GetRequiredService<CircuitCounter>());
        builder.Services.AddSingleton(provider => new SettingSources(
            provider.GetRequiredService<IConfiguration>(),
            [
                ("Hal9:Data", Of<DataOptions>(provider)), ("Hal9:Models:Timeouts", Of<ModelsOptions>(provider).Timeouts), ("Hal9:Models:Tiers", Of<ModelsOptions>(provider).Tiers),
                ("Hal9:Models:Retry", Of<ModelsOptions>(provider).Retry), ("Hal9:Models:Breaker", Of<ModelsOptions>(provider).Breaker), ("Hal9:Budgets", Of<BudgetsOptions>(provider)),
                ("Hal9:Runs", Of<RunsOptions>(provider)), ("Hal9:Cluster", Of<ClusterOptions>(provider)), ("Hal9:Telemetry", Of<TelemetryOptions>(provider)),
            ]));
        builder.Services.AddSingleton(provider => new SystemReport(
            provider.GetRequiredService<Health.Probe>(), provider.GetRequiredService<StorageHealth>(), provider.GetRequiredService<SettingSources>(), provider.GetRequiredService<CircuitCounter>(),
            tail, provider.GetRequiredService<MeterBridge>()));
    }

    private static T Of<T>(IServiceProvider provider) where T : class => provider.GetRequiredService<IOptions<T>>().Value;
}
