using Hal9.Engine.Models.Providers;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Models.Coats;

/// <summary>The outermost coat, one per opened client: puts the context, the model, the format and the output limit on each call.</summary>
internal sealed class StampCoat(
    IChatClient inner, CallContext context, ModelRef model, Provider provider, ChatResponseFormat? format, int? maxOutputTokens, TimeSpan total, TimeProvider time) : Coat(inner)
{
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var deadline = time.GetUtcNow() + total;
        if (context.Envelope.Limits.Deadline is { } end && end < deadline)
        {
            deadline = end;
        }
        // A pass-through call names its model: no other may answer for it.
        // Providers are found whatever the case of their name; prices and costs know the configured spelling only.
        var ticket = new CallTicket(context, model with { Provider = provider.Name }, provider, deadline, MayFallBack: context.Neuron != "direct", Checked: format is not null, new AttemptState());
        var stamped = new CallOptions(options, ticket)
        {
            ModelId = model.Model,
            ResponseFormat = format ?? options?.ResponseFormat,
            MaxOutputTokens = Least(maxOutputTokens, options?.MaxOutputTokens),
            RawRepresentationFactory = null,
        };
        return InnerClient.GetStreamingResponseAsync(messages as IReadOnlyList<ChatMessage> ?? [.. messages], stamped, cancellationToken);
    }

    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(model.Provider, null, model.Model) : base.GetService(serviceType, serviceKey);

    private static int? Least(int? a, int? b) => a is null ? b : b is null ? a : Math.Min(a.Value, b.Value);
}
