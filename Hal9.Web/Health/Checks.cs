using Hal9.Engine.Budgets;
using Hal9.Engine.Hosting;
using Hal9.Engine.Models;
using Hal9.Engine.Sandbox;
using Hal9.Engine.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hal9.Web.Health;

/// <summary>The database takes a write transaction.</summary>
internal sealed class DatabaseCheck(StorageHealth storage) : IHealthCheck
{
    public const string Fix = "Look into the log for the database's own words; see that the data directory is writable for this user and its disk is not full.";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var waiting = await storage.WriteAsync(cancellationToken);
        return HealthCheckResult.Healthy("Writable.", new Dictionary<string, object> { ["waitingWrites"] = waiting });
    }
}

/// <summary>The disk of the data directory has room.</summary>
internal sealed class DiskCheck(StorageHealth storage) : IHealthCheck
{
    public const string Fix = "Free space on the disk of the data directory, or move the directory to a larger one (Hal9:Data:Directory).";

    /// <summary>Below it a write-ahead log and a backup may no longer fit.</summary>
    private const long LeastFree = 100L * 1024 * 1024;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Judge(storage.FreeBytes()));

    public static HealthCheckResult Judge(long free)
    {
        var data = new Dictionary<string, object> { ["freeBytes"] = free };
        return free < LeastFree
            ? HealthCheckResult.Degraded("Less than 100 MB are free where the data directory is.", data: data)
            : HealthCheckResult.Healthy("There is room.", data);
    }
}

/// <summary>The database has this version's schema.</summary>
internal sealed class SchemaCheck(StorageHealth storage) : IHealthCheck
{
    public const string Fix = "Restart this version: it applies what is missing. If a newer version was here, start that one, or restore the backup that it took before its migration.";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var schema = await storage.SchemaAsync(cancellationToken);
        return schema switch
        {
            { Missing: [var missing, ..] } => HealthCheckResult.Unhealthy($"The migration {missing} is missing."),
            // Migrations first add and only a version later take away, so this version can still work on it.
            { Newer: [.., var newer] } => HealthCheckResult.Degraded($"The database was migrated by a newer version ({newer})."),
            _ => HealthCheckResult.Healthy("Up to date."),
        };
    }
}

/// <summary>The silo activates grains and delivers messages.</summary>
internal sealed class SiloCheck(SiloHealth silo) : IHealthCheck
{
    public const string Fix = "Restart the process: without its silo no run can be started or steered. The log says why it stopped.";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await silo.BeatAsync(cancellationToken);
        return HealthCheckResult.Healthy("Answers.");
    }
}

/// <summary>No provider is left alone because it failed. Never unhealthy: another provider, or a restart, would not make it answer.</summary>
internal sealed class ProviderCheck(ModelService models) : IHealthCheck
{
    public const string Fix = "Look at the provider's own status page and at the failed calls of recent runs; it is tried again by itself. Another model can be named in Hal9:Models:Fallbacks.";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var states = models.States;
        var data = states.ToDictionary(state => state.Name, state => (object)state.Circuit, StringComparer.Ordinal);
        var down = states.Where(state => state.Circuit != CircuitPosition.Closed).Select(state => state.Name).ToList();
        return Task.FromResult(down.Count > 0
            ? HealthCheckResult.Degraded($"Failed too often and left alone for a while: {string.Join(", ", down)}.", data: data)
            : HealthCheckResult.Healthy(states.Count == 0 ? "Only the built-in model is configured." : "None is left alone.", data));
    }
}

/// <summary>The rules of all ledgers hold. Never unhealthy: stopping the product would not mend a ledger.</summary>
internal sealed class LedgerCheck(LedgerGuard guard) : IHealthCheck
{
    public const string Fix = "Somebody changed the ledger's tables, or there is a fault in this product. Keep a copy of the database and of anchors/, and examine it with GET /api/v1/ledger/verify; the log names tenant and entry.";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var faults = guard.Faults;
        return Task.FromResult(faults.Count > 0
            ? HealthCheckResult.Degraded($"{faults.Count} rules of ledgers do not hold, first: {faults[0].Rule}")
            : HealthCheckResult.Healthy(guard.LookedAt is null ? "Not looked at yet." : "All rules hold."));
    }
}

/// <summary>What models write can be executed. Never unhealthy: everything else works without.</summary>
internal sealed class SandboxCheck(SandboxService sandbox) : IHealthCheck
{
    public const string Fix = "Install bubblewrap, and see that the kernel lets users make user name spaces (user.max_user_namespaces, or the container's security profile). Hal9:Sandbox:Minimum=Reduced accepts less.";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(sandbox.State is { } state ? Judge(state) : HealthCheckResult.Healthy("Not probed yet."));

    public static HealthCheckResult Judge(SandboxState state)
    {
        var data = new Dictionary<string, object>
        {
            ["level"] = state.Level.ToString(),
            ["minimum"] = state.Minimum.ToString(),
            ["probes"] = state.Probes.Count,
            ["held"] = state.Probes.Count(probe => probe.Held),
            ["controlGroup"] = state.HasControlGroup,
        };
        return state.Executes
            ? HealthCheckResult.Healthy($"Level {state.Level}.", data)
            : HealthCheckResult.Degraded($"Level {state.Level}, but {state.Minimum} is demanded: nothing that models write is executed. {state.Reason}".TrimEnd(), data: data);
    }
}

/// <summary>All hosted services are up and the process is not on its way out.</summary>
internal sealed class StartCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public const string Fix = "Wait: it is on its way. When it stays so, the log says what it waits for.";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("Stopping.")
        : lifetime.ApplicationStarted.IsCancellationRequested ? HealthCheckResult.Healthy("Started.")
        : HealthCheckResult.Unhealthy("Starting."));
}
