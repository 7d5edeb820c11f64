using Orleans.Concurrency;

namespace Hal9.Engine.Hosting;

/// <summary>A grain that only answers: who reaches it has a silo that activates grains and delivers messages.</summary>
public interface IPulseGrain : IGrainWithIntegerKey
{
    /// <summary>Answers.</summary>
    Task BeatAsync();
}

/// <inheritdoc cref="IPulseGrain"/>
[StatelessWorker]
internal sealed class PulseGrain : Grain, IPulseGrain
{
    public Task BeatAsync() => Task.CompletedTask;
}

/// <summary>The door for probes: whether this process's silo does its work.</summary>
public sealed class SiloHealth(IGrainFactory grains)
{
    /// <summary>Calls a grain and waits for its answer.</summary>
    /// <exception cref="OrleansException">The silo does not answer.</exception>
    public Task BeatAsync(CancellationToken cancellationToken) => grains.GetGrain<IPulseGrain>(0).BeatAsync().WaitAsync(cancellationToken);
}
