using System.Runtime.CompilerServices;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.SignalR;

namespace Hal9.Web.Api;

/// <summary>
/// <c>/hubs/feed</c>: what happens, for programs over SignalR, and for the live map, whose pulses are the same for all who look and are written once for all of
/// them. Clients call <see cref="WatchPulses"/> and then hear <c>pulses</c>, or stream <see cref="WatchRun"/>.
/// </summary>
internal sealed class FeedHub(FeedPulses pulses, FeedStanding standing, RunService runs) : Hub
{
    public const string Path = "/hubs/feed";

    /// <summary>Runs that one connection may watch at a time.</summary>
    public const int MostRuns = 50;

    private Actor Actor => CurrentActor.From(Context.User!);

    /// <inheritdoc/>
    public override Task OnConnectedAsync()
    {
        standing.Add(Context);
        return base.OnConnectedAsync();
    }

    /// <inheritdoc/>
    public override Task OnDisconnectedAsync(Exception? exception)
    {
        standing.Remove(Context);
        pulses.Leave(Context);
        return base.OnDisconnectedAsync(exception);
    }

    /// <summary>From now on this connection hears <c>pulses</c> (<see cref="FeedPulse"/>[], number of signals lost so far), at most ten times a second.</summary>
    /// <exception cref="HubException">The caller may not read everybody's runs.</exception>
    public async Task WatchPulses()
    {
        if (!Actor.May(Permission.ReadRuns))
        {
            throw new HubException(new AccessDenied(Permission.ReadRuns).Message);
        }
        await Groups.AddToGroupAsync(Context.ConnectionId, FeedPulses.GroupOf(Actor.TenantId));
        var begun = pulses.JoinAsync(Context, Actor);
        if (Context.ConnectionAborted.IsCancellationRequested)
        {
            // It left while it joined: what its leaving took away was not there yet.
            pulses.Leave(Context);
        }
        await begun.WaitAsync(Context.ConnectionAborted);
    }

    /// <summary>The events of a run with a number greater than <paramref name="from"/>, those of the past first; ends with the run.</summary>
    /// <param name="id">The run.</param>
    /// <param name="from">The number of the last event that the caller knows; 0 for all.</param>
    /// <param name="cancellationToken">The caller has had enough.</param>
    /// <exception cref="HubException">There is no such run for this caller, or the connection watches too many.</exception>
    public async IAsyncEnumerable<RunEvent> WatchRun(Guid id, long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var actor = Actor;
        if (from < 0)
        {
            throw new HubException("The number of an event is 0 or more.");
        }
        if (await runs.FindAsync(actor, id, cancellationToken) is null)
        {
            throw new HubException("There is no such run.");
        }
        if (!standing.BeginRun(Context))
        {
            throw new HubException($"A connection may watch {MostRuns} runs at a time.");
        }
        try
        {
            await foreach (var happened in runs.WatchAsync(actor, id, from, cancellationToken))
            {
                yield return happened;
            }
        }
        finally
        {
            standing.EndRun(Context);
        }
    }
}
