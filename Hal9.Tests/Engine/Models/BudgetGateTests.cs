using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Tests.Support;
using Microsoft.Extensions.AI;

namespace Hal9.Tests.Engine.Models;

public sealed class BudgetGateTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_BeyondTheEnvelope_IsRefusedAndNotMade()
    {
        await using var bench = await ModelBench.StartAsync();
        var envelope = new Envelope("run envelope", new EnvelopeLimits(new Usd(1_000), null, null, null));
        var client = bench.Models.Open(bench.Context(envelope: envelope), bench.Model());

        var refused = await Assert.ThrowsAsync<BudgetRefused>(() => client.GetResponseAsync([new(ChatRole.User, "Hi.")], cancellationToken: Now));

        Assert.Equal("run envelope", refused.Refusal.Scope);
        Assert.Empty(bench.Provider.Exchanges);
        Assert.Empty(bench.Journal.Calls);
        Assert.Equal(0, bench.OpenReservations());
    }

    [Fact]
    public async Task Call_WithoutAPrice_IsRefusedAndSaysWhatToSet()
    {
        await using var bench = await ModelBench.StartAsync();

        var failed = await Assert.ThrowsAsync<ModelCallFailed>(() => bench.Open(model: "nobody-knows-its-price").GetResponseAsync([new(ChatRole.User, "Hi.")], cancellationToken: Now));

        Assert.Equal(ModelFault.Unpriced, failed.Fault);
        Assert.Contains("scripted/nobody-knows-its-price", failed.Message, StringComparison.Ordinal);
        Assert.Contains("Hal9:Models:Prices", failed.Message, StringComparison.Ordinal);
        Assert.Empty(bench.Provider.Exchanges);
    }

    [Fact]
    public async Task Model_ThatUsesMoreThanItsRequestCanHave_IsReservedForItFromThenOn()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Default = new ScriptedReply { Text = "Hm.", Usage = new ScriptedUsage(2000, 60) };

        await bench.AskAsync(options: new ChatOptions { MaxOutputTokens = 50 });
        await bench.AcknowledgeAsync();
        await bench.AskAsync(options: new ChatOptions { MaxOutputTokens = 50 });
        await bench.Open(model: "fast").GetResponseAsync([new(ChatRole.User, "Say something.")], new ChatOptions { MaxOutputTokens = 50 }, Now);

        Assert.Equal([true, false, true], bench.Journal.Calls.Select(c => c.Outcome.Cost > c.Attempt.Reserved));
    }

    [Fact]
    public async Task Usage_BeyondAnyReason_DoesNotRaiseTheNextReservation()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Default = new ScriptedReply { Text = "Hm.", Usage = new ScriptedUsage(90_000_000, 60) };

        await bench.AskAsync();
        await bench.AcknowledgeAsync();
        await bench.AskAsync();

        Assert.Equal(bench.Journal.Calls[0].Attempt.Reserved, bench.Journal.Calls[1].Attempt.Reserved);
    }

    [Fact]
    public async Task Provider_InAnotherCase_IsBookedUnderItsConfiguredName()
    {
        await using var bench = await ModelBench.StartAsync();
        var client = bench.Models.Open(bench.Context(), new ModelRef("SCRIPTED", "strong"));

        await client.GetResponseAsync([new(ChatRole.User, "Hi.")], cancellationToken: Now);

        Assert.Equal(bench.Model(), Assert.Single(bench.Journal.Calls).Attempt.Model);
    }

    [Theory]
    [InlineData(ProviderKind.OpenAI)]
    [InlineData(ProviderKind.Anthropic)]
    public async Task Call_Cancelled_IsSettledWithWhatCame(ProviderKind kind)
    {
        await using var bench = await ModelBench.StartAsync(kind);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Now);
        bench.Provider.Enqueue(ScriptedReply.Of("One two three four five six seven eight nine ten.") with { ChunkSize = 8, HoldWithin = new ScriptedGate(), HoldAfterChunks = 3 });
        var text = "";

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in bench.Open().GetStreamingResponseAsync([new(ChatRole.User, "Count to ten.")], cancellationToken: stop.Token))
            {
                text += update.Text;
                if (text.Length >= 16)
                {
                    await stop.CancelAsync();
                }
            }
        });

        var (_, attempt, outcome) = Assert.Single(bench.Journal.Calls);
        Assert.Equal((CallStatus.Cancelled, true), (outcome.Status, outcome.UsageEstimated));
        Assert.InRange(outcome.Usage.Output, 2, 20);
        Assert.InRange(outcome.Cost.Nano, 1, attempt.Reserved.Nano);
        Assert.Equal(outcome.Cost, bench.Envelope.Spent);
        Assert.Equal(0, bench.OpenReservations());
        Assert.Equal(ExchangeOutcome.ClientLeft, await bench.Provider.Exchanges[0].Ended.WaitAsync(Now));
    }

    [Theory]
    [InlineData(ProviderKind.OpenAI)]
    [InlineData(ProviderKind.Anthropic)]
    public async Task Call_WhoseCallerLeavesAfterFivePieces_IsReadOnAndBookedAtItsRealTokens(ProviderKind kind)
    {
        await using var bench = await ModelBench.StartAsync(kind);
        bench.Provider.Default = ScriptedReply.Of("One two three four five six seven eight nine ten.") with { ChunkSize = 3, Usage = new ScriptedUsage(40, 23, Cached: 8) };
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var pieces = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in bench.Models.Open(bench.Context() with { CallerLeft = () => true }, bench.Model()).GetStreamingResponseAsync([new(ChatRole.User, "Count.")], cancellationToken: leaving.Token))
            {
                if (update.Text.Length > 0 && ++pieces == 5)
                {
                    await leaving.CancelAsync();
                }
            }
        });

        var (_, _, outcome) = Assert.Single(bench.Journal.Calls);
        Assert.Equal((5, CallStatus.Cancelled, false), (pieces, outcome.Status, outcome.UsageEstimated));
        Assert.Equal(new TokenUsage(40, 23, 8), outcome.Usage);
        Assert.Equal(HandPrice.NanoFor(bench.Provider.Exchanges), outcome.Cost.Nano);
        Assert.Equal(ExchangeOutcome.Answered, await bench.Provider.Exchanges[0].Ended.WaitAsync(Now));
        Assert.Equal(0, bench.OpenReservations());
    }

    [Fact]
    public async Task Call_WhoseCallerLeftWhileItGoesOnAndOn_IsCutAndCountedHere()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Enqueue(ScriptedReply.Of("One two three four five six seven eight nine ten.") with { ChunkSize = 8, HoldWithin = new ScriptedGate(), HoldAfterChunks = 3 });
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Now);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in bench.Models.Open(bench.Context() with { CallerLeft = () => true }, bench.Model()).GetStreamingResponseAsync([new(ChatRole.User, "Count.")], cancellationToken: leaving.Token))
            {
                await leaving.CancelAsync();
            }
        });

        var (_, _, outcome) = Assert.Single(bench.Journal.Calls);
        Assert.Equal((CallStatus.Cancelled, true), (outcome.Status, outcome.UsageEstimated));
        Assert.True(outcome.Cost > Usd.Zero);
        Assert.Equal(ExchangeOutcome.ClientLeft, await bench.Provider.Exchanges[0].Ended.WaitAsync(Now));
        Assert.Equal(0, bench.OpenReservations());
    }

    [Theory]
    [InlineData(ProviderKind.OpenAI)]
    [InlineData(ProviderKind.Anthropic)]
    public async Task Streams_CutAtARandomByteOrLeft_LeaveNothingUnpaidAndNothingOpen(ProviderKind kind)
    {
        var report = await StreamCuts.RunAsync(25, 7, kind, Now);

        Assert.Empty(report.Faults);
        Assert.Equal((0L, 0L), (report.Unbilled, report.Open));
        Assert.True(report is { Seen: > 5, Exact: > 0, Estimated: > 0 });
    }

    [Fact]
    public async Task Call_WhoseReaderWalksAway_IsSettled()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Enqueue(ScriptedReply.Of("One two three four five six seven eight nine ten.") with { ChunkSize = 8, HoldWithin = new ScriptedGate(), HoldAfterChunks = 3 });

        await foreach (var update in bench.Open().GetStreamingResponseAsync([new(ChatRole.User, "Count.")], cancellationToken: Now))
        {
            if (update.Text.Length > 0)
            {
                break;
            }
        }

        Assert.Equal(CallStatus.Cancelled, Assert.Single(bench.Journal.Calls).Outcome.Status);
        Assert.Equal(0, bench.OpenReservations());
        Assert.Equal(ExchangeOutcome.ClientLeft, await bench.Provider.Exchanges[0].Ended.WaitAsync(Now));
    }

    [Fact]
    public async Task Call_OfARunThatWasTakenOver_StopsAndFreesItsEnvelope()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Journal.TakenOver = true;

        await Assert.ThrowsAsync<RunTakenOver>(() => bench.AskAsync());

        // The envelope holds nothing any more: all of a limit that equals what was spent can be reserved.
        Assert.Null(bench.Envelope.TryReserve(Usd.Zero, 0));
    }

    [Fact]
    public async Task Call_DearerThanItsReservation_IsBookedInFull()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Enqueue(ScriptedReply.Of("Much.") with { Usage = new ScriptedUsage(50_000, 9_000) });

        await bench.AskAsync();

        var (_, attempt, outcome) = Assert.Single(bench.Journal.Calls);
        Assert.True(outcome.Cost > attempt.Reserved);
        Assert.Equal(HandPrice.NanoFor(bench.Provider.Exchanges), outcome.Cost.Nano);
        var blocked = await Assert.ThrowsAsync<BudgetRefused>(() => bench.AskAsync());
        Assert.Contains("scripted/strong is not called", blocked.Message, StringComparison.Ordinal);
        await bench.Open(model: "fast").GetResponseAsync([new(ChatRole.User, "Hi.")], cancellationToken: Now);
        Assert.Equal(2, bench.Provider.Exchanges.Count);
    }

    [Fact]
    public async Task Calls_InParallel_SpendWhatTheirSumSays()
    {
        await using var bench = await ModelBench.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => bench.Open(leaf: $"1/work/{i}", model: i % 2 == 0 ? "fast" : "balanced").GetResponseAsync([new(ChatRole.User, $"Number {i}.")], cancellationToken: Now)));

        Assert.Equal(HandPrice.NanoFor(bench.Provider.Exchanges), bench.Envelope.Spent.Nano);
        Assert.Equal(0, bench.OpenReservations());
    }

    [Fact]
    public async Task Client_WithoutContext_Throws()
    {
        await using var bench = await ModelBench.StartAsync();
        var chain = ((DelegatingChatClient)bench.Open()).GetService<Hal9.Engine.Models.Coats.BudgetGate>()!;

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => chain.GetResponseAsync([new(ChatRole.User, "Hi.")], cancellationToken: Now));

        Assert.Contains("without a call context", error.Message, StringComparison.Ordinal);
        Assert.Empty(bench.Provider.Exchanges);
    }
}
