using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using System.Text;
using System.Text.Json;
using Anthropic;
using Anthropic.Core;
using Hal9.Engine.Models;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Hal9.Tests.Support;

/// <summary>The scripted provider, judged by the official clients: what they read is what a script said.</summary>
public sealed class ScriptedProviderTests : IAsyncLifetime
{
    private static readonly JsonElement Schema = JsonDocument.Parse("""
        { "type": "object", "additionalProperties": false, "required": ["outcome", "items", "count"], "properties": {
          "outcome": { "type": "string", "enum": ["delegate", "answer"] },
          "items": { "type": "array", "items": { "type": "object", "required": ["number", "needs"], "additionalProperties": false,
            "properties": { "number": { "type": "integer" }, "needs": { "type": "array", "items": { "type": "integer" } } } } },
          "count": { "type": "integer" } } }
        """).RootElement;

    private ScriptedProvider provider = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => provider = await ScriptedProvider.StartAsync();

    public ValueTask DisposeAsync() => provider.DisposeAsync();

    [Theory]
    [InlineData(ProviderKind.OpenAI, false)]
    [InlineData(ProviderKind.OpenAI, true)]
    [InlineData(ProviderKind.Anthropic, false)]
    [InlineData(ProviderKind.Anthropic, true)]
    public async Task Answer_WithUsage_ReachesTheClientUnchanged(ProviderKind kind, bool stream)
    {
        const string text = "A text that is longer than one chunk, with ümlauts and a\nline break.";
        provider.Enqueue(new ScriptedReply { Text = text, Usage = new ScriptedUsage(1200, 345, Cached: 1000, Reasoning: 45) });

        var response = await AskAsync(kind, stream);

        Assert.Equal(text, response.Text);
        Assert.Equal(345, response.Usage?.OutputTokenCount);
        Assert.Equal(1000, response.Usage?.CachedInputTokenCount);
        var exchange = Assert.Single(provider.Exchanges);
        Assert.Equal(ExchangeOutcome.Answered, await exchange.Ended);
        Assert.Equal(stream, exchange.Request.Stream);
        Assert.Equal("scripted-large", exchange.Request.Model);
        Assert.Equal("Hello?", exchange.Request.LastUser);
    }

    [Theory]
    [InlineData(ProviderKind.OpenAI, false)]
    [InlineData(ProviderKind.OpenAI, true)]
    [InlineData(ProviderKind.Anthropic, false)]
    [InlineData(ProviderKind.Anthropic, true)]
    public async Task ForcedTool_WithoutScript_IsCalledWithArgumentsThatFitItsSchema(ProviderKind kind, bool stream)
    {
        var options = new ChatOptions { Tools = [AIFunctionFactory.CreateDeclaration("report", "Reports.", Schema)], ToolMode = ChatToolMode.RequireSpecific("report") };

        var response = await AskAsync(kind, stream, options);

        var call = Assert.Single(response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>());
        Assert.Equal("report", call.Name);
        Assert.Equal("delegate", call.Arguments!["outcome"]?.ToString());
        Assert.Equal("""[{"number":1,"needs":[]},{"number":2,"needs":[]}]""", JsonSerializer.Serialize(call.Arguments["items"]));
        Assert.Equal("report", provider.Exchanges[0].Request.SchemaName);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ResponseFormat_WithoutScript_IsAnsweredBySchema(bool stream)
    {
        provider.ItemsPerArray = 1;

        var response = await AskAsync(ProviderKind.OpenAI, stream, new ChatOptions { ResponseFormat = Microsoft.Extensions.AI.ChatResponseFormat.ForJsonSchema(Schema, "plan") });

        Assert.Equal("""{"outcome":"delegate","items":[{"number":1,"needs":[]}],"count":1}""", response.Text);
        Assert.Equal("plan", provider.Exchanges[0].Request.SchemaName);
    }

    [Theory]
    [InlineData(ProviderKind.OpenAI)]
    [InlineData(ProviderKind.Anthropic)]
    public async Task Status_IsSentWithItsRetryAfter(ProviderKind kind)
    {
        using var client = new HttpClient();
        provider.Enqueue(
            ScriptedReply.Fail(Fault.RateLimited(7)), ScriptedReply.Fail(Fault.RateLimited()), ScriptedReply.Fail(Fault.RateLimitedWith("-99999999999999")), ScriptedReply.Fail(Fault.ModelNotFound));

        var answers = new List<(HttpStatusCode, string?)>();
        for (var i = 0; i < 4; i++)
        {
            using var answer = await PostAsync(client, kind, stream: false, Token);
            answers.Add((answer.StatusCode, answer.Headers.TryGetValues("retry-after", out var values) ? values.Single() : null));
        }

        Assert.Equal([(HttpStatusCode.TooManyRequests, "7"), (HttpStatusCode.TooManyRequests, null), (HttpStatusCode.TooManyRequests, "-99999999999999"), (HttpStatusCode.NotFound, null)], answers);
    }

    [Theory]
    [InlineData(ProviderKind.OpenAI)]
    [InlineData(ProviderKind.Anthropic)]
    public async Task Truncate_EndsTheStreamCleanlyWithoutItsEnd(ProviderKind kind)
    {
        provider.Enqueue(ScriptedReply.Of(new string('x', 500)) with { Fault = Fault.Truncate(3) });
        using var client = new HttpClient();

        using var answer = await PostAsync(client, kind, stream: true, Token);
        var body = await answer.Content.ReadAsStringAsync(Token);

        Assert.Equal(3, body.Split(new string('x', 24)).Length - 1);
        Assert.DoesNotContain("[DONE]", body, StringComparison.Ordinal);
        Assert.DoesNotContain("message_stop", body, StringComparison.Ordinal);
        Assert.Equal(ExchangeOutcome.Faulted, await provider.Exchanges[0].Ended);
    }

    [Theory]
    [InlineData(ProviderKind.OpenAI, true)]
    [InlineData(ProviderKind.OpenAI, false)]
    [InlineData(ProviderKind.Anthropic, true)]
    public async Task Reset_BreaksTheConnection(ProviderKind kind, bool stream)
    {
        provider.Enqueue(ScriptedReply.Fail(Fault.Reset(1)));
        using var client = new HttpClient();

        var read = async () =>
        {
            using var answer = await PostAsync(client, kind, stream, Token);
            return await answer.Content.ReadAsStringAsync(Token);
        };

        await Assert.ThrowsAnyAsync<Exception>(read);
        Assert.Equal(ExchangeOutcome.Faulted, await provider.Exchanges[0].Ended);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stall_EndsWhenTheClientLeaves(bool stream)
    {
        provider.Enqueue(ScriptedReply.Fail(Fault.Stall(1)));
        using var client = new HttpClient();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var answer = await PostAsync(client, ProviderKind.OpenAI, stream, leaving.Token);
        var exchange = await provider.ArrivalAsync(1, Token);

        answer.Dispose();

        Assert.Equal(ExchangeOutcome.ClientLeft, await exchange.Ended.WaitAsync(Token));
    }

    [Fact]
    public async Task Hold_KeepsTheReplyUntilItIsOpened()
    {
        var gate = new ScriptedGate();
        provider.Enqueue(ScriptedReply.Of("late") with { Hold = gate });

        var asking = AskAsync(ProviderKind.OpenAI, stream: true);
        await gate.Reached.WaitAsync(Token);
        Assert.False(asking.IsCompleted);
        gate.Open();

        Assert.Equal("late", (await asking).Text);
    }

    [Fact]
    public async Task Script_SeesTheRequestAndLeavesTheRestToTheDefault()
    {
        provider.Script(request => request.LastUser.Contains("Hello", StringComparison.Ordinal) ? ScriptedReply.Of("Hi.") : null);

        var scripted = await AskAsync(ProviderKind.OpenAI, stream: false);
        var other = await AskAsync(ProviderKind.OpenAI, stream: false, question: "Bye");

        Assert.Equal("Hi.", scripted.Text);
        Assert.Equal("This is a scripted answer of scripted-large to: Bye", other.Text);
    }

    [Fact]
    public async Task MissingUsage_IsToldToNobody()
    {
        provider.Default = new ScriptedReply { Usage = ScriptedUsage.Missing };

        var response = await AskAsync(ProviderKind.OpenAI, stream: true);

        Assert.Null(response.Usage);
        Assert.False(provider.Exchanges[0].Billed);
    }

    [Fact]
    public async Task Models_AreListed()
    {
        var client = new OpenAIClient(new ApiKeyCredential("sk-test"), new OpenAIClientOptions { Endpoint = new Uri(provider.BaseUrl) });

        var models = await client.GetOpenAIModelClient().GetModelsAsync(Token);

        Assert.Equal(["scripted-large", "scripted-small"], models.Value.Select(m => m.Id));
    }

    private async Task<ChatResponse> AskAsync(ProviderKind kind, bool stream, ChatOptions? options = null, string question = "Hello?")
    {
        using var client = kind == ProviderKind.Anthropic
            ? new AnthropicClient(new ClientOptions { BaseUrl = provider.UrlFor(kind), ApiKey = "sk-test", MaxRetries = 0 }).AsIChatClient("scripted-large", 500)
            : new ChatClient("scripted-large", new ApiKeyCredential("sk-test"), new OpenAIClientOptions { Endpoint = new Uri(provider.UrlFor(kind)), RetryPolicy = new ClientRetryPolicy(0) }).AsIChatClient();
        ChatMessage[] messages = [new(ChatRole.System, "Be brief."), new(ChatRole.User, question)];
        return stream
            ? await client.GetStreamingResponseAsync(messages, options, Token).ToChatResponseAsync(Token)
            : await client.GetResponseAsync(messages, options, Token);
    }

    private async Task<HttpResponseMessage> PostAsync(HttpClient client, ProviderKind kind, bool stream, CancellationToken cancellationToken)
    {
        var path = kind == ProviderKind.Anthropic ? "/v1/messages" : "/chat/completions";
        var body = $$"""{ "model": "m", "stream": {{(stream ? "true" : "false")}}, "max_tokens": 100, "messages": [ { "role": "user", "content": [ { "type": "text", "text": "Hello?" } ] } ] }""";
        using var request = new HttpRequestMessage(HttpMethod.Post, provider.UrlFor(kind) + path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }
}
