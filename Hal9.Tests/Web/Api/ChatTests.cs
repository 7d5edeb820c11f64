using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Tests.Support;

namespace Hal9.Tests.Web.Api;

/// <summary>What OpenAI's clients rely on, answers in one piece.</summary>
[Collection(Hal9HostCollection.Name)]
public sealed class ChatTests(Hal9Host host) : IAsyncLifetime
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        host.Provider.Reset();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory(Timeout = 60_000)]
    [InlineData("hal9/quick", "max_tokens", false)]
    [InlineData("hal9/deep", "max_completion_tokens", false)]
    [InlineData("hal9/quick", "max_completion_tokens", true)]
    public async Task Hierarchy_WithALimitOfTokens_CutsTheFinalAnswerOnlyAndSaysSo(string model, string name, bool stream)
    {
        host.Provider.Script(request => request.Schema is null && request.MaxTokens == 7 ? ScriptedReply.Of("Tea is") with { FinishReason = "length" } : null);
        var body = Ask(model, "What is tea?");
        body[name] = 7;
        body["stream"] = stream;

        var (status, answer, _) = await host.Owner.ChatAsync(body, Now);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("\"finish_reason\":\"length\"", answer, StringComparison.Ordinal);
        Assert.Contains("Tea is", answer, StringComparison.Ordinal);
        Assert.All(host.Provider.Exchanges.Where(exchange => exchange.Request.Schema is not null), exchange => Assert.True(exchange.Request.MaxTokens > 7));
        Assert.Equal(7, host.Provider.Exchanges[^1].Request.MaxTokens);
    }

    [Fact(Timeout = 60_000)]
    public async Task PassThrough_OfAnAnswer_HasShapeUsageAndHeaders()
    {
        host.Provider.Enqueue(ScriptedReply.Of("Tea is a drink.") with { Usage = new ScriptedUsage(120, 40, Cached: 30, Reasoning: 5) });

        var (status, body, headers) = await host.Owner.ChatAsync(Ask("scripted/strong", "What is tea?"), Now);

        Assert.Equal(HttpStatusCode.OK, status);
        var run = Assert.Single(headers.GetValues("x-hal9-run-id"));
        var reply = JsonDocument.Parse(body).RootElement;
        Assert.Equal(["id", "object", "created", "model", "choices", "usage"], reply.EnumerateObject().Select(p => p.Name));
        Assert.Equal("chatcmpl-" + run.Replace("-", "", StringComparison.Ordinal), reply.GetProperty("id").GetString());
        Assert.Equal("chat.completion", reply.GetProperty("object").GetString());
        Assert.Equal("scripted/strong", reply.GetProperty("model").GetString());
        Assert.Equal(
            """[{"index":0,"message":{"role":"assistant","content":"Tea is a drink.","refusal":null},"finish_reason":"stop","logprobs":null}]""",
            reply.GetProperty("choices").GetRawText());
        Assert.Equal(
            """{"prompt_tokens":120,"completion_tokens":40,"total_tokens":160,"prompt_tokens_details":{"cached_tokens":30},"completion_tokens_details":{"reasoning_tokens":5}}""",
            reply.GetProperty("usage").GetRawText());
        var cost = HandPrice.NanoFor(host.Provider.Exchanges);
        Assert.Equal((cost / 1_000_000_000m).ToString("0.#########", System.Globalization.CultureInfo.InvariantCulture), Assert.Single(headers.GetValues("x-hal9-cost-usd")));
        Assert.Equal("live", Assert.Single(headers.GetValues("x-hal9-provenance")));
        Assert.InRange(double.Parse(Assert.Single(headers.GetValues("x-hal9-overhead-ms")), System.Globalization.CultureInfo.InvariantCulture), 0.001, 60_000);
        Assert.NotEmpty(headers.GetValues("x-request-id"));
        // There is no limit per minute, so nothing is said of one.
        Assert.DoesNotContain(headers, header => header.Key.StartsWith("x-ratelimit", StringComparison.OrdinalIgnoreCase));
    }

    [Fact(Timeout = 60_000)]
    public async Task PassThrough_OfOptions_ReachTheProvider()
    {
        var body = Ask("scripted/fast", "Which weather?");
        body["max_completion_tokens"] = 77;
        body["temperature"] = 0.5;
        body["top_p"] = 0.25;
        body["seed"] = 9;
        body["stop"] = new JsonArray("END");
        body["presence_penalty"] = 0.125;
        body["frequency_penalty"] = -0.5;
        body["parallel_tool_calls"] = false;
        body["tools"] = JsonNode.Parse("""[{"type":"function","function":{"name":"weather","description":"Tells it.","parameters":{"type":"object","properties":{"city":{"type":"string"}}},"strict":true}}]""");
        body["tool_choice"] = JsonNode.Parse("""{"type":"function","function":{"name":"weather"}}""");
        body["some_future_option"] = true;
        host.Provider.Enqueue(new ScriptedReply { ToolCalls = [new ScriptedToolCall("weather", """{"city":"Oslo"}""", "call_1")] });

        var (status, text, _) = await host.Owner.ChatAsync(body, Now);

        Assert.True(status == HttpStatusCode.OK, text);
        var sent = Assert.Single(host.Provider.Exchanges).Request;
        Assert.Equal(77, sent.MaxTokens);
        Assert.Equal(0.5, sent.Body.GetProperty("temperature").GetDouble());
        Assert.Equal(0.25, sent.Body.GetProperty("top_p").GetDouble());
        Assert.Equal(9, sent.Body.GetProperty("seed").GetInt64());
        Assert.Equal("""["END"]""", sent.Body.GetProperty("stop").GetRawText());
        Assert.Equal(0.125, sent.Body.GetProperty("presence_penalty").GetDouble());
        Assert.Equal(-0.5, sent.Body.GetProperty("frequency_penalty").GetDouble());
        Assert.False(sent.Body.GetProperty("parallel_tool_calls").GetBoolean());
        Assert.Equal("weather", sent.ForcedTool);
        Assert.Equal("string", sent.Tools[0].Schema.GetProperty("properties").GetProperty("city").GetProperty("type").GetString());
        var choice = JsonDocument.Parse(text).RootElement.GetProperty("choices")[0];
        Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(JsonValueKind.Null, choice.GetProperty("message").GetProperty("content").ValueKind);
        var call = Assert.Single(choice.GetProperty("message").GetProperty("tool_calls").EnumerateArray());
        Assert.Equal(("call_1", "function", "weather"), (call.GetProperty("id").GetString(), call.GetProperty("type").GetString(), call.GetProperty("function").GetProperty("name").GetString()));
        Assert.Equal("Oslo", JsonDocument.Parse(call.GetProperty("function").GetProperty("arguments").GetString()!).RootElement.GetProperty("city").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task PassThrough_OfAJsonSchemaAndToolResults_ReachTheProvider()
    {
        var body = JsonNode.Parse("""
            {"model":"scripted/balanced","messages":[
              {"role":"system","content":"Be short."},
              {"role":"user","content":[{"type":"text","text":"Add."},{"type":"image_url","image_url":{"url":"https://example.org/sum.png"}}]},
              {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"add","arguments":"{ \"a\":1}"}}]},
              {"role":"tool","tool_call_id":"c1","content":"3"}],
             "tools":[{"type":"function","function":{"name":"add","parameters":{"type":"object","properties":{"a":{"type":"integer"}}}}}],
             "response_format":{"type":"json_schema","json_schema":{"name":"sum","strict":true,"schema":{"type":"object","additionalProperties":false,"required":["sum"],"properties":{"sum":{"type":"integer"}}}}}}
            """)!.AsObject();

        var (status, text, _) = await host.Owner.ChatAsync(body, Now);

        Assert.True(status == HttpStatusCode.OK, text);
        var sent = Assert.Single(host.Provider.Exchanges).Request;
        Assert.Equal(["system", "user", "assistant", "tool"], sent.Messages.Select(m => m.Role));
        Assert.Contains("https://example.org/sum.png", sent.Body.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("c1", sent.Body.GetProperty("messages")[3].GetProperty("tool_call_id").GetString());
        // To the letter: a provider's prompt cache knows the conversation by its beginning.
        Assert.Equal("""{ "a":1}""", sent.Body.GetProperty("messages")[2].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString());
        Assert.Equal("sum", sent.SchemaName);
        Assert.True(sent.Body.GetProperty("response_format").GetProperty("json_schema").GetProperty("strict").GetBoolean());
        var content = JsonDocument.Parse(text).RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
        Assert.Equal(JsonValueKind.Number, JsonDocument.Parse(content).RootElement.GetProperty("sum").ValueKind);
    }

    [Fact(Timeout = 60_000)]
    public async Task PassThrough_OfMinimalEffort_ReachesTheProviderAsItIs()
    {
        var body = Ask("scripted/fast", "Think little.");
        body["reasoning_effort"] = "minimal";

        var (status, _, _) = await host.Owner.ChatAsync(body, Now);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("minimal", host.Provider.Exchanges[^1].Request.Body.GetProperty("reasoning_effort").GetString());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("scripted/strong")]
    [InlineData("claude/strong")]
    public async Task PassThrough_OfAnEarlierCallWithBrokenArguments_ReachesTheModelAsItWroteIt(string model)
    {
        var body = Ask(model, "Weather?");
        body["tools"] = JsonNode.Parse("""[{"type":"function","function":{"name":"weather","parameters":{"type":"object"}}}]""");
        body["messages"]!.AsArray().Add(JsonNode.Parse("""{"role":"assistant","content":"Let me see.","tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\": \"Ro"}}]}"""));
        body["messages"]!.AsArray().Add(JsonNode.Parse("""{"role":"tool","tool_call_id":"c1","content":"Your arguments are no JSON."}"""));

        var (status, text, _) = await host.Owner.ChatAsync(body, Now);

        Assert.True(status == HttpStatusCode.OK, text);
        var said = host.Provider.Exchanges[^1].Request.Body.GetProperty("messages")[1];
        var written = model.StartsWith("claude", StringComparison.Ordinal)
            ? said.GetProperty("content")[1].GetProperty("input").GetProperty("unparsed").GetString()
            : said.GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString();
        Assert.Equal("""{"city": "Ro""", written);
        Assert.Contains("Let me see.", said.GetProperty("content").GetRawText(), StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("seed", "7")]
    [InlineData("presence_penalty", "0.5")]
    [InlineData("frequency_penalty", "-1")]
    [InlineData("reasoning_effort", "\"minimal\"")]
    [InlineData("response_format", """{"type":"json_object"}""")]
    public async Task PassThrough_OfWhatAnthropicHasNothingFor_IsRefusedByName(string name, string value)
    {
        var body = Ask("claude/strong", "Hi.");
        body[name] = JsonNode.Parse(value);

        var (status, text, _) = await host.Owner.ChatAsync(body, Now);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(name, JsonDocument.Parse(text).RootElement.GetProperty("error").GetProperty("param").GetString());
        Assert.Empty(host.Provider.Exchanges);
    }

    [Fact(Timeout = 60_000)]
    public async Task PassThrough_OfOptions_ReachAnthropic()
    {
        var body = Ask("claude/strong", "Hi.");
        body["temperature"] = 0.5;
        body["stop"] = "END";
        body["max_tokens"] = 77;
        body["presence_penalty"] = 0;
        body["parallel_tool_calls"] = false;
        body["tools"] = JsonNode.Parse("""[{"type":"function","function":{"name":"weather","parameters":{"type":"object"}}}]""");

        var (status, text, _) = await host.Owner.ChatAsync(body, Now);

        Assert.True(status == HttpStatusCode.OK, text);
        var sent = host.Provider.Exchanges[^1].Request.Body;
        Assert.Equal(0.5, sent.GetProperty("temperature").GetDouble());
        Assert.Equal("END", sent.GetProperty("stop_sequences")[0].GetString());
        Assert.Equal(("strong", 77), (sent.GetProperty("model").GetString(), sent.GetProperty("max_tokens").GetInt32()));
        Assert.Equal("Hi.", Assert.Single(host.Provider.Exchanges[^1].Request.Messages).Text);
        Assert.True(sent.GetProperty("tool_choice").GetProperty("disable_parallel_tool_use").GetBoolean());
    }

    [Fact(Timeout = 60_000)]
    public async Task Hierarchy_GetsEarlierMessagesAndTags()
    {
        var body = JsonNode.Parse("""
            {"model":"hal9/quick","user":"ann","metadata":{"team":"blue"},"messages":[
              {"role":"system","content":"Answer in Norwegian."},{"role":"user","content":"I like tea."},{"role":"assistant","content":"Noted."},{"role":"user","content":"What do I like?"}]}
            """)!.AsObject();

        var (status, text, headers) = await host.Owner.ChatAsync(body, Now);

        Assert.True(status == HttpStatusCode.OK, text);
        Assert.Contains("I like tea.", host.Provider.Exchanges[0].Request.Text, StringComparison.Ordinal);
        Assert.Contains("Answer in Norwegian.", host.Provider.Exchanges[0].Request.Text, StringComparison.Ordinal);
        var run = await host.Owner.RunAsync(Guid.Parse(headers.GetValues("x-hal9-run-id").Single()), Now);
        Assert.Equal(("api", "quick", "What do I like?", "succeeded"), (Word(run, "kind"), Word(run, "mode"), Word(run, "goal"), Word(run, "status")));
        Assert.Equal("""["user:ann","team:blue"]""", run.GetProperty("tags").GetRawText());
        Assert.Equal(run.GetProperty("answer").GetString(), JsonDocument.Parse(text).RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("""{"model":"nobody/model","messages":[{"role":"user","content":"x"}]}""", 404, "invalid_request_error", "model", "model_not_found")]
    [InlineData("""{"model":"hal9/deepest","messages":[{"role":"user","content":"x"}]}""", 404, "invalid_request_error", "model", "model_not_found")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""", 400, "invalid_request_error", "model", "invalid_value")]
    [InlineData("""{"model":"hal9/auto","messages":[]}""", 400, "invalid_request_error", "messages", "invalid_value")]
    [InlineData("""{"model":"hal9/auto","n":2,"messages":[{"role":"user","content":"x"}]}""", 400, "invalid_request_error", "n", "invalid_value")]
    [InlineData("""{"model":"hal9/auto","tools":[{"type":"function","function":{"name":"f"}}],"messages":[{"role":"user","content":"x"}]}""", 400, "invalid_request_error", "tools", "invalid_value")]
    [InlineData("""{"model":"hal9/auto","response_format":{"type":"json_object"},"messages":[{"role":"user","content":"x"}]}""", 400, "invalid_request_error", "response_format", "invalid_value")]
    [InlineData("""{"model":"hal9/auto","messages":[{"role":"assistant","content":"x"}]}""", 400, "invalid_request_error", "messages[0].role", "invalid_value")]
    [InlineData("""{"model":"hal9/auto","temperature":"hot","messages":[{"role":"user","content":"x"}]}""", 400, "invalid_request_error", "temperature", "invalid_value")]
    [InlineData("""{"model":"hal9/auto","messages":[{"role":"user","content":"x"},null]}""", 400, "invalid_request_error", "messages[1]", "invalid_value")]
    [InlineData("""{"model":"scripted/fast","messages":[null]}""", 400, "invalid_request_error", "messages[0]", "invalid_value")]
    [InlineData("""{"model":"scripted/fast","messages":[{"role":"assistant","content":"x","tool_calls":[null]}]}""", 400, "invalid_request_error", "messages[0].tool_calls[0]", "invalid_value")]
    [InlineData("""{"model":"scripted/fast","tools":[null],"messages":[{"role":"user","content":"x"}]}""", 400, "invalid_request_error", "tools[0]", "invalid_value")]
    [InlineData("""{"model":"scripted/fast","messages":[{"role":"user","content":"\ud800"}]}""", 400, "invalid_request_error", "messages[0].content", "invalid_value")]
    [InlineData("""{"model":"scripted/fast","messages":[{"role":"user","content":[{"type":"text","text":"\ud800"}]}]}""", 400, "invalid_request_error", "messages[0].content[0].text", "invalid_value")]
    [InlineData("""{"model":"scripted/fast","stop":"\udfff","messages":[{"role":"user","content":"x"}]}""", 400, "invalid_request_error", "stop", "invalid_value")]
    [InlineData("""{"model":"hal9/auto","temperature":2.1,"messages":[{"role":"user","content":"x"}]}""", 400, "invalid_request_error", "temperature", "invalid_value")]
    [InlineData("""{"model":"scripted/fast","temperature":-0.1,"messages":[{"role":"user","content":"x"}]}""", 400, "invalid_request_error", "temperature", "invalid_value")]
    [InlineData("""{"model":"scripted/fast","top_p":1.5,"messages":[{"role":"user","content":"x"}]}""", 400, "invalid_request_error", "top_p", "invalid_value")]
    [InlineData("""{"model":"scripted/fast","presence_penalty":3,"messages":[{"role":"user","content":"x"}]}""", 400, "invalid_request_error", "presence_penalty", "invalid_value")]
    [InlineData("""{"model":"hal9/auto","frequency_penalty":-3,"messages":[{"role":"user","content":"x"}]}""", 400, "invalid_request_error", "frequency_penalty", "invalid_value")]
    [InlineData("""{"model":"hal9/auto","stop":5,"messages":[{"role":"user","content":"x"}]}""", 400, "invalid_request_error", "stop", "invalid_value")]
    [InlineData("""{"model":"scripted/fast","tool_choice":"required","messages":[{"role":"user","content":"x"}]}""", 400, "invalid_request_error", "tool_choice", "invalid_value")]
    [InlineData("""{"model":"hal9/auto","messages":[""", 400, "invalid_request_error", null, "invalid_value")]
    public async Task BadRequest_IsNamedInOpenAisWords(string json, int status, string type, string? param, string code)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await host.Owner.Http.PostAsync("/v1/chat/completions", content, Now);

        Assert.Equal(status, (int)answer.StatusCode);
        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>(Now)).GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(p => p.Name));
        Assert.Equal((type, param, code), (Word(error, "type"), Word(error, "param"), Word(error, "code")));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(null)]
    [InlineData("Bearer hal9_wrong")]
    public async Task WithoutAValidKey_Is401InOpenAisWords(string? authorization)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, host.Url + "/v1/chat/completions") { Content = JsonContent.Create(Ask("hal9/auto", "x")) };
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using var answer = await http.SendAsync(request, Now);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("invalid_api_key", Word((await answer.Content.ReadFromJsonAsync<JsonElement>(Now)).GetProperty("error"), "code"));
    }

    [Fact(Timeout = 60_000)]
    public async Task ProvidersRateLimit_Is429WithItsWait()
    {
        host.Provider.Enqueue(ScriptedReply.Fail(Fault.RateLimited(3600)));

        var (status, body, headers) = await host.Owner.ChatAsync(Ask("scripted/fast", "x"), Now);

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.Equal("rate_limit_exceeded", Word(JsonDocument.Parse(body).RootElement.GetProperty("error"), "code"));
        Assert.Equal(TimeSpan.FromHours(1), headers.RetryAfter?.Delta);
        Assert.NotEmpty(headers.GetValues("x-hal9-run-id"));
    }

    [Fact(Timeout = 60_000)]
    public async Task ProvidersRefusals_AreTheirKindOfError()
    {
        host.Provider.Enqueue(ScriptedReply.Fail(Fault.Unauthorized), ScriptedReply.Fail(Fault.Status(400, "invalid_request_error", "That image is too large.")));

        var key = await host.Owner.ChatAsync(Ask("scripted/fast", "x"), Now);
        var request = await host.Owner.ChatAsync(Ask("scripted/fast", "x"), Now);

        Assert.Equal((HttpStatusCode)502, key.Status);
        Assert.DoesNotContain("SECRET", key.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, request.Status);
        Assert.Equal("provider_refused", Word(JsonDocument.Parse(request.Body).RootElement.GetProperty("error"), "code"));
    }

    [Fact(Timeout = 60_000)]
    public async Task BudgetWithoutRoom_Is429InsufficientQuotaAndNothingIsSent()
    {
        var budget = await host.Owner.LimitTenantAsync("0", Now);
        try
        {
            var (status, body, headers) = await host.Owner.ChatAsync(Ask("scripted/fast", "x"), Now);

            Assert.Equal(HttpStatusCode.TooManyRequests, status);
            var error = JsonDocument.Parse(body).RootElement.GetProperty("error");
            Assert.Equal(("insufficient_quota", "insufficient_quota"), (Word(error, "type"), Word(error, "code")));
            Assert.Empty(host.Provider.Exchanges);
            Assert.Equal("refused", Word(await host.Owner.RunAsync(Guid.Parse(headers.GetValues("x-hal9-run-id").Single()), Now), "status"));
        }
        finally
        {
            using var gone = await host.Owner.Http.DeleteAsync($"/api/v1/budgets/{budget.GetProperty("id").GetString()}", Now);
            Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task SameIdempotencyKey_GetsTheSameReplyOnce()
    {
        var key = Guid.NewGuid().ToString();

        var first = await SendAsync(key, Ask("scripted/fast", "Once."));
        var again = await SendAsync(key, Ask("scripted/fast", "Once."));
        var other = await SendAsync(key, Ask("scripted/fast", "Twice."));

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Equal(first, again);
        Assert.Single(host.Provider.Exchanges);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        Assert.Contains("idempotency_key_reused", other.Body, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Models_ListTheHierarchyAndTheProviders()
    {
        var list = await host.Owner.GetAsync("/v1/models", Now);
        var one = await host.Owner.GetAsync("/v1/models/scripted%2Ffast", Now);
        var plain = await host.Owner.GetAsync("/v1/models/hal9/deep", Now);
        using var none = await host.Owner.Http.GetAsync("/v1/models/nobody/model", Now);

        Assert.Equal("list", Word(list, "object"));
        var ids = list.GetProperty("data").EnumerateArray().Select(m => Word(m, "id")).ToList();
        Assert.Equal(["hal9/auto", "hal9/quick", "hal9/standard", "hal9/deep"], ids.Take(4));
        Assert.Contains("scripted/strong", ids);
        Assert.Equal(ids.Distinct(), ids);
        Assert.Equal(("scripted/fast", "model", "scripted"), (Word(one, "id"), Word(one, "object"), Word(one, "owned_by")));
        Assert.Equal("hal9/deep", Word(plain, "id"));
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Contains("model_not_found", await none.Content.ReadAsStringAsync(Now), StringComparison.Ordinal);
    }

    internal static JsonObject Ask(string model, string text) =>
        new() { ["model"] = model, ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }) };

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(string key, JsonObject body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await host.Owner.Http.SendAsync(request, Now);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Now));
    }

    private static string? Word(JsonElement owner, string name) => owner.GetProperty(name).GetString();
}
