using Hal9.Engine.Budgets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hal9.Engine.Hosting;

/// <summary>Puts the newest imported price list in force: at start, and soon after another process has imported one.</summary>
internal sealed partial class PriceKeeper(PriceService prices, TimeProvider time, ILogger<PriceKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            try
            {
                await prices.RefreshAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // What was in force stays so; the next round tries again.
                LogFailed(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The newest price list could not be put in force")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
