using System.Net;
using System.Text;
using Hal9.Engine.Models;
using Hal9.Engine.Models.Coats;
using Hal9.Engine.Models.Providers;
using Microsoft.Extensions.AI;

namespace Hal9.Tests.Engine.Models;

/// <summary>Endpoints with habits of their own, which a scripted provider does not have.</summary>
public sealed class WireTapTests
{
    private const string Chunk = """data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}""";

    [Fact]
    public async Task Endpoint_ThatCannotStream_AnswersWhole()
    {
        var (text, call) = await AskAsync("application/json", """
            {"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Whole.",
             "tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"at\":1}"}}]},"finish_reason":"tool_calls"}],
             "usage":{"prompt_tokens":3,"completion_tokens":2}}
            """);

        Assert.Equal("Whole.", text.Text);
        Assert.Equal("look", Assert.Single(text.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>()).Name);
        Assert.Equal("""{"prompt_tokens":3,"completion_tokens":2}""", call.Attempt.Wire.RawUsage);
    }

    [Fact]
    public async Task Anthropic_ThatCannotStream_AnswersWhole()
    {
        using var network = new OneAnswer("application/json", """
            {"id":"msg_1","type":"message","role":"assistant","model":"m","stop_reason":"tool_use","stop_sequence":null,
             "content":[{"type":"text","text":"Whole."},{"type":"tool_use","id":"c1","name":"look","input":{"at":1}}],
             "usage":{"input_tokens":3,"cache_read_input_tokens":4,"output_tokens":2}}
            """, HttpStatusCode.OK, null);
        using var chat = new AnthropicChat("odd", new Uri("http://odd.test"), "sk-hidden", network, TimeProvider.System);

        var (answer, call) = await AskAsync(chat, ProviderKind.Anthropic);

        Assert.Equal(("Whole.", ChatFinishReason.ToolCalls), (answer.Text, answer.FinishReason));
        var look = Assert.Single(answer.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>());
        Assert.Equal(("c1", "look", "1", """{"at":1}"""), (look.CallId, look.Name, look.Arguments!["at"]!.ToString(), look.AdditionalProperties![ModelService.RawArguments]));
        Assert.Equal("""{"input_tokens":3,"cache_read_input_tokens":4,"output_tokens":2}""", call.Attempt.Wire.RawUsage);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("text/html")]
    [InlineData("application/octet-stream")]
    public async Task Stream_UnderAnotherName_IsAStream(string mediaType)
    {
        var (text, _) = await AskAsync(mediaType, $": keep-alive\n\n{Chunk}\n\n{Chunk}\n\ndata: [DONE]\n\n");

        Assert.Equal("HiHi", text.Text);
    }

    [Theory]
    [InlineData("eos")]
    [InlineData("end_turn")]
    [InlineData("")]
    public async Task FinishReason_OfAnUnknownKind_IsAnEnd(string reason)
    {
        var (text, _) = await AskAsync("text/event-stream", $"{Chunk}\n\n{Chunk.Replace("\"finish_reason\":null", $"\"finish_reason\":\"{reason}\"", StringComparison.Ordinal)}\n\n");

        Assert.Equal("HiHi", text.Text);
        Assert.Equal(ChatFinishReason.Stop, text.FinishReason);
    }

    [Fact]
    public async Task Lines_WithCarriageReturnsCommentsAndNoBlank_AreUnderstood()
    {
        var (text, _) = await AskAsync("text/event-stream", $": keep-alive\r\n\r\n{Chunk}\r\n\r\nevent: x\r\n{Chunk.Replace("data: ", "data:", StringComparison.Ordinal)}\r\n\r\ndata: [DONE]");

        Assert.Equal("HiHi", text.Text);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task Event_SpreadOverSeveralLines_IsOneEvent(string end)
    {
        var spread = Chunk.Replace("data: ", "", StringComparison.Ordinal).Replace(",\"", $",{end}data: \"", StringComparison.Ordinal);

        var (text, _) = await AskAsync("text/event-stream", $"data: {spread}{end}{end}{Chunk}{end}{end}data: [DONE]{end}{end}");

        Assert.Equal("HiHi", text.Text);
    }

    [Fact]
    public async Task ToolArguments_SentAsAnObject_AreTakenAsTheirText()
    {
        var (answer, _) = await AskAsync("text/event-stream", """
            data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"look","arguments":{"at":1}}}]},"finish_reason":"tool_calls"}]}

            data: [DONE]


            """);

        var call = Assert.Single(answer.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>());
        Assert.Equal("""{"at":1}""", call.AdditionalProperties![ModelService.RawArguments]);
        Assert.Equal("1", call.Arguments!["at"]!.ToString());
    }

    [Theory]
    [InlineData("""{"detail":"Model weights are missing."}""", "Model weights are missing.")]
    [InlineData("""{"detail":[{"loc":["body","temperature"],"msg":"too hot"}]}""", "too hot")]
    public async Task Complaint_OfAFastApiServer_IsTold(string body, string says)
    {
        var failed = await Assert.ThrowsAsync<ModelCallFailed>(() => AskAsync("application/json", body, HttpStatusCode.UnprocessableEntity));

        Assert.Contains(says, failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, "false", false)]
    [InlineData(HttpStatusCode.BadRequest, "true", true)]
    [InlineData(HttpStatusCode.BadRequest, "perhaps", null)]
    [InlineData(HttpStatusCode.BadRequest, null, null)]
    public async Task ShouldRetry_OfTheProvider_IsKept(HttpStatusCode status, string? header, bool? expected)
    {
        var failed = await Assert.ThrowsAsync<ModelCallFailed>(() => AskAsync("application/json", "{}", status, header));

        Assert.Equal(expected, failed.ShouldRetry);
    }

    [Theory]
    [InlineData("application/json", """{"error":{"message":"Model is loading","type":"server_error"}}""", ModelFault.ProviderError, "Model is loading")]
    [InlineData("application/json", """{"error":"no such model"}""", ModelFault.ProviderError, "no such model")]
    [InlineData("application/json", """{"hello":"world"}""", ModelFault.BadResponse, "where a stream of events was asked for")]
    [InlineData("application/json", """{"hello":""", ModelFault.BadResponse, "not JSON")]
    [InlineData("text/plain", "sk-hidden says hello", ModelFault.BadResponse, "text/plain")]
    [InlineData("text/event-stream", "data: sk-hidden is my name\n\n", ModelFault.BadResponse, "*** is my name")]
    [InlineData("text/event-stream", "data: {\"begun\": ", ModelFault.BadResponse, "not JSON")]
    [InlineData("text/event-stream", "", ModelFault.BadResponse, "without any choice")]
    public async Task Nonsense_IsATypedErrorWithoutTheKey(string mediaType, string body, ModelFault fault, string says)
    {
        var failed = await Assert.ThrowsAsync<ModelCallFailed>(() => AskAsync(mediaType, body));

        Assert.Equal(fault, failed.Fault);
        Assert.Contains(says, failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-hidden", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirect_IsNotFollowed()
    {
        var failed = await Assert.ThrowsAsync<ModelCallFailed>(() => AskAsync("text/html", "", HttpStatusCode.Redirect));

        Assert.Contains("redirect", failed.Message, StringComparison.Ordinal);
    }

    private static async Task<(ChatResponse, CallTicket)> AskAsync(string mediaType, string body, HttpStatusCode status = HttpStatusCode.OK, string? shouldRetry = null)
    {
        using var network = new OneAnswer(mediaType, body, status, shouldRetry);
        using var chat = new OpenAIChat("odd", new Uri("http://odd.test/v1"), "sk-hidden", network, TimeProvider.System);
        return await AskAsync(chat, ProviderKind.OpenAI);
    }

    private static async Task<(ChatResponse, CallTicket)> AskAsync(IChatClient chat, ProviderKind kind)
    {
        using var provider = new Provider("odd", kind, new Uri("http://odd.test/v1"), [], chat);
        var ticket = new CallTicket(null!, new ModelRef("odd", "m"), provider, DateTimeOffset.MaxValue, false, false, new AttemptState());
        var options = new CallOptions(new ChatOptions { MaxOutputTokens = 10 }, ticket) { ModelId = "m" };
        return (await chat.GetResponseAsync([new(ChatRole.User, "Hi.")], options, TestContext.Current.CancellationToken), ticket);
    }

    private sealed class OneAnswer(string mediaType, string body, HttpStatusCode status, string? shouldRetry) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, mediaType), RequestMessage = request };
            if (shouldRetry is not null)
            {
                response.Headers.Add("x-should-retry", shouldRetry);
            }
            return Task.FromResult(response);
        }
    }
}
