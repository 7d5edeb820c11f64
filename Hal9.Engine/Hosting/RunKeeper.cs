using Hal9.Engine.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hal9.Engine.Hosting;

/// <summary>Keeps this host's runs alive and takes up those whose process is gone: at start all that is unfinished, then every two seconds what has gone stale.</summary>
internal sealed partial class RunKeeper(RunHost host, TimeProvider time, ILogger<RunKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        var first = true;
        do
        {
            try
            {
                await host.HeartbeatAsync(stoppingToken).ConfigureAwait(false);
                var taken = await host.SweepAsync(first, stoppingToken).ConfigureAwait(false);
                first = false;
                await host.SweepReservationsAsync(stoppingToken).ConfigureAwait(false);
                await host.SweepWaitingAsync(stoppingToken).ConfigureAwait(false);
                if (taken > 0)
                {
                    LogTaken(logger, taken);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // A full disk or a locked file passes; the next round tries again.
                LogFailed(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await host.StopAsync().ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} unfinished runs were taken up")]
    private static partial void LogTaken(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Runs could not be kept alive or swept this time")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
