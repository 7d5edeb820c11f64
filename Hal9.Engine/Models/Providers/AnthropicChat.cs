using Anthropic;
using Anthropic.Core;
using Hal9.Engine.Models.Coats;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Models.Providers;

/// <summary>Anthropic, through its own SDK. It always streams.</summary>
internal sealed class AnthropicChat : IChatClient
{
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
        return WireStream.ReadAsync(client, messages, call, call.Ticket.Attempt.Wire, faults, cancellationToken);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => client.GetService(serviceType, serviceKey);

    public void Dispose()
    {
        client.Dispose();
        http.Dispose();
    }
}
