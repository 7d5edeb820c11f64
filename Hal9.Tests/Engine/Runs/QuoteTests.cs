using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Runs;

[Collection(EngineCollection.Name)]
public sealed class QuoteTests(EngineHost engine) : IDisposable
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => engine.Provider.Reset();

    [Fact]
    public async Task Quote_AfterRunsLikeIt_IsWhatTheNextOneCosts_AndTheReceiptSaysSo()
    {
        var actor = await engine.NewTenantAsync();
        engine.Provider.Script(_ => ScriptedReply.Of("An answer.") with { Usage = new ScriptedUsage(300, 40) });
        for (var i = 0; i < 3; i++)
        {
            await RunAsync(actor, "Say hello");
        }

        var quote = await engine.Runs.QuoteAsync(actor, new StartRun { Goal = "Say hello", Mode = RunMode.Quick }, Cancel);
        var run = await RunAsync(actor, "Say hello");

        var call = Assert.Single(run.AllSteps().SelectMany(step => step.ModelCalls));
        Assert.Equal((RunMode.Quick, Layer.L2, 3, new Usd((300 * 1_000) + (40 * 2_000))), (quote.Mode, quote.Entry, quote.Runs, quote.Expected!.Value));
        Assert.Equal(["test/small"], quote.Models);
        Assert.Equal((quote.Expected, 0.0), (run.Quote, run.QuoteError!.Value));
        // What the gate sets aside for the call is within the worst case, and a cap as quoted is enough for the run.
        Assert.InRange(call.Reserved.Nano, quote.Expected.Value.Nano, quote.Worst.Nano);
        Assert.Equal(RunStatus.Succeeded, (await RunAsync(actor, "Say hello", quote.Cap)).Status);
        Assert.Equal(run.Quote, (await engine.Runs.FindEndAsync(actor, run.Id, Cancel))!.Quote);
    }

    [Fact]
    public async Task Quote_NamesTheBudgetsThatItDrawsOn_AndWhetherItFits()
    {
        var actor = await engine.NewTenantAsync();
        var budgets = engine.Services.GetRequiredService<BudgetService>();
        await budgets.PutAsync(actor, new PutBudget { ScopeKind = BudgetScopeKind.Tenant, Period = BudgetPeriod.Day, Limit = Usd.FromAmount(100) }, Cancel);
        await budgets.PutAsync(actor, new PutBudget { ScopeKind = BudgetScopeKind.Neuron, ScopeId = "critic", Period = BudgetPeriod.Day, Limit = new Usd(1), Ladder = [LadderStep.Offline] }, Cancel);
        await budgets.PutAsync(actor, new PutBudget { ScopeKind = BudgetScopeKind.Model, ScopeId = "test/unused", Period = BudgetPeriod.Day, Limit = new Usd(1) }, Cancel);
        await budgets.PutAsync(actor, new PutBudget { ScopeKind = BudgetScopeKind.User, ScopeId = Budget.Each, Period = BudgetPeriod.Day, Limit = Usd.FromAmount(1) }, Cancel);

        var deep = await engine.Runs.QuoteAsync(actor with { Role = Role.Member }, new StartRun { Goal = "Plan it", Mode = RunMode.Deep, Envelope = new EnvelopeRequest(Usd.FromAmount(2)) }, Cancel);
        var quick = await engine.Runs.QuoteAsync(actor, new StartRun { Goal = "Say hello", Mode = RunMode.Quick }, Cancel);

        Assert.Equal(
            [(BudgetScopeKind.Neuron, "critic", false, false), (BudgetScopeKind.User, actor.UserId.ToString(), true, false), (BudgetScopeKind.Tenant, "", true, true)],
            deep.Budgets.Select(draw => (draw.ScopeKind, draw.ScopeId, draw.FitsExpected, draw.FitsWorst)));
        Assert.Equal((Usd.FromAmount(2), 0), (deep.Worst, deep.Runs));
        Assert.Equal(["test/large", "test/small"], deep.Models);
        Assert.Equal([BudgetScopeKind.User, BudgetScopeKind.Tenant], quick.Budgets.Select(draw => draw.ScopeKind));
        await Assert.ThrowsAsync<AccessDenied>(() => engine.Runs.QuoteAsync(actor with { Role = Role.Analyst }, new StartRun { Goal = "Hi" }, Cancel));
    }

    [Fact]
    public async Task Steps_KnowWhatTheirParentAllowedThem()
    {
        var actor = await engine.NewTenantAsync();
        engine.Provider.Script(request => request.SchemaName switch
        {
            "plan" => Answers.Plan(("generalist", "One"), ("critic", "Two")),
            "work" => Answers.Work("done"),
            "verdicts" => Answers.Accepted,
            _ => ScriptedReply.Of("The end."),
        });

        var started = await engine.Runs.StartAsync(actor, new StartRun { Goal = "Do it", Mode = RunMode.Standard, Envelope = new EnvelopeRequest(Usd.FromAmount(1)) }, Cancel);
        var run = await engine.Runs.WaitAsync(actor, started.Id, Cancel);

        var steps = (await engine.Runs.FindAsync(actor, run.Id, Cancel))!.AllSteps().ToList();
        Assert.Equal(Usd.FromAmount(1), steps[0].Plan);
        Assert.All(steps.Skip(1), step => Assert.InRange(step.Plan!.Value.Nano, 400_000_000, 425_000_000));
        Assert.All(steps, step => Assert.True(step.Cost <= step.Plan));
    }

    private async Task<RunView> RunAsync(Actor actor, string goal, Usd? cap = null)
    {
        var started = await engine.Runs.StartAsync(actor, new StartRun { Goal = goal, Mode = RunMode.Quick, Envelope = new EnvelopeRequest(cap) }, Cancel);
        return await engine.Runs.WaitAsync(actor, started.Id, Cancel);
    }
}
