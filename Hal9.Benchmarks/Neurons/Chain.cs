namespace Hal9.Benchmarks.Neurons;

/// <summary>A link of the bare chain: what three Orleans grains cost that call each other and nothing more.</summary>
internal interface IChainGrain : IGrainWithIntegerKey
{
    /// <summary>Asks the link below, if there is one.</summary>
    Task<string> HandleAsync(string goal, int below);
}

/// <inheritdoc cref="IChainGrain"/>
internal sealed class ChainGrain : Grain, IChainGrain
{
    public async Task<string> HandleAsync(string goal, int below) =>
        below == 0 ? NullModel.Text : await GrainFactory.GetGrain<IChainGrain>(this.GetPrimaryKeyLong() + 1).HandleAsync(goal, below - 1);
}
