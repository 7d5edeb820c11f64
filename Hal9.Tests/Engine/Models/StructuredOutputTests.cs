using System.Text.Json;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Models.Coats;
using Hal9.Tests.Support;
using Microsoft.Extensions.AI;

namespace Hal9.Tests.Engine.Models;

/// <summary>JSON of a schema from endpoints of every ability, streamed and whole.</summary>
public sealed class StructuredOutputTests
{
    private const string Good = """{"verdict":"accept","stars":4}""";

    private static readonly JsonElement Schema = JsonDocument.Parse("""
        {"type":"object","additionalProperties":false,"required":["verdict","stars"],
         "properties":{"verdict":{"type":"string","enum":["accept","sendBack"]},"stars":{"type":"integer"}}}
        """).RootElement;

    private static readonly ChatResponseFormat Format = ChatResponseFormat.ForJsonSchema(Schema, "review");

    private static readonly List<ChatMessage> Question = [new(ChatRole.User, "Judge.")];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ProviderKind.OpenAI)]
    [InlineData(ProviderKind.Anthropic)]
    public async Task Schema_TheProviderTakes_IsSentAsItIs(ProviderKind kind)
    {
        await using var bench = await ModelBench.StartAsync(kind);
        bench.Provider.Enqueue(ScriptedReply.Of(Good));

        var answer = await bench.Open(Format).GetResponseAsync(Question, cancellationToken: Now);

        Assert.Equal(Good, answer.Text);
        var request = Assert.Single(bench.Provider.Exchanges).Request;
        Assert.Null(request.ForcedTool);
        Assert.True(JsonElement.DeepEquals(Schema, request.Schema!.Value), request.Body.GetRawText());
        if (kind == ProviderKind.OpenAI)
        {
            Assert.True(request.Body.GetProperty("response_format").GetProperty("json_schema").GetProperty("strict").GetBoolean());
        }
    }

    [Theory]
    [InlineData(true, """{"type":"object","additionalProperties":false,"required":["a"],"properties":{"a":{"type":"array","items":{"type":"string","enum":["x"]}}}}""")]
    [InlineData(false, """{"type":"object","additionalProperties":false,"required":[],"properties":{"a":{"type":"string"}}}""")]
    [InlineData(false, """{"type":"object","required":["a"],"properties":{"a":{"type":"string"}}}""")]
    [InlineData(false, """{"type":"object","additionalProperties":false,"required":["a"],"properties":{"a":{"type":"string","minLength":1}}}""")]
    [InlineData(false, """{"type":"object","additionalProperties":false,"required":["a"],"properties":{"a":{"type":"object"}}}""")]
    public void Schema_OfAClosedKind_IsStrict(bool strict, string schema) => Assert.Equal(strict, Schemas.IsStrict(JsonDocument.Parse(schema).RootElement));

    [Fact]
    public async Task Schema_TheEndpointRefuses_BecomesAForcedTool_AndIsRemembered()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Script(request => request.ForcedTool is null ? ScriptedReply.Fail(Fault.RefusesResponseFormat) : ScriptedReply.Of(Good));

        var first = await bench.Open(Format).GetResponseAsync(Question, cancellationToken: Now);
        var second = await bench.Open(Format, leaf: "2/work/1").GetResponseAsync(Question, cancellationToken: Now);

        Assert.Equal((Good, Good), (first.Text, second.Text));
        Assert.Equal(ChatFinishReason.Stop, first.FinishReason);
        Assert.Empty(first.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>());
        Assert.Equal(3, bench.Provider.Exchanges.Count);
        Assert.Equal([("1/work/1", 1), ("1/work/1", 2), ("2/work/1", 1)], bench.Journal.Calls.Select(c => (c.Leaf, c.Attempt.Attempt)));
    }

    [Fact]
    public async Task Schema_WithoutAnyMeans_IsAskedForInWords()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Script(request => request.Tools.Count > 0 ? ScriptedReply.Fail(Fault.RefusesTools)
            : request.Schema is not null ? ScriptedReply.Fail(Fault.RefusesResponseFormat)
            : ScriptedReply.Of($"```json\n{Good}\n```"));

        var answer = await bench.Open(Format).GetResponseAsync(Question, cancellationToken: Now);

        Assert.Equal(Good, answer.Text);
        Assert.Contains("sendBack", bench.Provider.Exchanges[^1].Request.LastUser, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_ThatDoesNotSayWhy_MovesToTheNextWay_AndIsRememberedWhenThatWorks()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Script(request => request.ForcedTool is null ? ScriptedReply.Fail(Fault.Status(400, "invalid_request_error", "Grammar error.")) : ScriptedReply.Of(Good));

        var first = await bench.Open(Format).GetResponseAsync(Question, cancellationToken: Now);
        var second = await bench.Open(Format, leaf: "2/work/1").GetResponseAsync(Question, cancellationToken: Now);

        Assert.Equal((Good, Good), (first.Text, second.Text));
        Assert.Equal(3, bench.Provider.Exchanges.Count);
    }

    [Fact]
    public async Task Refusal_ThatNoWayCures_IsToldAsItCameFirst_AndNothingIsLearned()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Enqueue(
            ScriptedReply.Fail(Fault.Status(400, "invalid_request_error", "The prompt is too long.")),
            ScriptedReply.Fail(Fault.Status(400, "invalid_request_error", "Too long, as a tool call.")),
            ScriptedReply.Fail(Fault.Status(400, "invalid_request_error", "Too long, in words.")));

        var failed = await Assert.ThrowsAsync<ModelCallFailed>(() => bench.Open(Format).GetResponseAsync(Question, cancellationToken: Now));
        bench.Provider.Enqueue(ScriptedReply.Of(Good));
        await bench.Open(Format, leaf: "2/work/1").GetResponseAsync(Question, cancellationToken: Now);

        Assert.Equal(ModelFault.BadRequest, failed.Fault);
        Assert.Contains("The prompt is too long.", failed.Message, StringComparison.Ordinal);
        Assert.NotNull(bench.Provider.Exchanges[^1].Request.Schema);
        Assert.Null(bench.Provider.Exchanges[^1].Request.ForcedTool);
    }

    [Fact]
    public async Task Lack_OfOneModel_IsNotTheLackOfAnother()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Script(request => request.Model == "strong" && request.ForcedTool is null ? ScriptedReply.Fail(Fault.RefusesResponseFormat) : ScriptedReply.Of(Good));

        await bench.Open(Format).GetResponseAsync(Question, cancellationToken: Now);
        await bench.Open(Format, model: "fast", leaf: "2/work/1").GetResponseAsync(Question, cancellationToken: Now);

        Assert.Null(bench.Provider.Exchanges[^1].Request.ForcedTool);
    }

    [Fact]
    public async Task Repair_ShowsTheSchema_ToAServerThatPassedOverIt()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Enqueue(ScriptedReply.Of("I would say: accept."), ScriptedReply.Of(Good));

        await bench.Open(Format).GetResponseAsync(Question, cancellationToken: Now);

        Assert.Contains(Schema.GetRawText(), bench.Provider.Exchanges[1].Request.LastUser, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"a\":1}", "{\"a\":1}")]
    [InlineData("```json\n{\"a\":1}\n```", "{\"a\":1}")]
    [InlineData("Here it is:\n\n```json\n{\"a\":1}\n```\n\nAnything else?", "{\"a\":1}")]
    [InlineData("<think>\nMaybe {\"a\":0}?\n</think>\n\n{\"a\":1}", "{\"a\":1}")]
    [InlineData("Maybe {\"a\":0}?\n</think>\n```\n{\"a\":1}\n```", "{\"a\":1}")]
    [InlineData("{\"a\":\"</think> and ```x``` stay\"}", "{\"a\":\"</think> and ```x``` stay\"}")]
    [InlineData("Here:\n```json\n{\"a\":\"```sh\\nls\\n```\"}\n```", "{\"a\":\"```sh\\nls\\n```\"}")]
    [InlineData("No JSON at all.", "No JSON at all.")]
    public void Unfence_TakesTheJsonOutOfWhatStandsAroundIt(string text, string json) => Assert.Equal(json, Schemas.Unfence(text));

    [Theory]
    [InlineData("""{"verdict":"maybe","stars":4}""")]
    [InlineData("I would say: accept.")]
    [InlineData("""{"verdict":"accept","st""")]
    public async Task Answer_ThatDoesNotFit_IsRepairedOnce(string bad)
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Enqueue(ScriptedReply.Of(bad), ScriptedReply.Of(Good));

        var answer = await bench.Open(Format).GetResponseAsync(Question, cancellationToken: Now);

        Assert.Equal(Good, answer.Text);
        Assert.Equal(["1/work/1", "1/work/1/repair"], bench.Journal.Calls.Select(c => c.Leaf));
        Assert.Equal(["1/work/1"], bench.Journal.Restarts);
        Assert.Contains(bad, bench.Provider.Exchanges[1].Request.Text, StringComparison.Ordinal);
        Assert.Contains("does not fit", bench.Provider.Exchanges[1].Request.LastUser, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_ThatNeverFits_IsATypedError()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Script(_ => ScriptedReply.Of("""{"verdict":"maybe","stars":"four"}"""));

        var failed = await Assert.ThrowsAsync<ModelCallFailed>(() => bench.Open(Format).GetResponseAsync(Question, cancellationToken: Now));

        Assert.Equal(ModelFault.BadStructure, failed.Fault);
        Assert.Contains("scripted/strong", failed.Message, StringComparison.Ordinal);
        Assert.Contains("stars", failed.Message, StringComparison.Ordinal);
        Assert.Equal(2, bench.Provider.Exchanges.Count);
        Assert.Equal(0, bench.OpenReservations());
    }

    [Fact]
    public async Task Stream_ThatIsRepaired_SaysWhatIsVoid()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Enqueue(ScriptedReply.Of("""{"verdict":"maybe","stars":4}""") with { ChunkSize = 5 }, ScriptedReply.Of(Good) with { ChunkSize = 5 });
        var text = "";
        var restarts = 0;

        await foreach (var update in bench.Open(Format).GetStreamingResponseAsync(Question, cancellationToken: Now))
        {
            var restart = update.AdditionalProperties?.ContainsKey(ModelService.Restarted) == true;
            restarts += restart ? 1 : 0;
            text = restart ? "" : text + update.Text;
        }

        Assert.Equal((Good, 1), (text, restarts));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_OfJson_AddsUpToTheJson(bool fenced)
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Enqueue(ScriptedReply.Of(fenced ? $"```json\n{Good}\n```" : Good) with { ChunkSize = 3 });
        List<string> pieces = [];

        await foreach (var update in bench.Open(Format).GetStreamingResponseAsync(Question, cancellationToken: Now))
        {
            pieces.Add(update.Text);
        }

        Assert.Equal(Good, string.Concat(pieces));
        Assert.Equal(fenced, pieces.Count(p => p.Length > 0) == 1);
    }

    [Fact]
    public async Task Leaf_ThatWasRepairedBefore_IsReplayedWithoutACall()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Journal.Stored["1/work/1"] = new ChatResponse(new ChatMessage(ChatRole.Assistant, "nonsense"));
        bench.Journal.Stored["1/work/1/repair"] = new ChatResponse(new ChatMessage(ChatRole.Assistant, Good));

        var answer = await bench.Open(Format).GetResponseAsync(Question, cancellationToken: Now);

        Assert.Equal(Good, answer.Text);
        Assert.Empty(bench.Provider.Exchanges);
    }

    [Fact]
    public async Task Offline_AnswersBySchema_AndIsFreeAndMarked()
    {
        await using var bench = await ModelBench.StartAsync();
        var client = bench.Models.Open(bench.Context(), new ModelRef("offline", "hal9"));

        var answer = await client.GetResponseAsync([new(ChatRole.User, "## Goal\n\nList three uses of a paper clip.")], cancellationToken: Now);

        var (_, attempt, outcome) = Assert.Single(bench.Journal.Calls);
        Assert.NotEmpty(answer.Text);
        Assert.Equal((Provenance.Offline, CallStatus.Succeeded, 0L, 0L), (outcome.Provenance, outcome.Status, outcome.Cost.Nano, attempt.Reserved.Nano));
        Assert.True(outcome.Usage.Output > 0);
    }
}
