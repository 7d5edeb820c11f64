using Hal9.Engine;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;

namespace Hal9.Tests.Engine.Runs;

[Collection(EngineCollection.Name)]
public sealed class RunTests(EngineHost engine) : IDisposable
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => engine.Provider.Reset();

    [Fact]
    public async Task StartAsync_DeepGoal_WalksDownAndUpAndStreamsTheAnswer()
    {
        var actor = await engine.NewTenantAsync();
        engine.Provider.Script(request => (request.SchemaName, request.LastUser) switch
        {
            ("plan", var text) when text.Contains("`analyst`", StringComparison.Ordinal) => Answers.Plan(("analyst", "Part A"), ("architect", "Part B")),
            ("plan", var text) => Answers.Plan(("generalist", "Write " + text.Split('\n')[2]), ("critic", "Check " + text.Split('\n')[2])),
            ("work", _) => Answers.Work("done"),
            ("review", _) => Answers.Review("integrated"),
            ("verdicts", _) => Answers.Accepted,
            _ => ScriptedReply.Of("The final answer, in several chunks."),
        });

        var run = await RunAsync(actor, "Build it", RunMode.Deep);

        Assert.Equal((RunStatus.Succeeded, "The final answer, in several chunks."), (run.Status, run.Answer));
        Assert.Equal(
            ["1 L4 strategist", "1.1 L3 analyst", "1.1.1 L2 generalist", "1.1.2 L2 critic", "1.2 L3 architect", "1.2.1 L2 generalist", "1.2.2 L2 critic"],
            run.AllSteps().Select(s => $"{s.Path} {s.Layer} {s.Neuron}"));
        Assert.All(run.AllSteps(), step => Assert.Equal(StepStatus.Succeeded, step.Status));
        Assert.Equal("integrated", run.AllSteps().Single(s => s.Path == "1.1").Result);
        Assert.Equal(Provenance.Live, run.Provenance);
        var calls = run.AllSteps().SelectMany(s => s.ModelCalls).ToList();
        Assert.Equal(11, calls.Count);
        Assert.Equal(calls.Sum(c => c.Cost.Nano), run.Cost.Nano);
        Assert.Equal(engine.Provider.Exchanges.Sum(e => (e.Usage.Input * 1_000) + (e.Usage.Output * 2_000)), run.Cost.Nano);
    }

    [Fact]
    public async Task WatchAsync_FromAnyNumber_GivesTheRestWithoutGapsAndEnds()
    {
        var actor = await engine.NewTenantAsync();
        var hold = new ScriptedGate();
        engine.Provider.Script(_ => ScriptedReply.Of("An answer") with { Hold = hold });
        var started = await engine.Runs.StartAsync(actor, new StartRun { Goal = "Hi", Mode = RunMode.Quick }, Cancel);
        await using var live = engine.Runs.WatchAsync(actor, started.Id, 0, Cancel).GetAsyncEnumerator(Cancel);
        var seen = new List<RunEvent>();
        while (seen.LastOrDefault() is not ModelCallStarted && await live.MoveNextAsync())
        {
            seen.Add(live.Current);
        }

        hold.Open();
        while (await live.MoveNextAsync())
        {
            seen.Add(live.Current);
        }

        Assert.Equal(Enumerable.Range(1, seen.Count).Select(n => (long)n), seen.Select(e => e.Number));
        Assert.Equal(
            [nameof(RunStarted), nameof(RunTriaged), nameof(StepStarted), nameof(ModelCallStarted), nameof(ModelCallEnded), nameof(StepEnded), nameof(RunEnded)],
            seen.Select(e => e.Type));
        Assert.Equal(seen.Skip(3), await engine.Runs.WatchAsync(actor, started.Id, 3, Cancel).ToListAsync(Cancel));
        Assert.Empty(await engine.Runs.WatchAsync(actor, started.Id, seen.Count, Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task WatchAnswerAsync_WhileItStreams_GivesItPieceByPiece()
    {
        var actor = await engine.NewTenantAsync();
        var within = new ScriptedGate();
        engine.Provider.Script(_ => ScriptedReply.Of("first second") with { ChunkSize = 6, HoldWithin = within });
        var started = await engine.Runs.StartAsync(actor, new StartRun { Goal = "Hi", Mode = RunMode.Quick }, Cancel);
        await using var answer = engine.Runs.WatchAnswerAsync(actor, started.Id, Cancel).GetAsyncEnumerator(Cancel);

        Assert.True(await answer.MoveNextAsync());
        Assert.Equal("first ", answer.Current);
        var working = (await engine.Runs.FindAsync(actor, started.Id, Cancel))!;
        Assert.Equal(("first ", Provenance.Live), (working.Answer, working.Provenance));
        within.Open();
        Assert.True(await answer.MoveNextAsync());

        Assert.Equal("second", answer.Current);
        Assert.False(await answer.MoveNextAsync());
    }

    [Fact]
    public async Task StartAsync_ResultNotGoodEnough_IsSentBackOnce()
    {
        var actor = await engine.NewTenantAsync();
        engine.Provider.Script(request => request.SchemaName switch
        {
            "plan" => Answers.Plan(("generalist", "Write"), ("critic", "Check")),
            "work" => Answers.Work(request.LastUser.Contains("## Feedback on your last result", StringComparison.Ordinal) ? "better" : "poor"),
            "verdicts" => Answers.SendBack((1, "Too short.")),
            _ => ScriptedReply.Of("integrated"),
        });

        var run = await RunAsync(actor, "Do it", RunMode.Standard);

        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.Equal(["1", "1.1", "1.1r", "1.2"], run.AllSteps().Select(s => s.Path).Order(StringComparer.Ordinal));
        var redo = engine.Provider.Exchanges.Single(e => e.Request.LastUser.Contains("Too short.", StringComparison.Ordinal));
        Assert.Contains("poor", redo.Request.LastUser, StringComparison.Ordinal);
        Assert.Contains("better", engine.Provider.Exchanges[^1].Request.LastUser, StringComparison.Ordinal);
        var feedback = (await engine.Runs.WatchAsync(actor, run.Id, 0, Cancel).ToListAsync(Cancel)).OfType<SignalSent>().Where(s => s.Kind == SignalKind.Feedback);
        Assert.Equal([(false, "Too short."), (true, "Accepted.")], feedback.Select(f => (f.Accepted!.Value, f.Text)));
    }

    [Fact]
    public async Task StartAsync_Dependencies_AreDoneFirstAndHandedOn()
    {
        var actor = await engine.NewTenantAsync();
        engine.Provider.Script(request => request.SchemaName switch
        {
            "plan" => Answers.Plan(("critic", " ", []), ("researcher", "Collect", [3]), ("generalist", "Write", [1, 2, 3, 7])),
            "work" => Answers.Work(request.LastUser.Contains("Collect", StringComparison.Ordinal) && !request.LastUser.Contains("Write", StringComparison.Ordinal) ? "the facts" : "the text"),
            "verdicts" => Answers.Accepted,
            _ => ScriptedReply.Of("all"),
        });

        var run = await RunAsync(actor, "Report", RunMode.Standard);

        Assert.Equal(RunStatus.Succeeded, run.Status);
        var write = engine.Provider.Exchanges.Single(e => e.Request.SchemaName == "work" && e.Request.LastUser.Contains("Write", StringComparison.Ordinal));
        Assert.Contains("the facts", write.Request.LastUser, StringComparison.Ordinal);
        Assert.DoesNotContain("the facts", engine.Provider.Exchanges[1].Request.LastUser, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_WorkGivenUp_IsToldToTheParentAndNotHidden()
    {
        var actor = await engine.NewTenantAsync();
        engine.Provider.Script(request => request.SchemaName switch
        {
            "plan" => Answers.Plan(("engineer", "Impossible")),
            "work" => ScriptedReply.OfJson(new { outcome = "giveUp", answer = "", reason = "No access to the system." }),
            "verdicts" => Answers.Accepted,
            _ => ScriptedReply.Of("It could not be done."),
        });

        var run = await RunAsync(actor, "Do it", RunMode.Standard);

        Assert.Equal(StepStatus.Failed, run.AllSteps().Single(s => s.Path == "1.1").Status);
        Assert.Contains("Not done: No access to the system.", engine.Provider.Exchanges[^1].Request.LastUser, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CancelAsync_WholeRun_StopsEveryCallAndKeepsWhatCame()
    {
        var actor = await engine.NewTenantAsync();
        var within = new ScriptedGate();
        engine.Provider.Script(_ => ScriptedReply.Of("half of it and the rest") with { ChunkSize = 11, HoldWithin = within });
        var started = await engine.Runs.StartAsync(actor, new StartRun { Goal = "Tell both halves", Mode = RunMode.Quick }, Cancel);
        await using var answer = engine.Runs.WatchAnswerAsync(actor, started.Id, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await answer.MoveNextAsync());

        var run = await engine.Runs.CancelAsync(actor, started.Id, null, "enough", Cancel);

        Assert.Equal((RunStatus.Cancelled, "half of it "), (run!.Status, run.Answer));
        Assert.Equal(ExchangeOutcome.ClientLeft, await engine.Provider.Exchanges.Single(e => e.Request.LastUser.Contains("both halves", StringComparison.Ordinal)).Ended.WaitAsync(Cancel));
        var call = run.AllSteps().Single().ModelCalls.Single();
        Assert.Equal((CallStatus.Cancelled, true), (call.Status, call.UsageEstimated));
        Assert.True(call.Cost > Usd.Zero && call.Cost <= call.Reserved);
        Assert.Equal(run.Cost, call.Cost);
        Assert.Equal(Provenance.Live, run.Provenance);
    }

    [Fact]
    public async Task CancelAsync_Subtree_EndsThatPartAndTheRestGoesOn()
    {
        var actor = await engine.NewTenantAsync();
        var hold = new ScriptedGate();
        engine.Provider.Script(request => (request.SchemaName, request.LastUser.Contains("Slow", StringComparison.Ordinal)) switch
        {
            ("plan", _) => Answers.Plan(("generalist", "Slow"), ("critic", "Fast")),
            ("work", true) => Answers.Work("never") with { Hold = hold },
            ("work", _) => Answers.Work("fast result"),
            ("verdicts", _) => Answers.Accepted,
            _ => ScriptedReply.Of("Without the slow part."),
        });
        var started = await engine.Runs.StartAsync(actor, new StartRun { Goal = "Both", Mode = RunMode.Standard }, Cancel);
        await hold.Reached.WaitAsync(Cancel);
        var slow = (await engine.Runs.FindAsync(actor, started.Id, Cancel))!.AllSteps().Single(s => s.Goal == "Slow");

        await engine.Runs.CancelAsync(actor, started.Id, slow.Id, "too slow", Cancel);
        var run = await engine.Runs.WaitAsync(actor, started.Id, Cancel);

        Assert.Equal((RunStatus.Succeeded, "Without the slow part."), (run.Status, run.Answer));
        Assert.Equal(StepStatus.Cancelled, run.AllSteps().Single(s => s.Goal == "Slow").Status);
        Assert.Contains("cancelled by an operator", engine.Provider.Exchanges[^1].Request.LastUser, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CancelAsync_SubtreeWithStepsBelow_ConfirmsThemAllAtOnce()
    {
        var actor = await engine.NewTenantAsync();
        var (slow, other) = (new ScriptedGate(), new ScriptedGate());
        engine.Provider.Script(request => request.SchemaName switch
        {
            "plan" when request.LastUser.Contains("Slow", StringComparison.Ordinal) => Answers.Plan(("generalist", "Slow piece")),
            "plan" when request.LastUser.Contains("Other", StringComparison.Ordinal) => Answers.Plan(("critic", "Other piece")),
            "plan" => Answers.Plan(("analyst", "Slow"), ("architect", "Other")),
            "work" => Answers.Work("never") with { Hold = request.LastUser.Contains("Slow", StringComparison.Ordinal) ? slow : other },
            _ => Answers.Accepted,
        });
        var started = await engine.Runs.StartAsync(actor, new StartRun { Goal = "Both", Mode = RunMode.Deep }, Cancel);
        await slow.Reached.WaitAsync(Cancel);
        await other.Reached.WaitAsync(Cancel);
        var part = (await engine.Runs.FindAsync(actor, started.Id, Cancel))!.AllSteps().Single(s => s.Goal == "Slow");

        var run = await engine.Runs.CancelAsync(actor, started.Id, part.Id, "too slow", Cancel);
        await engine.Runs.CancelAsync(actor, started.Id, null, "enough", Cancel);

        Assert.Equal([StepStatus.Cancelled, StepStatus.Cancelled], run!.AllSteps().Where(s => s.Goal.StartsWith("Slow", StringComparison.Ordinal)).Select(s => s.Status));
        Assert.Equal([StepStatus.Running, StepStatus.Running], run!.AllSteps().Where(s => s.Goal.StartsWith("Other", StringComparison.Ordinal)).Select(s => s.Status));
    }

    [Fact]
    public async Task StartAsync_ChildFailsForGood_EndsTheRunWithItsReason()
    {
        var actor = await engine.NewTenantAsync();
        engine.Provider.Script(request => request.SchemaName switch
        {
            "plan" => Answers.Plan(("generalist", "One"), ("critic", "Two")),
            _ => ScriptedReply.Fail(Fault.Unauthorized),
        });

        var run = await RunAsync(actor, "Do it", RunMode.Standard);

        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.Contains("test", run.Error, StringComparison.Ordinal);
        Assert.All(run.AllSteps(), step => Assert.True(step.Status.IsFinal()));
    }

    [Fact]
    public async Task StartAsync_EnvelopeTooSmall_IsRefusedBeforeTheCall()
    {
        var actor = await engine.NewTenantAsync();

        var run = await RunAsync(actor, "Hi", RunMode.Quick, new EnvelopeRequest(Cost: new Usd(10)));

        Assert.Equal(RunStatus.Refused, run.Status);
        Assert.Equal("run envelope", run.Refusal!.Scope);
        Assert.Empty(engine.Provider.Exchanges);
    }

    [Fact]
    public async Task StartAsync_TimeIsOver_IsRefusedAndNothingStaysOpen()
    {
        var actor = await engine.NewTenantAsync();
        engine.Provider.Script(_ => ScriptedReply.Of("late") with { Hold = new ScriptedGate() });

        var run = await RunAsync(actor, "Hi", RunMode.Quick, new EnvelopeRequest(Seconds: 1));

        Assert.Equal(RunStatus.Refused, run.Status);
        Assert.Contains("1 seconds", run.Error, StringComparison.Ordinal);
        Assert.All(run.AllSteps().SelectMany(s => s.ModelCalls), call => Assert.NotEqual(CallStatus.Running, call.Status));
    }

    [Fact]
    public async Task FindAsync_AnotherTenantOrMember_SeesNothing()
    {
        var owner = await engine.NewTenantAsync();
        var run = await RunAsync(owner, "Hi", RunMode.Quick);
        var stranger = await engine.NewTenantAsync();
        var colleague = owner with { UserId = Guid.CreateVersion7(), Role = Role.Member };

        Assert.Null(await engine.Runs.FindAsync(stranger, run.Id, Cancel));
        Assert.Null(await engine.Runs.FindAsync(colleague, run.Id, Cancel));
        Assert.Null(await engine.Runs.CancelAsync(stranger, run.Id, null, null, Cancel));
        Assert.Empty(await engine.Runs.WatchAsync(stranger, run.Id, 0, Cancel).ToListAsync(Cancel));
        Assert.Empty((await engine.Runs.ListAsync(colleague, new RunFilter(), Cancel)).Items);
        await Assert.ThrowsAsync<AccessDenied>(() => engine.Runs.StartAsync(owner with { Role = Role.Analyst }, new StartRun { Goal = "Hi" }, Cancel));
    }

    [Fact]
    public async Task ListAsync_Pages_GiveEachRunOnceNewestFirst()
    {
        var actor = await engine.NewTenantAsync();
        var made = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            made.Add((await RunAsync(actor, $"Goal {i} 100%_sure", RunMode.Quick)).Id);
        }

        var listed = new List<Guid>();
        string? after = null;
        do
        {
            var page = await engine.Runs.ListAsync(actor, new RunFilter(After: after, Limit: 2), Cancel);
            listed.AddRange(page.Items.Select(i => i.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(Enumerable.Reverse(made), listed);
        Assert.Single((await engine.Runs.ListAsync(actor, new RunFilter(Text: "Goal 3 100%_"), Cancel)).Items);
        Assert.Empty((await engine.Runs.ListAsync(actor, new RunFilter(Text: "100_"), Cancel)).Items);
    }

    private async Task<RunView> RunAsync(Actor actor, string goal, RunMode mode, EnvelopeRequest? envelope = null)
    {
        var started = await engine.Runs.StartAsync(actor, new StartRun { Goal = goal, Mode = mode, Envelope = envelope }, Cancel);
        return await engine.Runs.WaitAsync(actor, started.Id, Cancel);
    }
}
