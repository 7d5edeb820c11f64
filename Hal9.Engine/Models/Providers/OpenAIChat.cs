using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using Hal9.Engine.Models.Coats;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Hal9.Engine.Models.Providers;

/// <summary>Any OpenAI-compatible endpoint, through the OpenAI SDK. It always streams.</summary>
internal sealed class OpenAIChat : IChatClient
{
    private readonly HttpClient http;
    private readonly IChatClient client;
    private readonly OpenAIDialects dialects;
    private readonly WireFaults faults;

    public OpenAIChat(string name, Uri address, string? key, HttpMessageHandler network, TimeProvider time)
    {
        dialects = new OpenAIDialects(address);
        faults = new WireFaults(name, key, time);
        // Time limits are ours (TimeoutCoat), attempts too (RetryCoat).
        http = new HttpClient(new WireTap(new OpenAIShape(), faults, key is null, network), disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        client = new ChatClient("unnamed", new ApiKeyCredential(key ?? "none"), new OpenAIClientOptions
        {
            Endpoint = address,
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        }).AsIChatClient();
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var call = CallOptions.Of(options);
        var dialect = dialects.Of(call.ModelId);
        call.Ticket.Attempt.Wire.Learn = dialect.Learner();
        return WireStream.ReadAsync(client, messages.Select(AsWritten), Request(call, dialect), call.Ticket.Attempt.Wire, faults, cancellationToken);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => client.GetService(serviceType, serviceKey);

    public void Dispose()
    {
        client.Dispose();
        http.Dispose();
    }

    /// <summary>Earlier calls whose arguments were kept as text go as that text: the SDK knows only what could be parsed.</summary>
    private static ChatMessage AsWritten(ChatMessage message)
    {
        var calls = message.Contents.OfType<FunctionCallContent>().ToList();
        if (message.Role != ChatRole.Assistant || !calls.Exists(call => RawOf(call) is not null))
        {
            return message;
        }
        var written = new AssistantChatMessage(calls.ConvertAll(call => ChatToolCall.CreateFunctionToolCall(
            call.CallId, call.Name, BinaryData.FromString(RawOf(call) ?? JsonSerializer.Serialize(call.Arguments, AIJsonUtilities.DefaultOptions)))));
        if (message.Text is { Length: > 0 } text)
        {
            written.Content.Add(ChatMessageContentPart.CreateTextPart(text));
        }
        var copy = message.Clone();
        copy.RawRepresentation = written;
        return copy;
    }

    private static string? RawOf(FunctionCallContent call) => call.AdditionalProperties?.GetValueOrDefault(ModelService.RawArguments) switch
    {
        string text => text,
        // What was stored with a run comes back as JSON.
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => null,
    };

    /// <summary>The options as this endpoint wants them. What the SDK's types would reshape goes as raw JSON.</summary>
    private static ChatOptions Request(CallOptions call, OpenAIDialect dialect)
    {
        var format = call.ResponseFormat as ChatResponseFormatJson;
        var tools = call.Tools;
        var extra = call.AdditionalProperties;
        var most = call.MaxOutputTokens;
        return new ChatOptions
        {
            ModelId = call.ModelId,
            Temperature = call.Temperature,
            TopP = call.TopP,
            FrequencyPenalty = call.FrequencyPenalty,
            PresencePenalty = call.PresencePenalty,
            Seed = call.Seed,
            StopSequences = call.StopSequences,
            Instructions = call.Instructions,
            Reasoning = call.Reasoning,
            ResponseFormat = format is null ? call.ResponseFormat : null,
            RawRepresentationFactory = _ => dialect.Write(new ChatCompletionOptions(), most, format, tools, call.ToolMode, call.AllowMultipleToolCalls, extra),
        };
    }
}
