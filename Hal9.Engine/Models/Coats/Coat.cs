using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Models.Coats;

/// <summary>A coat wraps the stream of a call. A whole answer is a stream put together, so that every limit holds for it too.</summary>
internal abstract class Coat(IChatClient inner) : DelegatingChatClient(inner)
{
    public sealed override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<ChatResponseUpdate> updates = [];
        await foreach (var update in GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            if (StructureCoat.IsRestart(update))
            {
                updates.Clear();
                continue;
            }
            updates.Add(update);
        }
        return updates.ToChatResponse();
    }

    public abstract override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>The stream below, opened.</summary>
    protected IAsyncEnumerator<ChatResponseUpdate> OpenInner(IEnumerable<ChatMessage> messages, CallOptions options, CancellationToken cancellationToken) =>
        InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
}

internal static class Streams
{
    /// <summary>The next step of a stream, or its fault as a value: an iterator cannot yield inside a try that catches.</summary>
    /// <remarks>Awaited once and at once, so that what it needs can be used again.</remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<(bool Moved, Exception? Fault)> TryMoveAsync<T>(this IAsyncEnumerator<T> stream)
    {
        try
        {
            return (await stream.MoveNextAsync(), null);
        }
        catch (Exception e)
        {
            return (false, e);
        }
    }

    /// <summary>Whether an update carries anything of the answer itself.</summary>
    public static bool HasContent(this ChatResponseUpdate update)
    {
        foreach (var content in update.Contents)
        {
            if (content is not (UsageContent or TextContent { Text.Length: 0 } or TextReasoningContent { Text.Length: 0 }))
            {
                return true;
            }
        }
        return false;
    }
}
