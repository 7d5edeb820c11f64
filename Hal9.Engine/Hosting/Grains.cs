using Hal9.Engine.Neurons;
using Hal9.Engine.Runs;
using Orleans.Concurrency;

namespace Hal9.Engine.Hosting;

/// <summary>A run's address: hands orders to the host that works on it. With one process that is this one.</summary>
[Reentrant]
internal sealed class RunGrain(RunHost host) : Grain, IRunGrain
{
    public Task<bool> CancelAsync(Guid? stepId, string path, string? reason, Guid? userId, bool callerLeft)
    {
        var key = this.GetPrimaryKeyString();
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return host.CancelAsync(Guid.Parse(key[..slash]), Guid.Parse(key[(slash + 1)..]), stepId, path, reason, userId, callerLeft, CancellationToken.None);
    }
}

/// <summary>A neuron's places and load. Reentrant, because those who wait must not hold up those who leave; Orleans still runs one call at a time.</summary>
[Reentrant]
internal sealed class NeuronGrain(TimeProvider time) : Grain, INeuronGrain
{
    // Shorter than Orleans' response timeout of 30 s, so that a wait ends as an answer and not as an error.
    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(15);
    private readonly NeuronPlaces places = new();

    public async Task<bool> EnterAsync(int places)
    {
        var entering = this.places.Enter(places, out var giveUp);
        if (entering.IsCompleted)
        {
            return true;
        }
        try
        {
            return await entering.WaitAsync(MostWait, time);
        }
        catch (TimeoutException)
        {
            giveUp();
            return await entering;
        }
    }

    public Task LeaveAsync()
    {
        places.Leave();
        return Task.CompletedTask;
    }

    public Task<NeuronLoad> LoadAsync() => Task.FromResult(places.Load);
}

/// <summary>The gate through the neurons' grains.</summary>
internal sealed class GrainNeuronGate(IGrainFactory grains) : INeuronGate
{
    public async ValueTask<IAsyncDisposable> EnterAsync(Guid tenantId, string neuron, int places, CancellationToken cancellationToken)
    {
        var grain = grains.GetGrain<INeuronGrain>($"{tenantId}/{neuron}");
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var entering = grain.EnterAsync(places);
            try
            {
                if (await entering.WaitAsync(cancellationToken).ConfigureAwait(false))
                {
                    return new Place(grain);
                }
            }
            catch (OperationCanceledException)
            {
                // The wait in the grain goes on for a while; a place that it still gets goes back at once.
                _ = ReturnAsync(entering, grain);
                throw;
            }
        }
    }

    private static async Task ReturnAsync(Task<bool> entering, INeuronGrain grain)
    {
        try
        {
            if (await entering.ConfigureAwait(false))
            {
                await grain.LeaveAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or ObjectDisposedException)
        {
            // The silo is going down, and the places with it.
        }
    }

    private sealed class Place(INeuronGrain grain) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await grain.LeaveAsync().ConfigureAwait(false);
    }
}
