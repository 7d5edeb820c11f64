using Hal9.Engine.Events;
using Hal9.Engine.Monitoring;
using Hal9.Engine.Neurons;
using Hal9.Engine.Tenancy;
using Hal9.Web.Neurons;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.SignalR;

namespace Hal9.Web.Api;

/// <summary>So many signals of a kind passed between two neurons since the last message.</summary>
/// <param name="From">Who sent them.</param>
/// <param name="FromLayer">On which layer.</param>
/// <param name="To">Who got them.</param>
/// <param name="ToLayer">On which layer.</param>
/// <param name="Kind"><c>down</c>: work, <c>up</c>: a result, <c>back</c>: a result that was judged.</param>
/// <param name="Count">How many.</param>
internal sealed record FeedPulse(string From, Layer FromLayer, string To, Layer ToLayer, string Kind, int Count);

/// <summary>Tells each tenant's listeners what passes between its neurons: one reader of the tenant's signals for all of them, while there is a listener.</summary>
internal sealed partial class FeedPulses(
    MonitoringService monitoring, HierarchyService hierarchies, IHubContext<FeedHub> hub, TimeProvider time, ILogger<FeedPulses> log) : IAsyncDisposable
{
    private const string Message = "pulses";
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private readonly Dictionary<string, Guid> tenantOf = [];
    private readonly Dictionary<Guid, Telling> tellings = [];

    public static string GroupOf(Guid tenantId) => $"{tenantId}/{Message}";

    /// <summary>One more listener. Ends when what happens from then on is told.</summary>
    public Task JoinAsync(HubCallerContext connection, Actor actor)
    {
        lock (gate)
        {
            var telling = tellings.TryGetValue(actor.TenantId, out var known) ? known : tellings[actor.TenantId] = Tell(actor);
            if (tenantOf.TryAdd(connection.ConnectionId, actor.TenantId))
            {
                telling.Listeners++;
            }
            return telling.Begun.Task;
        }
    }

    public void Leave(HubCallerContext connection)
    {
        lock (gate)
        {
            if (tenantOf.Remove(connection.ConnectionId, out var tenantId) && --tellings[tenantId].Listeners == 0)
            {
                tellings.Remove(tenantId, out var telling);
                telling!.Stop.Cancel();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<Telling> all;
        lock (gate)
        {
            all = [.. tellings.Values];
            tellings.Clear();
            tenantOf.Clear();
        }
        foreach (var telling in all)
        {
            await telling.Stop.CancelAsync();
            await telling.Running;
            telling.Stop.Dispose();
        }
    }

    private Telling Tell(Actor actor)
    {
        var stop = new CancellationTokenSource();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return new Telling(stop, begun, Task.Run(() => TellAsync(actor, begun, stop.Token)));
    }

    // The first listener's actor opens the door for all: each was let in by itself, and what is told is the tenant's.
    private async Task TellAsync(Actor actor, TaskCompletionSource begun, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var pulses = new PulseCount();
                await Live.PaceAsync(monitoring.WatchAsync(actor, cancellationToken), Every, burst =>
                {
                    begun.TrySetResult();
                    return SendAsync(actor, pulses, burst, cancellationToken);
                }, time, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                begun.TrySetCanceled(cancellationToken);
            }
            catch (Exception e)
            {
                LogFailed(log, e, actor.TenantId);
                await Task.Delay(AgainAfter, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task SendAsync(Actor actor, PulseCount pulses, SignalBurst burst, CancellationToken cancellationToken)
    {
        pulses.Add(burst);
        if (pulses.Take() is not { Count: > 0 } passed)
        {
            return;
        }
        var hierarchy = await hierarchies.OfAsync(actor.TenantId, cancellationToken);
        var told = passed.Select(p => (Pulse: p, From: hierarchy.Find(p.From), To: hierarchy.Find(p.To))).Where(p => p is { From: not null, To: not null })
            .Select(p => new FeedPulse(p.Pulse.From, p.From!.Layer, p.Pulse.To, p.To!.Layer, p.Pulse.Kind, p.Pulse.Count)).ToArray();
        // A listener whose line is stuck holds up nobody: what waits for it is written when it can be, or goes with its connection.
        await Task.WhenAny(hub.Clients.Group(GroupOf(actor.TenantId)).SendAsync(Message, told, pulses.Missed, cancellationToken), Task.Delay(Every, time, cancellationToken));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The pulses of tenant {TenantId} stopped; they begin anew")]
    private static partial void LogFailed(ILogger logger, Exception exception, Guid tenantId);

    private sealed class Telling(CancellationTokenSource stop, TaskCompletionSource begun, Task running)
    {
        public CancellationTokenSource Stop { get; } = stop;

        public TaskCompletionSource Begun { get; } = begun;

        public Task Running { get; } = running;

        public int Listeners { get; set; }
    }
}
