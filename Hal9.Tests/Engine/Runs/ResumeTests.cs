using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Runs;

/// <summary>Runs that outlive their process. Each test has an engine of its own, because it stops it.</summary>
public sealed class ResumeTests : IAsyncLifetime
{
    private readonly EngineHost engine = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => engine.InitializeAsync();

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    [Fact]
    public async Task Start_AfterAStop_RebuildsTheRunAndAsksNoFinishedLeafAgain()
    {
        var actor = await engine.NewTenantAsync();
        var hold = new ScriptedGate();
        engine.Provider.Script(request => request.SchemaName switch
        {
            "plan" => Answers.Plan(("researcher", "Collect", []), ("generalist", "Write", [1])),
            "work" when request.LastUser.Contains("Write", StringComparison.Ordinal) => Answers.Work("text") with { Hold = hold },
            "work" => Answers.Work("facts"),
            "verdicts" => Answers.Accepted,
            _ => ScriptedReply.Of("The end."),
        });
        var started = await engine.Runs.StartAsync(actor, new StartRun { Goal = "Report", Mode = RunMode.Standard }, Cancel);
        await hold.Reached.WaitAsync(Cancel);
        await engine.StopAsync();
        hold.Open();

        await engine.StartAsync();
        var run = await engine.Runs.WaitAsync(actor, started.Id, Cancel);

        Assert.Equal((RunStatus.Succeeded, "The end."), (run.Status, run.Answer));
        Assert.Equal(["plan", "work", "work", "work", "verdicts", null], engine.Provider.Exchanges.Select(e => e.Request.SchemaName));
        Assert.Equal(["1", "1.1", "1.2"], run.AllSteps().Select(s => s.Path));
        var events = await engine.Runs.WatchAsync(actor, run.Id, 0, Cancel).ToListAsync(Cancel);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), events.Select(e => e.Number));
        Assert.Single(events.OfType<RunResumed>());
        Assert.Equal(3, events.OfType<StepStarted>().Count());
        Assert.Equal(run.AllSteps().SelectMany(s => s.ModelCalls).Sum(c => c.Cost.Nano), run.Cost.Nano);
        Assert.Empty(await OpenReservationsAsync());
    }

    [Fact]
    public async Task Sweep_CallOnItsWayWhenTheProcessDied_IsBookedAtItsWorstCaseAndMadeAgain()
    {
        var actor = await engine.NewTenantAsync();
        var hold = new ScriptedGate();
        engine.Provider.Enqueue(ScriptedReply.Of("lost") with { Hold = hold });
        var second = new ScriptedGate();
        engine.Provider.Script(_ => ScriptedReply.Of("found") with { Hold = second });
        var started = await engine.Runs.StartAsync(actor, new StartRun { Goal = "Hi", Mode = RunMode.Quick }, Cancel);
        await hold.Reached.WaitAsync(Cancel);
        // What a killed process leaves behind: its owner's name on the row, and nobody who writes its heartbeat.
        await using (var db = engine.Services.GetRequiredService<TenantScope>().Open(actor.TenantId))
        {
            await db.Set<RunRow>().ExecuteUpdateAsync(u => u.SetProperty(r => r.Owner, "a dead process").SetProperty(r => r.HeartbeatAt, DateTimeOffset.UnixEpoch).SetProperty(r => r.Partial, "lost words"), Cancel);
        }

        var host = engine.Services.GetRequiredService<RunHost>();
        await host.SweepAsync(all: false, Cancel);
        await second.Reached.WaitAsync(Cancel);
        var taken = await engine.Runs.FindAsync(actor, started.Id, Cancel);
        second.Open();
        var answer = await engine.Runs.WatchAnswerAsync(actor, started.Id, Cancel).ToListAsync(Cancel);
        var run = await engine.Runs.WaitAsync(actor, started.Id, Cancel);
        hold.Open();

        Assert.Null(taken!.Answer);
        Assert.Equal(["found"], answer);
        Assert.Equal((RunStatus.Succeeded, "found"), (run.Status, run.Answer));
        var calls = run.AllSteps().Single().ModelCalls;
        Assert.Equal([CallStatus.Interrupted, CallStatus.Succeeded], calls.Select(c => c.Status));
        Assert.Equal(calls[0].Reserved, calls[0].Cost);
        Assert.Equal(calls[0].Cost + calls[1].Cost, run.Cost);
        Assert.Contains(await engine.Runs.WatchAsync(actor, run.Id, 0, Cancel).ToListAsync(Cancel), e => e is AttemptRestarted);
        Assert.Empty(await OpenReservationsAsync());
    }

    [Fact]
    public async Task SweepReservations_LeftByAnEndedRun_AreSettledAndCountedInItsCost()
    {
        var actor = await engine.NewTenantAsync();
        var started = await engine.Runs.StartAsync(actor, new StartRun { Goal = "Hi", Mode = RunMode.Quick }, Cancel);
        var run = await engine.Runs.WaitAsync(actor, started.Id, Cancel);
        var lost = new LedgerDimensions(
            actor.TenantId, actor.UserId, null, run.Id, run.Root!.Id, Guid.CreateVersion7(), "generalist", Layer.L2, RunKind.Api, "test", "small");
        var ledger = engine.Services.GetRequiredService<BudgetLedger>();
        await ledger.ReserveAsync(new ReserveOrder(lost, new Usd(500), 10, DateTimeOffset.UtcNow.AddSeconds(5)), static (_, _) => { }, Cancel);
        await using (var db = engine.Services.GetRequiredService<TenantScope>().Open(actor.TenantId))
        {
            await db.Set<OpenReservationRow>().ExecuteUpdateAsync(u => u.SetProperty(r => r.At, DateTimeOffset.UnixEpoch), Cancel);
        }

        await engine.Services.GetRequiredService<RunHost>().SweepReservationsAsync(Cancel);

        Assert.Empty(await OpenReservationsAsync());
        Assert.Equal(run.Cost + new Usd(500), (await engine.Runs.FindAsync(actor, run.Id, Cancel))!.Cost);
    }

    [Fact]
    public async Task Start_RunWasCancelledBeforeTheStop_EndsItWithoutAnotherCall()
    {
        var actor = await engine.NewTenantAsync();
        var hold = new ScriptedGate();
        engine.Provider.Script(_ => ScriptedReply.Of("never") with { Hold = hold });
        var started = await engine.Runs.StartAsync(actor, new StartRun { Goal = "Hi", Mode = RunMode.Quick }, Cancel);
        await hold.Reached.WaitAsync(Cancel);
        await engine.StopAsync();
        await engine.StartAsync();
        await using (var db = engine.Services.GetRequiredService<TenantScope>().Open(actor.TenantId))
        {
            Assert.NotNull(await db.Set<RunRow>().SingleAsync(r => r.Id == started.Id, Cancel));
        }

        var run = await engine.Runs.CancelAsync(actor, started.Id, null, null, Cancel);

        var ended = await engine.Runs.WaitAsync(actor, run!.Id, Cancel);
        Assert.Equal((RunStatus.Cancelled, null), (ended.Status, ended.Error));
        hold.Open();
    }

    [Fact]
    public async Task Cancel_OfARunThatNobodyHasTakenUpYet_IsCarriedOutWhenItIs()
    {
        var actor = await engine.NewTenantAsync();
        var hold = new ScriptedGate();
        engine.Provider.Script(_ => ScriptedReply.Of("never") with { Hold = hold });
        var host = engine.Services.GetRequiredService<RunHost>();
        var row = await LeftBehindAsync(actor);

        await engine.Runs.CancelAsync(actor, row.Id, null, "enough", Cancel);
        await host.SweepAsync(all: true, Cancel);
        var run = await engine.Runs.WaitAsync(actor, row.Id, Cancel);
        hold.Open();

        Assert.Equal(RunStatus.Cancelled, run.Status);
        Assert.Empty(engine.Provider.Exchanges);
    }

    [Fact]
    public async Task Cancel_WhileTheRunIsBeingTakenUp_IsNeverLost()
    {
        var actor = await engine.NewTenantAsync();
        var hold = new ScriptedGate();
        engine.Provider.Script(_ => ScriptedReply.Of("never") with { Hold = hold });
        var host = engine.Services.GetRequiredService<RunHost>();
        var ends = new List<RunStatus>();

        for (var i = 0; i < 30; i++)
        {
            var row = await LeftBehindAsync(actor);
            await Task.WhenAll(host.SweepAsync(all: true, Cancel), engine.Runs.CancelAsync(actor, row.Id, null, "enough", Cancel));
            ends.Add((await engine.Runs.WaitAsync(actor, row.Id, Cancel).WaitAsync(TimeSpan.FromSeconds(20), Cancel)).Status);
        }
        hold.Open();

        Assert.All(ends, status => Assert.Equal(RunStatus.Cancelled, status));
    }

    [Fact]
    public async Task Start_SecondHostOnTheSameData_IsRefused()
    {
        using var folder = new TempFolder();
        using var held = DataDirectory.Hold(folder.Path);
        var second = new EngineHost();
        second.Set("Data:Directory", folder.Path);

        await Assert.ThrowsAsync<InvalidOperationException>(second.StartAsync);
    }

    private async Task<RunRow> LeftBehindAsync(Actor actor)
    {
        var row = new RunRow
        {
            Id = Guid.CreateVersion7(), TenantId = actor.TenantId, UserId = actor.UserId, Kind = RunKind.Api, Mode = RunMode.Quick, Status = RunStatus.Running, Goal = "Hi",
            Tags = "[]", Owner = "a dead process", Epoch = 1, HeartbeatAt = DateTimeOffset.UtcNow, StartedAt = DateTimeOffset.UtcNow,
        };
        await using var db = engine.Services.GetRequiredService<TenantScope>().Open(actor.TenantId);
        db.Add(row);
        await db.SaveChangesAsync(Cancel);
        return row;
    }

    private async Task<IReadOnlyList<Guid>> OpenReservationsAsync()
    {
        await using var db = engine.Services.GetRequiredService<TenantScope>().System("a test counts over all tenants");
        return await db.Set<OpenReservationRow>().Select(r => r.CallId).ToListAsync(Cancel);
    }
}
