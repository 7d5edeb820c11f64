using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Models.Coats;

/// <summary>A leaf that succeeded before, in this process or in one that crashed, is answered from the journal: no call, no cost.</summary>
internal sealed class ReplayCoat(IChatClient inner) : Coat(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var context = CallOptions.Of(options).Ticket.Context;
        if (context.Journal.Replay(context.Leaf) is { } stored)
        {
            foreach (var update in stored.ToChatResponseUpdates())
            {
                yield return update;
            }
            yield break;
        }
        await foreach (var update in InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            yield return update;
        }
    }
}
