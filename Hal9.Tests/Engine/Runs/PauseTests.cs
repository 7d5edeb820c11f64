using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Runs;

/// <summary>Runs that wait for room in a budget. An engine of its own: one test stops it.</summary>
public sealed class PauseTests : IAsyncLifetime
{
    private readonly EngineHost engine = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private BudgetService Budgets => engine.Services.GetRequiredService<BudgetService>();

    private RunHost Host => engine.Services.GetRequiredService<RunHost>();

    public ValueTask InitializeAsync() => engine.InitializeAsync();

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    [Fact]
    public async Task Run_AtALimitWhoseLadderPauses_WaitsOverARestartAndGoesOnAfterARaise()
    {
        var actor = await engine.NewTenantAsync();
        engine.Provider.Script(request => request.SchemaName switch
        {
            "plan" => Answers.Plan(("researcher", "Collect"), ("generalist", "Write")),
            "work" => Answers.Work("done"),
            "verdicts" => Answers.Accepted,
            _ => ScriptedReply.Of("The end."),
        });
        // The pieces of work are a neuron's each; the one that has no money waits, the other is done meanwhile.
        var budget = await LimitAsync(actor, BudgetScopeKind.Neuron, "researcher", 10);
        var started = await engine.Runs.StartAsync(actor, new StartRun { Goal = "Report", Mode = RunMode.Standard }, Cancel);
        var waiting = await WaitingAsync(actor, started.Id);
        await engine.StopAsync();
        await engine.StartAsync();
        await Host.SweepAsync(true, Cancel);
        await Host.SweepWaitingAsync(Cancel);
        var restarted = (await engine.Runs.FindAsync(actor, started.Id, Cancel))!;
        var asked = engine.Provider.Exchanges.Count;

        await Budgets.AskAsync(actor, waiting.Refusal!.BudgetId!.Value, new AskRaise(Usd.FromAmount(1), ExpiresAt: DateTimeOffset.UtcNow.AddHours(1), RunId: started.Id), Cancel);
        await Host.SweepWaitingAsync(Cancel);
        var run = await engine.Runs.WaitAsync(actor, started.Id, Cancel);

        Assert.Equal((budget.Id, "neuron researcher", LadderStep.Pause), (waiting.Refusal.BudgetId, waiting.Refusal.Scope, waiting.Refusal.Next));
        Assert.Equal(StepStatus.Succeeded, waiting.AllSteps().Single(step => step.Goal == "Write").Status);
        Assert.Equal(RunStatus.Waiting, restarted.Status);
        Assert.Equal((RunStatus.Succeeded, "The end.", null), (run.Status, run.Answer, run.Refusal));
        Assert.Equal(2, asked);
        Assert.Equal(["plan", "work", "work", "verdicts", null], engine.Provider.Exchanges.Select(e => e.Request.SchemaName));
        var events = await engine.Runs.WatchAsync(actor, run.Id, 0, Cancel).ToListAsync(Cancel);
        Assert.Equal(budget.Id, Assert.Single(events.OfType<RunWaiting>()).BudgetId);
        Assert.Equal("Its budget has room again.", Assert.Single(events.OfType<RunResumed>()).Reason);
        Assert.Equal(run.AllSteps().SelectMany(step => step.ModelCalls).Sum(call => call.Cost.Nano), run.Cost.Nano);
    }

    [Fact]
    public async Task Run_ThatWaits_IsResumedByAPersonOrCancelled()
    {
        var actor = await engine.NewTenantAsync();
        var stranger = actor with { UserId = Guid.CreateVersion7(), Role = Role.Member };
        await LimitAsync(actor, BudgetScopeKind.Tenant, null, 10);
        var started = await engine.Runs.StartAsync(actor, new StartRun { Goal = "Hi", Mode = RunMode.Quick }, Cancel);
        await WaitingAsync(actor, started.Id);

        Assert.Null(await engine.Runs.ResumeAsync(stranger, started.Id, null, Cancel));
        await engine.Runs.ResumeAsync(actor, started.Id, "try", Cancel);
        await foreach (var e in engine.Runs.WatchAsync(actor, started.Id, 0, Cancel).OfType<RunWaiting>().Skip(1).Take(1))
        {
            Assert.Equal("tenant", e.Scope);
        }
        var cancelled = await engine.Runs.CancelAsync(actor, started.Id, null, "enough", Cancel);

        Assert.Equal((RunStatus.Cancelled, Usd.Zero), (cancelled!.Status, cancelled.Cost));
        Assert.Empty(engine.Provider.Exchanges);
        Assert.Equal(RunStatus.Cancelled, (await engine.Runs.ResumeAsync(actor, started.Id, null, Cancel))!.Status);
    }

    [Fact]
    public async Task Run_WhoseCallerWaits_IsRefusedAndSaysThatItCannotWait()
    {
        var actor = await engine.NewTenantAsync();
        await LimitAsync(actor, BudgetScopeKind.Tenant, null, 10);

        var begun = await engine.Runs.EndAsync(actor, engine.Runs.Begin(actor, new StartRun { Goal = "Hi", Mode = RunMode.Quick }), Cancel);

        Assert.Equal(RunStatus.Refused, begun.Run.Status);
        Assert.EndsWith("its caller waits for the answer.", begun.Run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OfABudgetWithAnotherWay_StartsThoughItIsUsedUp()
    {
        var actor = await engine.NewTenantAsync();
        await Budgets.PutAsync(actor, new PutBudget { ScopeKind = BudgetScopeKind.Tenant, Period = BudgetPeriod.Total, Limit = Usd.Zero, Ladder = [LadderStep.Offline] }, Cancel);

        var run = await engine.Runs.WaitAsync(actor, (await engine.Runs.StartAsync(actor, new StartRun { Goal = "What is 2 + 3?", Mode = RunMode.Quick }, Cancel)).Id, Cancel);

        Assert.Equal((RunStatus.Succeeded, Provenance.Offline, Usd.Zero), (run.Status, run.Provenance, run.Cost));
        Assert.Equal(LadderStep.Offline, Assert.Single(run.OnLimit).Step);
        Assert.Contains("offline/hal9 was asked instead of", (await engine.Runs.WatchAsync(actor, run.Id, 0, Cancel).ToListAsync(Cancel)).OfType<ModelCallStarted>().Single().OnLimit, StringComparison.Ordinal);
    }

    private Task<BudgetView> LimitAsync(Actor actor, BudgetScopeKind kind, string? scopeId, long nano) =>
        Budgets.PutAsync(actor, new PutBudget { ScopeKind = kind, ScopeId = scopeId, Period = BudgetPeriod.Total, Limit = new Usd(nano), Ladder = [LadderStep.Pause] }, Cancel);

    private async Task<RunView> WaitingAsync(Actor actor, Guid id)
    {
        await foreach (var _ in engine.Runs.WatchAsync(actor, id, 0, Cancel).OfType<RunWaiting>().Take(1))
        {
        }
        return (await engine.Runs.FindAsync(actor, id, Cancel))!;
    }
}
