using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Tests.Support;

namespace Hal9.Tests.Web.Api;

/// <summary>The stream, byte by byte.</summary>
[Collection(Hal9HostCollection.Name)]
public sealed class ChatStreamTests(Hal9Host host) : IAsyncLifetime
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        host.Provider.Reset();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact(Timeout = 60_000)]
    public async Task WithUsage_HasNullOnEveryChunkAndAllOfItInTheLast()
    {
        host.Provider.Enqueue(ScriptedReply.Of("Tea is a drink made of leaves — blå.") with { Usage = new ScriptedUsage(20, 9, Cached: 4, Reasoning: 2), ChunkSize = 5 });

        var (headers, text) = await ReadAsync(Ask("scripted/fast", includeUsage: true));

        var events = EventsOf(text);
        Assert.Equal("[DONE]", events[^1]);
        var chunks = events.SkipLast(1).Select(e => JsonDocument.Parse(e).RootElement).ToList();
        var run = Guid.Parse(headers.GetValues("x-hal9-run-id").Single());
        Assert.Equal([$"chatcmpl-{run:N}"], chunks.Select(c => c.GetProperty("id").GetString()).Distinct());
        Assert.Single(chunks.Select(c => c.GetProperty("created").GetInt64()).Distinct());
        Assert.All(chunks, c => Assert.Equal("chat.completion.chunk", c.GetProperty("object").GetString()));
        Assert.Equal("""{"role":"assistant","content":""}""", chunks[0].GetProperty("choices")[0].GetProperty("delta").GetRawText());
        Assert.Equal("Tea is a drink made of leaves — blå.", string.Concat(chunks.SkipLast(2).Select(ContentOf)));
        Assert.All(chunks.SkipLast(1), c => Assert.Equal(JsonValueKind.Null, c.GetProperty("usage").ValueKind));
        Assert.All(chunks.SkipLast(2), c => Assert.Equal(JsonValueKind.Null, c.GetProperty("choices")[0].GetProperty("finish_reason").ValueKind));
        Assert.Equal("""[{"index":0,"delta":{},"finish_reason":"stop","logprobs":null}]""", chunks[^2].GetProperty("choices").GetRawText());
        Assert.Equal("[]", chunks[^1].GetProperty("choices").GetRawText());
        Assert.Equal(
            """{"prompt_tokens":20,"completion_tokens":9,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}""",
            chunks[^1].GetProperty("usage").GetRawText());
        var note = chunks[^1].GetProperty("hal9");
        Assert.Equal((run, HandPrice.NanoFor(host.Provider.Exchanges), "live"), (note.GetProperty("runId").GetGuid(), note.GetProperty("costNanoUsd").GetInt64(), note.GetProperty("provenance").GetString()));
    }

    [Fact(Timeout = 60_000)]
    public async Task WithoutUsage_NoChunkSpeaksOfIt()
    {
        var (_, text) = await ReadAsync(Ask("hal9/quick", includeUsage: false));

        Assert.DoesNotContain("\"usage\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"hal9\"", text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task EachPiece_IsSentAtOnce()
    {
        var gate = new ScriptedGate();
        host.Provider.Enqueue(ScriptedReply.Of("first second") with { ChunkSize = 6, HoldWithin = gate, HoldAfterChunks = 1 });

        using var answer = await OpenAsync(Ask("scripted/fast", includeUsage: false));
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Now));
        var before = "";
        while (!before.Contains("first", StringComparison.Ordinal))
        {
            before += await reader.ReadLineAsync(Now) + "\n";
        }
        gate.Open();
        var after = await reader.ReadToEndAsync(Now);

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("second", before, StringComparison.Ordinal);
        Assert.Contains("second", after, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task ClientThatLeaves_CancelsTheRunAndPaysWhatWasUsed()
    {
        var gate = new ScriptedGate();
        host.Provider.Enqueue(ScriptedReply.Of("a long answer that nobody reads to its end") with { ChunkSize = 6, HoldWithin = gate, HoldAfterChunks = 2 });
        Guid run;
        using (var answer = await OpenAsync(Ask("scripted/strong", includeUsage: true)))
        {
            run = Guid.Parse(answer.Headers.GetValues("x-hal9-run-id").Single());
            await gate.Reached.WaitAsync(Now);
        }

        var ended = await host.Owner.EndedRunAsync(run, Now);

        Assert.Equal("cancelled", ended.GetProperty("status").GetString());
        Assert.Equal(ExchangeOutcome.ClientLeft, await host.Provider.Exchanges[0].Ended.WaitAsync(Now));
        var entries = (await host.Owner.LedgerAsync(Now)).Where(e => e.GetProperty("runId").GetGuid() == run).ToList();
        Assert.Equal(["reserve", "settle"], entries.Select(e => e.GetProperty("kind").GetString()));
        Assert.True(entries[1].GetProperty("amountNanoUsd").GetInt64() > 0);
        Assert.Contains("estimated", entries[1].GetProperty("flags").EnumerateArray().Select(f => f.GetString()));
    }

    [Fact(Timeout = 60_000)]
    public async Task ClientThatLeaves_AfterFivePieces_LeavesARowWithTheRealTokensAndPrice()
    {
        var gate = new ScriptedGate();
        host.Provider.Enqueue(ScriptedReply.Of("a long answer that nobody reads to its end") with { ChunkSize = 6, HoldWithin = gate, HoldAfterChunks = 5, Usage = new ScriptedUsage(31, 17) });
        Guid run;
        using (var answer = await OpenAsync(Ask("scripted/strong", includeUsage: true)))
        {
            run = Guid.Parse(answer.Headers.GetValues("x-hal9-run-id").Single());
            await gate.Reached.WaitAsync(Now);
        }
        await host.Owner.EventsAsync(run, 0, Now).FirstAsync(e => e.Type == "CancelRequested", Now);
        gate.Open();

        var ended = await host.Owner.EndedRunAsync(run, Now);

        var call = ended.GetProperty("steps")[0].GetProperty("modelCalls")[0];
        Assert.Equal(("cancelled", false, 31, 17), (ended.GetProperty("status").GetString(), call.GetProperty("usageEstimated").GetBoolean(), call.GetProperty("inputTokens").GetInt32(), call.GetProperty("outputTokens").GetInt32()));
        Assert.Equal(HandPrice.NanoFor(host.Provider.Exchanges), ended.GetProperty("costNanoUsd").GetInt64());
        Assert.Equal(ExchangeOutcome.Answered, await host.Provider.Exchanges[0].Ended.WaitAsync(Now));
    }

    [Fact(Timeout = 60_000)]
    public async Task ClientThatLeaves_BeforeAPlainReply_CancelsTheRun()
    {
        var gate = new ScriptedGate();
        host.Provider.Enqueue(ScriptedReply.Of("late") with { Hold = gate });
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var asking = host.Owner.Http.PostAsJsonAsync("/v1/chat/completions", ChatTests.Ask("scripted/fast", "x"), leaving.Token);
        await gate.Reached.WaitAsync(Now);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);

        Assert.Equal(ExchangeOutcome.ClientLeft, await host.Provider.Exchanges[0].Ended.WaitAsync(Now));
    }

    [Fact(Timeout = 60_000)]
    public async Task FailureAfterTheFirstPiece_IsAnErrorEventAndTheEnd()
    {
        host.Provider.Enqueue(ScriptedReply.Of("a text that breaks off in the middle of it") with { ChunkSize = 6, Fault = Fault.Truncate(afterChunks: 3) });

        var (_, text) = await ReadAsync(Ask("scripted/fast", includeUsage: true));

        var events = EventsOf(text);
        var error = JsonDocument.Parse(events[^1]).RootElement.GetProperty("error");
        Assert.Equal("server_error", error.GetProperty("type").GetString());
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task FailureBeforeTheFirstPiece_IsAnOrdinaryError()
    {
        host.Provider.Enqueue(ScriptedReply.Fail(Fault.RateLimited(3600)));

        using var answer = await OpenAsync(Ask("scripted/fast", includeUsage: true));

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal("rate_limit_exceeded", (await answer.Content.ReadFromJsonAsync<JsonElement>(Now)).GetProperty("error").GetProperty("type").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task ToolCall_ComesAsADeltaWithItsIndex()
    {
        var body = Ask("scripted/fast", includeUsage: false);
        body["tools"] = JsonNode.Parse("""[{"type":"function","function":{"name":"now","parameters":{"type":"object","properties":{}}}}]""");
        host.Provider.Enqueue(new ScriptedReply { ToolCalls = [new ScriptedToolCall("now", "{}", "call_9")] });

        var (_, text) = await ReadAsync(body);

        var chunks = EventsOf(text).SkipLast(1).Select(e => JsonDocument.Parse(e).RootElement.GetProperty("choices")[0]).ToList();
        var call = Assert.Single(chunks, c => c.GetProperty("delta").TryGetProperty("tool_calls", out _)).GetProperty("delta").GetProperty("tool_calls")[0];
        Assert.Equal("""{"index":0,"id":"call_9","type":"function","function":{"name":"now","arguments":"{}"}}""", call.GetRawText());
        Assert.Equal("tool_calls", chunks[^1].GetProperty("finish_reason").GetString());
    }

    private static JsonObject Ask(string model, bool includeUsage)
    {
        var body = ChatTests.Ask(model, "What is tea?");
        body["stream"] = true;
        if (includeUsage)
        {
            body["stream_options"] = new JsonObject { ["include_usage"] = true };
        }
        return body;
    }

    private async Task<HttpResponseMessage> OpenAsync(JsonObject body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = JsonContent.Create(body) };
        return await host.Owner.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Now);
    }

    private async Task<(System.Net.Http.Headers.HttpResponseHeaders Headers, string Text)> ReadAsync(JsonObject body)
    {
        using var answer = await OpenAsync(body);
        var text = await answer.Content.ReadAsStringAsync(Now);
        Assert.True(answer.IsSuccessStatusCode, text);
        return (answer.Headers, text);
    }

    /// <summary>Every event is one data line and an empty line; comments are skipped.</summary>
    private static List<string> EventsOf(string text)
    {
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        var events = text[..^2].Split("\n\n").Where(e => !e.StartsWith(':')).ToList();
        Assert.All(events, e => Assert.StartsWith("data: ", e, StringComparison.Ordinal));
        Assert.All(events, e => Assert.DoesNotContain('\n', e));
        return events.ConvertAll(e => e["data: ".Length..]);
    }

    private static string ContentOf(JsonElement chunk) =>
        chunk.GetProperty("choices")[0].GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString()! : "";
}
