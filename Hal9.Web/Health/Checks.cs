using Hal9.Engine.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hal9.Web.Health;

/// <summary>The database takes a write transaction, and its disk has room.</summary>
internal sealed class DatabaseCheck(Writer writer, DataDirectory directory) : IHealthCheck
{
    /// <summary>Below it a write-ahead log and a backup may no longer fit.</summary>
    private const long LeastFree = 100L * 1024 * 1024;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // An empty piece of work still goes through the queue, the write lock and a commit.
        await writer.WriteAsync(static _ => { }, cancellationToken).WaitAsync(cancellationToken);
        var free = new DriveInfo(directory.Path).AvailableFreeSpace;
        var data = new Dictionary<string, object> { ["freeBytes"] = free, ["waitingWrites"] = writer.Waiting };
        return free < LeastFree
            ? HealthCheckResult.Degraded("Less than 100 MB are free where the data directory is.", data: data)
            : HealthCheckResult.Healthy("Writable.", data);
    }
}

/// <summary>The database has this version's schema. Once it has, it stays so: the data directory's lock lets nobody else change it.</summary>
internal sealed class MigrationCheck(IEnumerable<MigratedContext> contexts) : IHealthCheck
{
    private bool done;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!done)
        {
            foreach (var migrated in contexts)
            {
                await using var db = migrated.Create();
                if ((await db.Database.GetPendingMigrationsAsync(cancellationToken)).FirstOrDefault() is { } pending)
                {
                    return HealthCheckResult.Unhealthy($"The migration {pending} is missing.");
                }
            }
            done = true;
        }
        return HealthCheckResult.Healthy("Up to date.");
    }
}

/// <summary>All hosted services are up and the process is not on its way out.</summary>
internal sealed class StartCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("Stopping.")
        : lifetime.ApplicationStarted.IsCancellationRequested ? HealthCheckResult.Healthy("Started.")
        : HealthCheckResult.Unhealthy("Starting."));
}
