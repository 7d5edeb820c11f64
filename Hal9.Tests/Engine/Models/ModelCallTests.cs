using System.Text.Json;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Hal9.Tests.Engine.Models;

/// <summary>What goes to a provider and what comes back, in both shapes, over HTTP.</summary>
public sealed class ModelCallTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public static TheoryData<ProviderKind> Kinds => [ProviderKind.OpenAI, ProviderKind.Anthropic];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Call_Whole_GivesTextUsageAndExactCost(ProviderKind kind)
    {
        await using var bench = await ModelBench.StartAsync(kind);
        var usage = new ScriptedUsage(1234, 77, Cached: 1000, Reasoning: kind == ProviderKind.OpenAI ? 33 : 0, CacheWrite: kind == ProviderKind.Anthropic ? 50 : 0, CacheWrite1h: kind == ProviderKind.Anthropic ? 20 : 0);
        bench.Provider.Enqueue(ScriptedReply.Of("Four legs.") with { Usage = usage });

        var answer = await bench.AskAsync();

        Assert.Equal("Four legs.", answer.Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal((1234, 77, 1000), (answer.Usage!.InputTokenCount!.Value, answer.Usage.OutputTokenCount!.Value, answer.Usage.CachedInputTokenCount!.Value));
        var (_, attempt, outcome) = Assert.Single(bench.Journal.Calls);
        Assert.Equal(new TokenUsage(1234, 77, 1000, usage.CacheWrite, usage.CacheWrite1h, usage.Reasoning), outcome.Usage);
        Assert.Equal(HandPrice.NanoFor(bench.Provider.Exchanges), outcome.Cost.Nano);
        Assert.Equal((CallStatus.Succeeded, Provenance.Live, false, 1), (outcome.Status, outcome.Provenance, outcome.UsageEstimated, attempt.Attempt));
        Assert.Contains("1000", outcome.RawUsage, StringComparison.Ordinal);
        Assert.Equal("Four legs.", outcome.Response!.Text);
        Assert.Equal(outcome.Cost, bench.Envelope.Spent);
        Assert.Equal(0, bench.OpenReservations());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Call_Streamed_ComesInPiecesAndEndsWithUsage(ProviderKind kind)
    {
        await using var bench = await ModelBench.StartAsync(kind);
        var gate = new ScriptedGate();
        bench.Provider.Enqueue(ScriptedReply.Of("One two three four five six seven.") with { ChunkSize = 4, HoldWithin = gate, HoldAfterChunks = 2 });
        List<ChatResponseUpdate> updates = [];

        await foreach (var update in bench.Open().GetStreamingResponseAsync([new(ChatRole.User, "Count.")], cancellationToken: Now))
        {
            updates.Add(update);
            if (string.Concat(updates.Select(u => u.Text)).Length >= 8)
            {
                gate.Open();
            }
        }

        var whole = updates.ToChatResponse();
        Assert.Equal("One two three four five six seven.", whole.Text);
        Assert.Equal(bench.Provider.Exchanges[0].Usage.Output, whole.Usage!.OutputTokenCount);
        Assert.True(updates.Count(u => u.Text.Length > 0) > 5);
        Assert.True(bench.Provider.Exchanges[0].Request.Stream);
        Assert.NotNull(bench.Journal.Calls[0].Outcome.FirstTokenMilliseconds);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Call_WithoutLimit_SendsOne(ProviderKind kind)
    {
        await using var bench = await ModelBench.StartAsync(kind);

        await bench.AskAsync();
        await bench.AskAsync(options: new ChatOptions { MaxOutputTokens = 17 });
        await bench.Open(most: 5).GetResponseAsync([new(ChatRole.User, "Hi.")], new ChatOptions { MaxOutputTokens = 17 }, Now);

        Assert.Equal([4096, 17, 5], bench.Provider.Exchanges.Select(e => e.Request.MaxTokens!.Value));
    }

    [Fact]
    public async Task Call_OfAKnownModel_KeepsToWhatItCanGive()
    {
        await using var bench = await ModelBench.StartAsync(ProviderKind.Anthropic);
        var (small, large) = (new ModelRef("claude", "claude-3-haiku-20240307"), new ModelRef("claude", "claude-sonnet-4-5"));

        await AskAsync(small, most: 8192);
        await AskAsync(large, most: 8192);
        await AskAsync(large, most: null);
        await AskAsync(small, most: 8192, neuron: "direct");

        Assert.Equal([4096, 8192, 32_768, 8192], bench.Provider.Exchanges.Select(e => e.Request.MaxTokens!.Value));

        Task<ChatResponse> AskAsync(ModelRef model, int? most, string neuron = "writer") =>
            bench.Models.Open(bench.Context(leaf: $"1/{bench.Provider.Exchanges.Count}/1", neuron: neuron), model, null, most).GetResponseAsync([new(ChatRole.User, "Hi.")], cancellationToken: Now);
    }

    [Fact]
    public async Task Call_OfACaller_KeepsItsOptions()
    {
        await using var bench = await ModelBench.StartAsync();
        var schema = JsonDocument.Parse("""{"type":"object","properties":{"city":{"type":"string","minLength":2}},"required":["city"],"$defs":{"x":{"type":"integer"}}}""").RootElement;
        var options = new ChatOptions
        {
            Temperature = 0.25f,
            TopP = 0.5f,
            Seed = 7,
            StopSequences = ["END"],
            Tools = [AIFunctionFactory.CreateDeclaration("weather", "The weather.", schema)],
            ToolMode = ChatToolMode.RequireSpecific("weather"),
            ResponseFormat = ChatResponseFormat.ForJsonSchema(schema, "place"),
            AdditionalProperties = new() { ["user"] = JsonDocument.Parse("\"u-1\"").RootElement, ["logit_bias"] = JsonDocument.Parse("""{"50256":-100}""").RootElement },
        };

        await bench.AskAsync(options: options);

        var body = bench.Provider.Exchanges[0].Request.Body;
        Assert.Equal(0.25, body.GetProperty("temperature").GetDouble());
        Assert.Equal(7, body.GetProperty("seed").GetInt32());
        Assert.Equal("END", body.GetProperty("stop")[0].GetString());
        Assert.Equal("u-1", body.GetProperty("user").GetString());
        Assert.Equal(-100, body.GetProperty("logit_bias").GetProperty("50256").GetInt32());
        Assert.True(JsonElement.DeepEquals(schema, body.GetProperty("tools")[0].GetProperty("function").GetProperty("parameters")));
        Assert.True(JsonElement.DeepEquals(schema, body.GetProperty("response_format").GetProperty("json_schema").GetProperty("schema")));
        Assert.Equal("weather", body.GetProperty("tool_choice").GetProperty("function").GetProperty("name").GetString());
        Assert.True(body.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ToolCall_ComesBackWithItsArguments(ProviderKind kind)
    {
        await using var bench = await ModelBench.StartAsync(kind);
        bench.Provider.Enqueue(new ScriptedReply { Text = "", ToolCalls = [new ScriptedToolCall("weather", """{"city":"Rome"}""", "call_1")] });
        var options = new ChatOptions { Tools = [AIFunctionFactory.CreateDeclaration("weather", "The weather.", JsonDocument.Parse("""{"type":"object"}""").RootElement)] };

        var answer = await bench.AskAsync(options: options);

        var call = Assert.Single(answer.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>());
        Assert.Equal(("call_1", "weather", "Rome"), (call.CallId, call.Name, call.Arguments!["city"]!.ToString()));
        Assert.Equal(ChatFinishReason.ToolCalls, answer.FinishReason);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ToolCall_WithBadJson_KeepsItsText(ProviderKind kind)
    {
        await using var bench = await ModelBench.StartAsync(kind);
        bench.Provider.Enqueue(new ScriptedReply { Text = "", ToolCalls = [new ScriptedToolCall("weather", """{"city":"Ro""", "call_1")] });
        var options = new ChatOptions { Tools = [AIFunctionFactory.CreateDeclaration("weather", "The weather.", JsonDocument.Parse("""{"type":"object"}""").RootElement)] };

        var answer = await bench.AskAsync(options: options);

        var call = Assert.Single(answer.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>());
        Assert.Equal("""{"city":"Ro""", call.AdditionalProperties![ModelService.RawArguments]);
        Assert.Equal(CallStatus.Succeeded, bench.Journal.Calls[0].Outcome.Status);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Kernel_SeesTextUsageAndFinish(ProviderKind kind)
    {
        await using var bench = await ModelBench.StartAsync(kind);
        var service = bench.Models.OpenForKernel(bench.Context(), bench.Model(), maxOutputTokens: 99);
        var history = new ChatHistory("You are terse.");
        history.AddUserMessage("Hi.");

        var whole = await service.GetChatMessageContentAsync(history, cancellationToken: Now);
        var streamed = "";
        await foreach (var piece in service.GetStreamingChatMessageContentsAsync(history, cancellationToken: Now))
        {
            streamed += piece.Content;
        }

        Assert.StartsWith("This is a scripted answer of strong", whole.Content, StringComparison.Ordinal);
        Assert.Equal(whole.Content, streamed);
        Assert.IsType<UsageDetails>(whole.Metadata!["Usage"]);
        Assert.All(bench.Provider.Exchanges, e => Assert.Equal((99, "You are terse."), (e.Request.MaxTokens, e.Request.System)));
    }

    [Fact]
    public async Task Call_OfAStoredLeaf_IsNotMade()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Journal.Stored["1/work/1"] = new ChatResponse(new ChatMessage(ChatRole.Assistant, "Stored before."));

        var answer = await bench.AskAsync();

        Assert.Equal("Stored before.", answer.Text);
        Assert.Empty(bench.Provider.Exchanges);
        Assert.Empty(bench.Journal.Calls);
    }

    [Fact]
    public async Task Endpoint_WithoutKey_GetsNone()
    {
        await using var bench = await ModelBench.StartAsync(ProviderKind.OpenAI, ("Providers:scripted:ApiKey", null));

        await bench.AskAsync();

        Assert.False(bench.Provider.Exchanges[0].Request.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Endpoint_ThatRefusesAField_IsAskedWithoutItFromThenOn()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Script(request => request.Body.TryGetProperty("max_tokens", out _)
            ? ScriptedReply.Fail(Fault.Status(400, "unsupported_parameter", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."))
            : request.IncludeUsage ? ScriptedReply.Fail(Fault.Status(400, "invalid_request_error", "Unknown field stream_options.")) : null);

        await bench.AskAsync();
        await bench.AskAsync();

        Assert.Equal(4, bench.Provider.Exchanges.Count);
        Assert.Equal(4096, bench.Provider.Exchanges[3].Request.Body.GetProperty("max_completion_tokens").GetInt32());
        Assert.Equal([CallStatus.Failed, CallStatus.Failed, CallStatus.Succeeded, CallStatus.Succeeded], bench.Journal.Calls.Select(c => c.Outcome.Status));
        Assert.Equal(0, bench.OpenReservations());
    }

    [Fact]
    public async Task Endpoint_ThatRefusesAFieldOfOneModel_IsAskedWithItForOthers()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Script(request => request.Model == "strong" && request.IncludeUsage ? ScriptedReply.Fail(Fault.Status(400, "invalid_request_error", "Unknown field stream_options.")) : null);

        await bench.AskAsync();
        await bench.Open(model: "fast", leaf: "2/work/1").GetResponseAsync([new(ChatRole.User, "Say something.")], cancellationToken: Now);

        Assert.False(bench.Provider.Exchanges[1].Request.IncludeUsage);
        Assert.True(bench.Provider.Exchanges[2].Request.IncludeUsage);
        Assert.False(bench.Journal.Calls[^1].Outcome.UsageEstimated);
    }

    [Fact]
    public async Task Endpoint_ThatRefusesAField_RefusesItToManyAtOnce_AndAllAreAskedAgain()
    {
        await using var bench = await ModelBench.StartAsync();
        var hold = new ScriptedGate();
        bench.Provider.Script(request => request.IncludeUsage ? ScriptedReply.Fail(Fault.Status(400, "invalid_request_error", "Unknown field stream_options.")) with { Hold = hold } : null);

        var answers = Enumerable.Range(1, 4).Select(i => bench.Open(leaf: $"{i}/work/1")
            .GetResponseAsync([new(ChatRole.User, "Say something.")], cancellationToken: Now)).ToList();
        await bench.Provider.ArrivalAsync(4, Now);
        hold.Open();
        await Task.WhenAll(answers);

        Assert.Equal(8, bench.Provider.Exchanges.Count);
        Assert.Equal(4, bench.Journal.Calls.Count(c => c.Outcome.Status == CallStatus.Succeeded));
    }

    [Theory]
    [InlineData("""{"input_tokens":100,"output_tokens":7,"server_tool_use":{"web_search_requests":0}}""")]
    [InlineData("""{"input_tokens":100,"output_tokens":7,"service_tier":{"name":"new"},"cache_creation":7}""")]
    public async Task AnthropicUsage_ThatTheSdkCannotRead_IsReadAllTheSame(string usage)
    {
        await using var bench = await ModelBench.StartAsync(ProviderKind.Anthropic);
        bench.Provider.Enqueue(ScriptedReply.Of("Fine.") with { Usage = new ScriptedUsage(100, 7) { Raw = usage } });

        var answer = await bench.AskAsync();

        Assert.Equal("Fine.", answer.Text);
        Assert.Equal(new TokenUsage(100, 7), Assert.Single(bench.Journal.Calls).Outcome.Usage);
    }

    [Theory]
    [InlineData(500, "false", 1)]
    [InlineData(400, "true", 2)]
    public async Task Provider_ThatSaysWhetherToTryAgain_IsFollowed(int status, string should, int exchanges)
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Enqueue(ScriptedReply.Fail(Fault.Status(status, "some_error", "Not now.") with { ShouldRetry = should }));

        var failed = await Record.ExceptionAsync(() => bench.AskAsync());

        Assert.Equal(exchanges, bench.Provider.Exchanges.Count);
        Assert.Equal(exchanges == 1, failed is ModelCallFailed);
    }
}
