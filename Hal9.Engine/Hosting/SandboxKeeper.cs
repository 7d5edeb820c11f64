using Hal9.Engine.Sandbox;
using Microsoft.Extensions.Hosting;

namespace Hal9.Engine.Hosting;

/// <summary>Attacks the sandbox once, soon after the start, so that its true level is known before anything is executed in it.</summary>
internal sealed class SandboxKeeper(SandboxService sandbox, TimeProvider time) : BackgroundService
{
    // The probes cost a fraction of a second of processor time, which the start itself and the first page need more. Whoever executes earlier waits for them.
    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(4);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(AfterStart, time, stoppingToken).ConfigureAwait(false);
        await sandbox.ProbeAsync(stoppingToken).ConfigureAwait(false);
    }
}
