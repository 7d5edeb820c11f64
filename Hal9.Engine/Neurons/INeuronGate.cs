namespace Hal9.Engine.Neurons;

/// <summary>How many steps a neuron handles at once. In a host the count is kept by the neuron's grain, in tests and benchmarks in memory.</summary>
public interface INeuronGate
{
    /// <summary>Waits for a place; disposing the result gives it back.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="neuron">The neuron's name.</param>
    /// <param name="places">How many it has.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    ValueTask<IAsyncDisposable> EnterAsync(Guid tenantId, string neuron, int places, CancellationToken cancellationToken);
}

/// <summary>What a neuron is doing.</summary>
/// <param name="Active">Steps at work.</param>
/// <param name="Waiting">Steps waiting for a place.</param>
/// <param name="Handled">Steps begun since this process started.</param>
[Orleans.GenerateSerializer]
public sealed record NeuronLoad(int Active, int Waiting, long Handled);

/// <summary>A neuron's address in the cluster: its places and its load. Key: <c>tenant/neuron</c>.</summary>
public interface INeuronGrain : Orleans.IGrainWithStringKey
{
    /// <summary>Waits a while for a place; false when there was none and the caller may ask again.</summary>
    Task<bool> EnterAsync(int places);

    /// <summary>Gives a place back.</summary>
    Task LeaveAsync();

    /// <summary>The load now.</summary>
    Task<NeuronLoad> LoadAsync();
}
