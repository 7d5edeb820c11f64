using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Tests.Support;

namespace Hal9.Tests.Engine.Runs;

/// <summary>A run that waits for a place is steered like one at work.</summary>
public sealed class QueueTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Run_ThatWaitsForAPlace_IsStoppedWithoutGettingOne()
    {
        await using var engine = new EngineHost();
        engine.Set("Runs:MaxConcurrent", "1");
        await engine.InitializeAsync();
        var actor = await engine.NewTenantAsync();
        var hold = new ScriptedGate();
        engine.Provider.Script(_ => ScriptedReply.Of("At last.") with { Hold = hold });
        var first = await engine.Runs.StartAsync(actor, new StartRun { Goal = "Hold the place", Mode = RunMode.Quick }, Now);
        await hold.Reached.WaitAsync(Now);

        var stopped = await engine.Runs.StartAsync(actor, new StartRun { Goal = "Wait", Mode = RunMode.Quick }, Now);
        var late = await engine.Runs.StartAsync(actor, new StartRun { Goal = "Wait", Mode = RunMode.Quick, Envelope = new EnvelopeRequest(Seconds: 1) }, Now);
        var confirmed = await engine.Runs.CancelAsync(actor, stopped.Id, null, "changed my mind", Now);
        var expired = await engine.Runs.WaitAsync(actor, late.Id, Now);
        hold.Open();

        Assert.Equal(RunStatus.Cancelled, confirmed!.Status);
        Assert.Equal(RunStatus.Refused, expired.Status);
        Assert.Contains("1 seconds", expired.Error, StringComparison.Ordinal);
        Assert.Equal(RunStatus.Succeeded, (await engine.Runs.WaitAsync(actor, first.Id, Now)).Status);
        Assert.Single(engine.Provider.Exchanges);
    }
}
