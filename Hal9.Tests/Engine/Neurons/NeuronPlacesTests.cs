using Hal9.Engine.Neurons;

namespace Hal9.Tests.Engine.Neurons;

public sealed class NeuronPlacesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EnterAsync_NoPlaceFree_WaitsInOrder()
    {
        var gate = new LocalNeuronGate();
        var tenant = Guid.CreateVersion7();
        var first = await gate.EnterAsync(tenant, "n", 1, Cancel);
        var second = gate.EnterAsync(tenant, "n", 1, Cancel).AsTask();
        var third = gate.EnterAsync(tenant, "n", 1, Cancel).AsTask();
        Assert.False(second.IsCompleted);

        await first.DisposeAsync();
        var place = await second;

        Assert.False(third.IsCompleted);
        await place.DisposeAsync();
        await (await third).DisposeAsync();
    }

    [Fact]
    public async Task EnterAsync_WaitIsCancelled_LosesNoPlace()
    {
        var gate = new LocalNeuronGate();
        var tenant = Guid.CreateVersion7();
        var first = await gate.EnterAsync(tenant, "n", 1, Cancel);
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var second = gate.EnterAsync(tenant, "n", 1, impatient.Token).AsTask();

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await first.DisposeAsync();

        await (await gate.EnterAsync(tenant, "n", 1, Cancel)).DisposeAsync();
    }

    [Fact]
    public async Task EnterAsync_AnotherTenantsNeuron_HasItsOwnPlaces()
    {
        var gate = new LocalNeuronGate();
        await using var mine = await gate.EnterAsync(Guid.CreateVersion7(), "n", 1, Cancel);

        await using var theirs = await gate.EnterAsync(Guid.CreateVersion7(), "n", 1, Cancel);

        Assert.NotSame(mine, theirs);
    }
}
