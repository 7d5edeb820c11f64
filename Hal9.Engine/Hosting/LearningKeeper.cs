using Hal9.Engine.Learning;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hal9.Engine.Hosting;

/// <summary>Looks once an hour, in every tenant, for failures that repeat. It asks no model and costs nothing but the database's time.</summary>
internal sealed partial class LearningKeeper(LessonMiner miner, TimeProvider time, ILogger<LearningKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                foreach (var tenantId in await miner.TenantsAsync(stoppingToken).ConfigureAwait(false))
                {
                    await miner.MineAsync(tenantId, stoppingToken).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // A full disk or a locked file passes; the next hour tries again.
                LogFailed(logger, e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Repeated failures could not be looked for this time")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
