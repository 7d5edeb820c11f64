using Hal9.Engine.Budgets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hal9.Engine.Hosting;

/// <summary>Holds the ledgers against their rules: what was appended each minute, the whole once a day.</summary>
internal sealed partial class LedgerKeeper(LedgerGuard guard, TimeProvider time, ILogger<LedgerKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private const int QuietHour = 3;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        var examined = time.GetUtcNow().Date;
        do
        {
            try
            {
                await guard.LookAsync(stoppingToken).ConfigureAwait(false);
                var now = time.GetUtcNow();
                if (now.Date > examined && now.Hour >= QuietHour)
                {
                    examined = now.Date;
                    await guard.ExamineAsync(stoppingToken).ConfigureAwait(false);
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

    [LoggerMessage(Level = LogLevel.Error, Message = "The ledgers could not be looked at this time")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
