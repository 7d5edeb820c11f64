using Hal9.Engine.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hal9.Web.Health;

/// <summary>The database takes a write transaction, and its disk has room.</summary>
internal sealed class DatabaseCheck(StorageHealth storage) : IHealthCheck
{
    /// <summary>Below it a write-ahead log and a backup may no longer fit.</summary>
    private const long LeastFree = 100L * 1024 * 1024;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var state = await storage.WriteAsync(cancellationToken);
        var data = new Dictionary<string, object> { ["freeBytes"] = state.FreeBytes, ["waitingWrites"] = state.WaitingWrites };
        return state.FreeBytes < LeastFree
            ? HealthCheckResult.Degraded("Less than 100 MB are free where the data directory is.", data: data)
            : HealthCheckResult.Healthy("Writable.", data);
    }
}

/// <summary>The database has this version's schema.</summary>
internal sealed class MigrationCheck(StorageHealth storage) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await storage.FindMissingMigrationAsync(cancellationToken) is { } missing
            ? HealthCheckResult.Unhealthy($"The migration {missing} is missing.")
            : HealthCheckResult.Healthy("Up to date.");
}

/// <summary>All hosted services are up and the process is not on its way out.</summary>
internal sealed class StartCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("Stopping.")
        : lifetime.ApplicationStarted.IsCancellationRequested ? HealthCheckResult.Healthy("Started.")
        : HealthCheckResult.Unhealthy("Starting."));
}
