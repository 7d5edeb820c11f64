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

        var statistics = await Monitoring.StatisticsAsync(actor, Last(TimeSpan.FromHours(1)), Token);
        Assert.Equal((1, 0, run.Cost), (statistics.Total.Runs, statistics.Total.Failed, statistics.Total.Cost));
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
        var statistics = await Monitoring.StatisticsAsync(actor, Last(TimeSpan.FromDays(7)), Token);
        Assert.Equal((2, 1), (statistics.Total.Runs, statistics.Total.Failed));
        Assert.Equal(TimeSpan.FromHours(3), statistics.Grid.Step);
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
    public async Task Door_ForAMember_ShowsTheirOwnRunsOnly()
    {
        var admin = await engine.NewTenantAsync();
        var member = new Actor(admin.TenantId, Guid.CreateVersion7(), Role.Member);
        await EndedAsync(admin, RunMode.Quick);
        var own = await EndedAsync(member, RunMode.Quick);

        var seen = await Monitoring.StatisticsAsync(member, Last(TimeSpan.FromHours(1)), Token);
        var all = await Monitoring.StatisticsAsync(admin, Last(TimeSpan.FromDays(7)), Token);

        Assert.Equal((1, own.Cost), (seen.Total.Runs, seen.Total.Cost));
        Assert.Equal(2, all.Total.Runs);
        await Assert.ThrowsAsync<AccessDenied>(() => Monitoring.NowAsync(member, Token));
        await Assert.ThrowsAsync<AccessDenied>(async () => await Monitoring.WatchAsync(member, Token).GetAsyncEnumerator(Token).MoveNextAsync());
        Assert.All(await Monitoring.ProvidersAsync(member, TimeSpan.FromHours(1), Token), provider => Assert.Null(provider.Record));
    }

    [Fact]
    public async Task Providers_AreJudgedByWhatBecameOfTheirCalls()
    {
        var actor = await engine.NewTenantAsync();
        var good = await EndedAsync(actor, RunMode.Quick);
        engine.Provider.Script(_ => new ScriptedReply { Fault = new Fault(FaultKind.Status) { StatusCode = 400 } });
        var bad = await EndedAsync(actor, RunMode.Quick);
        engine.Provider.Reset();
        await EndedAsync(await engine.NewTenantAsync(), RunMode.Quick);

        var providers = await Monitoring.ProvidersAsync(actor, TimeSpan.FromHours(1), Token);

        Assert.Equal(["offline", "test"], providers.Select(provider => provider.Name));
        Assert.Null(providers[0].Circuit);
        var record = providers[1].Record!;
        var calls = Calls(good).Concat(Calls(bad)).ToList();
        Assert.Equal((calls.Count, calls.Count(c => c.Status is CallStatus.Failed)), ((int)record.Calls, (int)record.Failed));
        Assert.Equal(calls.Sum(c => c.Cost.Nano), record.Cost.Nano);
        Assert.Equal(Calls(good).Max(c => c.Milliseconds), record.P95!.Value.TotalMilliseconds);
        Assert.Equal((bad.Id, Calls(bad).Last().Error), (record.LastFailure!.RunId, record.LastFailure.Error));
        Assert.DoesNotContain(await Monitoring.ProvidersAsync(actor, TimeSpan.Zero, Token), provider => provider.Record is not null);
    }

    private static TimeGrid Last(TimeSpan back) => TimeGrid.Of(DateTimeOffset.UtcNow - back, DateTimeOffset.UtcNow.AddMilliseconds(1), DateTimeOffset.UtcNow);

    private static IEnumerable<ModelCallView> Calls(RunView run) => Of(run.Root!);

    private static IEnumerable<ModelCallView> Of(StepView step) => step.ModelCalls.Concat(step.Steps.SelectMany(Of));

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
