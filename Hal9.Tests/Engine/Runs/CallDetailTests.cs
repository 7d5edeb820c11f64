using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;

namespace Hal9.Tests.Engine.Runs;

[Collection(EngineCollection.Name)]
public sealed class CallDetailTests(EngineHost engine)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_OfADeepRun_ShowWhatWasAskedAndHowTheyArePaid()
    {
        engine.Provider.Reset();
        var actor = await engine.NewTenantAsync();
        var run = await EndedAsync(actor, new StartRun { Goal = "Compare tea and coffee.", Mode = RunMode.Deep });
        var calls = Calls(run.Root!).ToList();

        foreach (var call in calls)
        {
            var detail = await engine.Runs.FindCallAsync(actor, run.Id, call.Id, Token);

            Assert.NotNull(detail);
            Assert.Equal(call.Cost, BillLine.Total(detail.Bill));
            Assert.Equal(call.Usage.Input, detail.Bill.Single(line => line.Item == BillItem.Input).Count);
            Assert.Equal(PromptSource.Neuron, detail.Prompt[0].Source);
            Assert.Contains(detail.Prompt, part => part is { Source: PromptSource.Goal, Text.Length: > 0, Tokens: > 0 });
            Assert.NotEmpty(detail.Answer!);
            Assert.NotEmpty(detail.RawUsage!);
        }
        var plan = (await engine.Runs.FindCallAsync(actor, run.Id, calls[0].Id, Token))!;
        Assert.Contains(plan.Prompt, part => part.Source == PromptSource.Goal && part.Text.Contains("Compare tea and coffee.", StringComparison.Ordinal));
        Assert.Contains(plan.Prompt, part => part.Source == PromptSource.Delegates && part.Text.Contains("architect", StringComparison.Ordinal));
        Assert.Contains(plan.Prompt, part => part.Source == PromptSource.Schema);
    }

    [Fact]
    public async Task Call_ThatWasTriedTwice_ShowsTheSamePromptForBoth()
    {
        engine.Provider.Reset();
        var asked = 0;
        engine.Provider.Script(_ => Interlocked.Increment(ref asked) == 1 ? new ScriptedReply { Fault = new Fault(FaultKind.Status) } : null);
        var actor = await engine.NewTenantAsync();
        var run = await EndedAsync(actor, new StartRun { Goal = "Say hello.", Mode = RunMode.Quick });
        engine.Provider.Reset();

        var calls = Calls(run.Root!).ToList();
        var first = (await engine.Runs.FindCallAsync(actor, run.Id, calls[0].Id, Token))!;
        var second = (await engine.Runs.FindCallAsync(actor, run.Id, calls[1].Id, Token))!;

        Assert.Empty(first.Bill);
        Assert.NotEmpty(first.Prompt);
        Assert.Equal(first.Prompt, second.Prompt);
    }

    [Fact]
    public async Task Call_OfSomebodyElse_IsNotThere()
    {
        engine.Provider.Reset();
        var actor = await engine.NewTenantAsync();
        var stranger = await engine.NewTenantAsync();
        var run = await EndedAsync(actor, new StartRun { Goal = "Say hello.", Mode = RunMode.Quick });
        var call = Calls(run.Root!).Single().Id;

        Assert.Null(await engine.Runs.FindCallAsync(stranger, run.Id, call, Token));
        Assert.Null(await engine.Runs.FindCallAsync(actor with { UserId = Guid.CreateVersion7(), Role = Role.Member }, run.Id, call, Token));
        Assert.Null(await engine.Runs.FindCallAsync(actor, Guid.CreateVersion7(), call, Token));
    }

    [Fact]
    public async Task Neighbours_OfARun_AreThoseThatTheViewerMaySee()
    {
        engine.Provider.Reset();
        var admin = await engine.NewTenantAsync();
        var member = admin with { UserId = Guid.CreateVersion7(), Role = Role.Member };
        var runs = new List<Guid>();
        foreach (var actor in new[] { admin, member, admin, member })
        {
            runs.Add((await EndedAsync(actor, new StartRun { Goal = "Say hello.", Mode = RunMode.Quick })).Id);
        }

        Assert.Equal(new RunNeighbours(runs[2], runs[0]), await engine.Runs.NeighboursAsync(admin, runs[1], Token));
        Assert.Equal(new RunNeighbours(runs[3], null), await engine.Runs.NeighboursAsync(member, runs[1], Token));
        Assert.Equal(new RunNeighbours(null, runs[2]), await engine.Runs.NeighboursAsync(admin, runs[3], Token));
    }

    private async Task<RunView> EndedAsync(Actor actor, StartRun order) =>
        await engine.Runs.WaitAsync(actor, (await engine.Runs.StartAsync(actor, order, Token)).Id, Token);

    private static IEnumerable<ModelCallView> Calls(StepView step) => step.ModelCalls.Concat(step.Steps.SelectMany(Calls));
}
