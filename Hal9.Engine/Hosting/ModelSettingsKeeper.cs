using Hal9.Engine.Models;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hal9.Engine.Hosting;

/// <summary>Takes in the providers and tiers that were set in the console: before anything runs, and then what other processes changed.</summary>
internal sealed partial class ModelSettingsKeeper(ModelSettings settings, TimeProvider time, ILogger<ModelSettingsKeeper> logger) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await settings.LoadAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ModelSettings.LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await settings.LoadAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(logger, e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Providers and tiers could not be read this time; those that are known stay")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
