using System.Diagnostics;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Tests.Support;
using Microsoft.Extensions.AI;

namespace Hal9.Tests.Engine.Models;

/// <summary>What a provider can do wrong: each time an answer or a typed, readable error, within its deadline, with nothing left unsettled.</summary>
public sealed class ProviderFaultTests
{
    private static readonly (string, string?)[] Impatient = [("Retry:Attempts", "1"), ("Timeouts:FirstTokenSeconds", "0.5"), ("Timeouts:IdleSeconds", "0.5"), ("Timeouts:TotalSeconds", "10")];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <summary>Fault, its name in our words, what the message must say, whether it may cost something.</summary>
    private static readonly Dictionary<string, (Fault Fault, ModelFault Expected, string Says, bool Costs)> Faults = new()
    {
        ["401"] = (Fault.Unauthorized, ModelFault.Unauthorized, "refused our key", false),
        ["403"] = (Fault.Status(403, "forbidden", "No access to this model."), ModelFault.Unauthorized, "No access to this model.", false),
        ["404"] = (Fault.ModelNotFound, ModelFault.UnknownModel, "HTTP 404", false),
        ["404 elsewhere"] = (Fault.Status(404, "not_found", "No such address."), ModelFault.BadRequest, "No such address.", false),
        ["429"] = (Fault.RateLimited(), ModelFault.RateLimited, "rate limit", false),
        ["500"] = (Fault.ServerError, ModelFault.ProviderError, "HTTP 500", false),
        ["503"] = (Fault.Unavailable, ModelFault.ProviderError, "overloaded", false),
        ["slow first byte"] = (Fault.Silent, ModelFault.Timeout, "did not begin to answer within 0.5 s", true),
        ["stall"] = (Fault.Stall(), ModelFault.Timeout, "nothing came for 0.5 s", true),
        ["stall at once"] = (Fault.Stall(0), ModelFault.Timeout, "did not begin to answer", true),
        ["reset"] = (Fault.Reset(), ModelFault.Unreachable, "broke the connection off", true),
        ["truncated"] = (Fault.Truncate(), ModelFault.BadResponse, "without saying that it was finished", true),
        ["malformed JSON"] = (Fault.MalformedJson(), ModelFault.BadResponse, "not JSON", true),
        ["HTML"] = (Fault.Html, ModelFault.BadResponse, "text/html", true),
        ["empty choices"] = (Fault.EmptyChoices, ModelFault.BadResponse, "without any choice", true),
        ["error in the stream"] = (Fault.ErrorInStream(), ModelFault.ProviderError, "reported an error within its answer", true),
    };

    public static TheoryData<ProviderKind, string> Matrix()
    {
        var data = new TheoryData<ProviderKind, string>();
        foreach (var name in Faults.Keys)
        {
            data.Add(ProviderKind.OpenAI, name);
            data.Add(ProviderKind.Anthropic, name);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Fault_EndsInATypedError_WithEverythingSettled(ProviderKind kind, string name)
    {
        var (fault, expected, says, costs) = Faults[name];
        // Only where silence is the fault: on a busy machine half a second is nothing.
        await using var bench = await ModelBench.StartAsync(kind, expected == ModelFault.Timeout ? Impatient : [("Retry:Attempts", "1")]);
        bench.Provider.Enqueue(ScriptedReply.Of("A longer answer, so that there is something in the stream before it breaks, and after.") with { Fault = fault, ChunkSize = 8 });
        var clock = Stopwatch.StartNew();

        var failed = await Assert.ThrowsAsync<ModelCallFailed>(() => bench.AskAsync());

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"took {clock.Elapsed}");
        Assert.Equal(expected, failed.Fault);
        Assert.Contains(says, failed.Message, StringComparison.Ordinal);
        Assert.Contains(Hal9Settings.NameOf(kind), failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-scripted", failed.ToString(), StringComparison.Ordinal);
        var (_, attempt, outcome) = Assert.Single(bench.Journal.Calls);
        Assert.Equal(CallStatus.Failed, outcome.Status);
        Assert.Equal(failed.Message, outcome.Error);
        Assert.Equal(costs, outcome.Cost > Usd.Zero);
        Assert.True(outcome.Cost <= attempt.Reserved);
        // The usage of an empty answer is told.
        Assert.Equal(costs && name != "empty choices", outcome.UsageEstimated);
        Assert.Equal(outcome.Cost, bench.Envelope.Spent);
        Assert.Equal(0, bench.OpenReservations());
    }

    [Theory]
    [InlineData(ProviderKind.OpenAI)]
    [InlineData(ProviderKind.Anthropic)]
    public async Task Usage_Missing_IsCountedHere(ProviderKind kind)
    {
        await using var bench = await ModelBench.StartAsync(kind);
        bench.Provider.Enqueue(ScriptedReply.Of("Seven words are in this short answer.") with { Usage = ScriptedUsage.Missing });

        var answer = await bench.AskAsync();

        var (_, attempt, outcome) = Assert.Single(bench.Journal.Calls);
        Assert.Equal("Seven words are in this short answer.", answer.Text);
        Assert.True(outcome.UsageEstimated);
        Assert.InRange(outcome.Usage.Output, 7, 10);
        Assert.InRange(outcome.Cost.Nano, 1, attempt.Reserved.Nano);
    }

    [Theory]
    [InlineData(ProviderKind.OpenAI, -5, 10)]
    [InlineData(ProviderKind.OpenAI, 10, -5)]
    [InlineData(ProviderKind.OpenAI, 9_000_000_000_000_000_000, 10)]
    [InlineData(ProviderKind.OpenAI, 10, 200_000_000)]
    [InlineData(ProviderKind.Anthropic, -5, 10)]
    [InlineData(ProviderKind.Anthropic, 10, -5)]
    [InlineData(ProviderKind.Anthropic, 9_000_000_000_000_000_000, 10)]
    public async Task Usage_ThatCannotBe_IsRefusedAndCountedHere(ProviderKind kind, long input, long output)
    {
        await using var bench = await ModelBench.StartAsync(kind);
        bench.Provider.Enqueue(ScriptedReply.Of("Fine.") with { Usage = new ScriptedUsage(input, output) });

        var answer = await bench.AskAsync();

        var (_, attempt, outcome) = Assert.Single(bench.Journal.Calls);
        Assert.Equal("Fine.", answer.Text);
        Assert.True(outcome.UsageEstimated);
        Assert.InRange(outcome.Cost.Nano, 1, attempt.Reserved.Nano);
        Assert.NotNull(outcome.RawUsage);
    }

    [Fact]
    public async Task Usage_Zero_StaysZero()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Enqueue(ScriptedReply.Of("Free.") with { Usage = ScriptedUsage.Zero });

        await bench.AskAsync();

        Assert.Equal((0L, false), (bench.Journal.Calls[0].Outcome.Cost.Nano, bench.Journal.Calls[0].Outcome.UsageEstimated));
    }

    [Fact]
    public async Task Provider_ThatIsNotThere_CostsNothing()
    {
        await using var bench = await ModelBench.StartAsync(ProviderKind.OpenAI, ("Providers:scripted:BaseUrl", "http://127.0.0.1:9/v1"), ("Retry:Attempts", "2"));

        var failed = await Assert.ThrowsAsync<ModelCallFailed>(() => bench.AskAsync());

        Assert.Equal(ModelFault.Unreachable, failed.Fault);
        Assert.Contains("scripted could not be reached", failed.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2], bench.Journal.Calls.Select(c => c.Attempt.Attempt));
        Assert.All(bench.Journal.Calls, c => Assert.Equal(Usd.Zero, c.Outcome.Cost));
        Assert.Equal(0, bench.OpenReservations());
    }

    [Fact]
    public async Task Retry_AfterAFaultThatPasses_GivesTheAnswerOnce()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Enqueue(ScriptedReply.Fail(Fault.ServerError), ScriptedReply.Fail(Fault.EmptyChoices), ScriptedReply.Of("At last."));

        var answer = await bench.AskAsync();

        Assert.Equal("At last.", answer.Text);
        Assert.Equal([1, 2, 3], bench.Journal.Calls.Select(c => c.Attempt.Attempt));
        Assert.Equal([CallStatus.Failed, CallStatus.Failed, CallStatus.Succeeded], bench.Journal.Calls.Select(c => c.Outcome.Status));
    }

    [Fact]
    public async Task Retry_AfterTheFirstContent_IsNotMade()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Enqueue(ScriptedReply.Of("A long enough answer to break in the middle.") with { Fault = Fault.Truncate(), ChunkSize = 4 });

        await Assert.ThrowsAsync<ModelCallFailed>(() => bench.AskAsync());

        Assert.Single(bench.Provider.Exchanges);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RetryAfter_IsHonoured(bool asDate)
    {
        await using var bench = await ModelBench.StartAsync();
        // A date has whole seconds: two ahead is at least one.
        bench.Provider.Enqueue(ScriptedReply.Fail(asDate ? Fault.RateLimitedUntil(DateTimeOffset.UtcNow.AddSeconds(2)) : Fault.RateLimited(1)));
        var clock = Stopwatch.StartNew();

        await bench.AskAsync();

        Assert.InRange(clock.Elapsed.TotalSeconds, asDate ? 0.5 : 0.95, 15);
        Assert.Equal(2, bench.Provider.Exchanges.Count);
    }

    [Theory]
    [InlineData("3600", "3600 s (Retry-After), more than the 60 s")]
    [InlineData("30", "30 s (Retry-After), more than the")]
    [InlineData("99999999999999999999", "Retry-After")]
    public async Task RetryAfter_ThatIsAbsurd_EndsTheCallAndIsNamed(string asked, string says)
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Enqueue(ScriptedReply.Fail(Fault.RateLimitedWith(asked)));

        var failed = await Assert.ThrowsAsync<ModelCallFailed>(() => bench.AskAsync());

        Assert.Equal(ModelFault.RateLimited, failed.Fault);
        Assert.Contains(says, failed.Message, StringComparison.Ordinal);
        Assert.NotNull(failed.RetryAfter);
        Assert.Single(bench.Provider.Exchanges);
    }

    [Theory]
    [InlineData("-5")]
    [InlineData("soon")]
    [InlineData("Mon, 01 Jan 1990 00:00:00 GMT")]
    public async Task RetryAfter_ThatMakesNoSense_IsIgnored(string asked)
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Enqueue(ScriptedReply.Fail(Fault.RateLimitedWith(asked)));

        await bench.AskAsync();

        Assert.Equal(2, bench.Provider.Exchanges.Count);
    }

    [Fact]
    public async Task Fallback_WhenConfigured_Answers()
    {
        await using var bench = await ModelBench.StartAsync(ProviderKind.OpenAI, ("Retry:Attempts", "1"), ("Fallbacks:0", "claude/fast"));
        bench.Provider.Enqueue(ScriptedReply.Fail(Fault.Unavailable));

        var answer = await bench.AskAsync();

        Assert.StartsWith("This is a scripted answer of fast", answer.Text, StringComparison.Ordinal);
        Assert.Equal(["scripted/strong", "claude/fast"], bench.Journal.Calls.Select(c => c.Attempt.Model.ToString()));
    }

    [Fact]
    public async Task Fallback_OfAPassThroughCall_IsNotMade()
    {
        await using var bench = await ModelBench.StartAsync(ProviderKind.OpenAI, ("Retry:Attempts", "1"), ("Fallbacks:0", "claude/fast"));
        bench.Provider.Enqueue(ScriptedReply.Fail(Fault.Unavailable));
        var client = bench.Models.Open(bench.Context(neuron: "direct"), bench.Model());

        await Assert.ThrowsAsync<ModelCallFailed>(() => client.GetResponseAsync([new(ChatRole.User, "Hi.")], cancellationToken: Now));

        Assert.Single(bench.Provider.Exchanges);
    }

    [Fact]
    public async Task Breaker_OpensAfterFailures_NotAfterRateLimits()
    {
        await using var bench = await ModelBench.StartAsync(ProviderKind.OpenAI, ("Retry:Attempts", "1"), ("Breaker:MinimumThroughput", "3"));
        bench.Provider.Script(_ => ScriptedReply.Fail(Fault.RateLimited()));
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(ModelFault.RateLimited, (await Assert.ThrowsAsync<ModelCallFailed>(() => bench.AskAsync())).Fault);
        }
        bench.Provider.Script(_ => ScriptedReply.Fail(Fault.ServerError));
        List<ModelFault> faults = [];

        for (var i = 0; i < 8; i++)
        {
            faults.Add((await Assert.ThrowsAsync<ModelCallFailed>(() => bench.AskAsync())).Fault);
        }

        Assert.Equal(ModelFault.ProviderError, faults[0]);
        Assert.Equal(ModelFault.CircuitOpen, faults[^1]);
        Assert.Equal(4 + faults.Count(f => f == ModelFault.ProviderError), bench.Provider.Exchanges.Count);
        Assert.Equal(0, bench.OpenReservations());
    }
}
