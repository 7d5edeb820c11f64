using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Runs;

/// <summary>What is ordered once is carried out once, also across a restart. An engine of its own, because it is stopped.</summary>
public sealed class RequestKeyTests : IAsyncLifetime
{
    private readonly EngineHost engine = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => engine.InitializeAsync();

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    [Fact]
    public async Task Orders_FiftyAtOnceWithOneKey_HaveOneEffect_AlsoAfterARestart()
    {
        var actor = await engine.NewTenantAsync();
        engine.Provider.Script(_ => ScriptedReply.Of("Once."));
        var order = new StartRun { Goal = "Do it once", Mode = RunMode.Quick };
        var key = new RequestKey("once", "order");

        var started = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => engine.Runs.StartOnceAsync(actor, order, key, Cancel)));
        var run = await engine.Runs.WaitAsync(actor, started[0].Run.Id, Cancel);
        await engine.StopAsync();
        await engine.StartAsync();
        var again = await engine.Runs.StartOnceAsync(actor, order, key, Cancel);

        Assert.Single(started.Select(one => one.Run.Id).Distinct());
        Assert.Equal(1, started.Count(one => one.Own));
        Assert.Equal((run.Id, false), (again.Run.Id, again.Own));
        Assert.Single(engine.Provider.Exchanges);
        await Assert.ThrowsAsync<RequestKeyReused>(() => engine.Runs.StartOnceAsync(actor, order, key with { Order = "another order" }, Cancel));
        Assert.Single((await engine.Runs.ListAsync(actor, new RunFilter(), Cancel)).Items);
    }

    [Fact]
    public async Task Keys_FiftyAtOnceWithOneRequestKey_AreOneKeyWhoseSecretIsShownOnce()
    {
        var actor = await engine.NewTenantAsync();
        var keys = engine.Services.GetRequiredService<KeyService>();
        var request = new RequestKey("once", "order");

        var made = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            try
            {
                return (Guid?)(await keys.CreateAsync(actor, new NewKey("ci"), request, Cancel)).Key.Id;
            }
            catch (KeyMadeBefore)
            {
                return null;
            }
        }));

        var id = Assert.Single(made.OfType<Guid>());
        Assert.Equal(id, Assert.Single(await keys.ListAsync(actor, null, 50, Cancel)).Id);
        Assert.Equal(id, (await Assert.ThrowsAsync<KeyMadeBefore>(() => keys.CreateAsync(actor, new NewKey("ci"), request, Cancel))).Id);
        await Assert.ThrowsAsync<RequestKeyReused>(() => keys.CreateAsync(actor, new NewKey("other"), request with { Order = "another order" }, Cancel));
    }
}
