using System.Text.Json;
using Anthropic;
using Anthropic.Core;
using Hal9.Engine.Models.Coats;
using Microsoft.Extensions.AI;
using MessageCreateParams = Anthropic.Models.Messages.MessageCreateParams;

namespace Hal9.Engine.Models.Providers;

/// <summary>Anthropic, through its own SDK. It always streams.</summary>
internal sealed class AnthropicChat : IChatClient
{
    private static readonly Dictionary<string, JsonElement> NoFields = [];
    private readonly HttpClient http;
    private readonly IChatClient client;
    private readonly WireFaults faults;

    public AnthropicChat(string name, Uri? address, string key, HttpMessageHandler network, TimeProvider time)
    {
        faults = new WireFaults(name, key, time);
        // Time limits are ours (TimeoutCoat), attempts too (RetryCoat).
        http = new HttpClient(new WireTap(new AnthropicShape(), faults, keyless: false, network), disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        var options = new ClientOptions { ApiKey = key, HttpClient = http, MaxRetries = 0, Timeout = Timeout.InfiniteTimeSpan };
        if (address is not null)
        {
            options.BaseUrl = address.ToString().TrimEnd('/');
        }
        client = new AnthropicClient(options).AsIChatClient();
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var call = CallOptions.Of(options);
        return WireStream.ReadAsync(client, messages, Request(call), call.Ticket.Attempt.Wire, faults, cancellationToken);
    }

    /// <summary>The SDK leaves out sampling options, which the newest models refuse and all others take: they go as raw JSON.</summary>
    private static ChatOptions Request(CallOptions call)
    {
        Dictionary<string, JsonElement> raw = [];
        Add("temperature", call.Temperature);
        Add("top_p", call.TopP);
        Add("top_k", call.TopK);
        if (raw.Count == 0)
        {
            return call;
        }
        Add("max_tokens", call.MaxOutputTokens);
        Add("model", call.ModelId);
        Add("messages", Array.Empty<object>());
        var request = call.Clone();
        request.RawRepresentationFactory = _ => MessageCreateParams.FromRawUnchecked(NoFields, NoFields, raw);
        return request;

        void Add<T>(string name, T? value)
        {
            if (value is not null)
            {
                raw[name] = JsonSerializer.SerializeToElement(value);
            }
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => client.GetService(serviceType, serviceKey);

    public void Dispose()
    {
        client.Dispose();
        http.Dispose();
    }
}
