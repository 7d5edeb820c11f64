using System.Collections.Concurrent;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.SignalR;

namespace Hal9.Web.Api;

/// <summary>The open connections of the feed. Who would not be let in any more, or as somebody else, is sent away within <see cref="TenantService.Staleness"/>.</summary>
internal sealed partial class FeedStanding(Standing standing, TimeProvider time, ILogger<FeedStanding> log) : BackgroundService
{
    private readonly ConcurrentDictionary<string, Connection> connections = new();

    public void Add(HubCallerContext connection) =>
        connections[connection.ConnectionId] = new Connection(connection, Schemes.Bearer(connection.GetHttpContext()!.Request));

    public void Remove(HubCallerContext connection) => connections.TryRemove(connection.ConnectionId, out _);

    /// <summary>Counts one more watched run; false: there are too many.</summary>
    public bool BeginRun(HubCallerContext connection)
    {
        if (!connections.TryGetValue(connection.ConnectionId, out var known) || Interlocked.Increment(ref known.Runs) <= FeedHub.MostRuns)
        {
            return true;
        }
        Interlocked.Decrement(ref known.Runs);
        return false;
    }

    public void EndRun(HubCallerContext connection)
    {
        if (connections.TryGetValue(connection.ConnectionId, out var known))
        {
            Interlocked.Decrement(ref known.Runs);
        }
    }

    /// <summary>Looks at everybody once.</summary>
    internal async Task CheckAsync(CancellationToken cancellationToken)
    {
        foreach (var connection in connections.Values)
        {
            var was = CurrentActor.From(connection.Context.User!);
            if (await standing.NowAsync(connection.Context.User!, connection.Bearer, cancellationToken) is not { } now || now.Role != was.Role)
            {
                connection.Context.Abort();
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TenantService.Staleness, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CheckAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotChecked(log, e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Whether the feed's listeners may still listen could not be read; it is tried again")]
    private static partial void LogNotChecked(ILogger logger, Exception exception);

    private sealed class Connection(HubCallerContext context, string? bearer)
    {
        public int Runs;

        public HubCallerContext Context { get; } = context;

        public string? Bearer { get; } = bearer;
    }
}
