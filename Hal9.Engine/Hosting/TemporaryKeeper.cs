using Hal9.Engine.Conversations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hal9.Engine.Hosting;

/// <summary>Ends temporary chats whose time is over, once a minute.</summary>
internal sealed partial class TemporaryKeeper(TemporaryChats chats, TimeProvider time, ILogger<TemporaryKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            try
            {
                await chats.SweepAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // A full disk or a locked file passes; the next round tries again.
                LogFailed(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Temporary chats could not be ended this time")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
