using System.Runtime.CompilerServices;
using Hal9.Engine.Models.Coats;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Models.Providers;

/// <summary>Reads an SDK's stream: faults in our words, and what the SDK loses added from the wire.</summary>
internal static class WireStream
{
    public static async IAsyncEnumerable<ChatResponseUpdate> ReadAsync(
        IChatClient sdk, IEnumerable<ChatMessage> messages, ChatOptions request, WireRecord record, WireFaults faults, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The tap finds the record here when the SDK sends the request, which it does within the first step.
        WireRecord.Current.Value = record;
        var calls = 0;
        await using var stream = sdk.GetStreamingResponseAsync(messages, request, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            var (moved, fault) = await stream.TryMoveAsync();
            if (!moved)
            {
                if (fault is not null)
                {
                    throw record.Fault ?? (fault is ModelCallFailed || (fault is OperationCanceledException && cancellationToken.IsCancellationRequested)
                        ? fault
                        : record.Sent ? faults.Unreadable(fault) : faults.NotSent(fault));
                }
                // Some SDKs stop at the end mark without reading on, so the tap never sees the end of the stream.
                if (!record.Answered)
                {
                    throw record.Fault = faults.Empty();
                }
                yield break;
            }
            // Arguments that are no JSON are lost in the parsed content; their text is kept beside it.
            foreach (var call in stream.Current.Contents.OfType<FunctionCallContent>())
            {
                (call.AdditionalProperties ??= [])[ModelService.RawArguments] = record.ArgumentsOf(calls++);
            }
            yield return stream.Current;
        }
    }
}
