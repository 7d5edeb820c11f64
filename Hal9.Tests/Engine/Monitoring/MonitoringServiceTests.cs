using Hal9.Engine.Monitoring;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Monitoring;

public sealed class MonitoringServiceTests : IAsyncLifetime
{
    private readonly EngineHost engine = new();

    private MonitoringService Monitoring => engine.Services.GetRequiredService<MonitoringService>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => engine.InitializeAsync();

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    [Fact]
    public async Task Runs_OfTheHierarchy_AreSeenInItsNeuronsSignalsAndStatistics()
    {
        var actor = await engine.NewTenantAsync();
        await using var watch = Monitoring.WatchAsync(actor, Token).GetAsyncEnumerator(Token);
        Assert.True(await watch.MoveNextAsync());
        Assert.Empty(watch.Current.Signals);

        var run = await EndedAsync(actor, RunMode.Deep);

        var seen = new List<NeuronSignal>();
        while (!seen.Any(s => s.Act == NeuronAct.Ended && s.Neuron == "strategist"))
        {
            Assert.True(await watch.MoveNextAsync());
            seen.AddRange(watch.Current.Signals);
        }
        Assert.All(seen, s => Assert.Equal(run.Id, s.RunId));
        Assert.Contains(seen, s => s is { Act: NeuronAct.Assigned, Neuron: "strategist", Other: not null });
        Assert.Contains(seen, s => s is { Act: NeuronAct.Returned, Other: "strategist" });
        Assert.Equal(run.Cost.Nano, seen.Sum(s => s.Cost.Nano));

        var now = await Monitoring.NowAsync(actor, Token);
        Assert.Equal(["strategist", "analyst", "architect", "generalist", "researcher", "engineer", "critic"], now.Neurons.Select(n => n.Name));
        var strategist = now.Neurons[0];
        Assert.Equal((NeuronState.Idle, 0, 1, 0), (strategist.State, strategist.Active, strategist.Handled, strategist.Failed));
        Assert.Equal(run.Cost.Nano, now.Neurons.Sum(n => n.Cost.Nano));
        Assert.Equal(["analyst", "architect"], strategist.Delegates);

        var statistics = await Monitoring.StatisticsAsync(actor, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddSeconds(1), Token);
        Assert.Equal((1, 0, run.Cost), (statistics.Total.Runs, statistics.Total.Failed, statistics.Total.Cost));
        Assert.Equal(TimeSpan.FromMinutes(1), statistics.Step);
        Assert.Equal(1, statistics.Points.Sum(p => p.Runs));
        Assert.InRange(statistics.Total.P95!.Value, run.EndedAt!.Value - run.StartedAt, (run.EndedAt.Value - run.StartedAt + TimeSpan.FromMilliseconds(2)) * 1.2);
    }

    [Fact]
    public async Task Neuron_WhoseCallFailed_IsFailingUntilOneSucceeds()
    {
        var actor = await engine.NewTenantAsync();
        engine.Provider.Script(_ => new ScriptedReply { Fault = new Fault(FaultKind.Status) { StatusCode = 400 } });
        await EndedAsync(actor, RunMode.Quick);

        var failing = (await Monitoring.NowAsync(actor, Token)).Neurons.Single(n => n.Name == "generalist");
        engine.Provider.Reset();
        await EndedAsync(actor, RunMode.Quick);
        var well = (await Monitoring.NowAsync(actor, Token)).Neurons.Single(n => n.Name == "generalist");

        Assert.Equal((NeuronState.Failing, 1, 1), (failing.State, failing.Failed, failing.FailedCalls));
        Assert.NotNull(failing.LastError);
        Assert.Equal((NeuronState.Idle, 1, 2), (well.State, well.Failed, well.Handled));
        Assert.Null(well.LastError);
        var statistics = await Monitoring.StatisticsAsync(actor, DateTimeOffset.UtcNow.AddDays(-7), DateTimeOffset.UtcNow.AddSeconds(1), Token);
        Assert.Equal((2, 1), (statistics.Total.Runs, statistics.Total.Failed));
        Assert.Equal(TimeSpan.FromHours(3), statistics.Step);
    }

    [Fact]
    public async Task Window_AfterARestart_IsReadFromTheEvents()
    {
        var actor = await engine.NewTenantAsync();
        await EndedAsync(actor, RunMode.Deep);
        var before = await RecentAsync(actor);

        await engine.StopAsync();
        await engine.StartAsync();

        Assert.NotEmpty(before);
        Assert.Equal(before, await RecentAsync(actor));
        Assert.Equal(1, (await Monitoring.NowAsync(actor, Token)).Neurons[0].Handled);
    }

    [Fact]
    public async Task Door_ForAMember_IsClosed()
    {
        var actor = await engine.NewTenantAsync() with { Role = Role.Member };

        await Assert.ThrowsAsync<AccessDenied>(() => Monitoring.NowAsync(actor, Token));
        await Assert.ThrowsAsync<AccessDenied>(() => Monitoring.StatisticsAsync(actor, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow, Token));
        await Assert.ThrowsAsync<AccessDenied>(async () => await Monitoring.WatchAsync(actor, Token).GetAsyncEnumerator(Token).MoveNextAsync());
    }

    private async Task<IReadOnlyList<NeuronSignal>> RecentAsync(Actor actor)
    {
        await using var watch = Monitoring.WatchAsync(actor, Token).GetAsyncEnumerator(Token);
        Assert.True(await watch.MoveNextAsync());
        return watch.Current.Signals;
    }

    private async Task<RunView> EndedAsync(Actor actor, RunMode mode)
    {
        var run = await engine.Runs.StartAsync(actor, new StartRun { Goal = "Compare tea and coffee.", Mode = mode }, Token);
        return await engine.Runs.WaitAsync(actor, run.Id, Token);
    }
}
