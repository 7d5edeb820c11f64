using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Models.Coats;

/// <summary>Ends an attempt whose first token, next piece or whole answer takes too long, with an error that says which.</summary>
internal sealed class TimeoutCoat(IChatClient inner, ModelTimeouts limits, TimeProvider time) : Coat(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var call = CallOptions.Of(options);
        var begun = false;
        var firstDeadline = time.GetUtcNow() + TimeSpan.FromSeconds(limits.FirstTokenSeconds);
        using var clock = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        await using var stream = OpenInner(messages, call, ending.Token);
        while (true)
        {
            var (left, reason) = Next(call.Ticket, begun, firstDeadline);
            if (left <= TimeSpan.Zero)
            {
                throw Passed(call.Ticket, reason);
            }
            clock.CancelAfter(left);
            var (moved, fault) = await stream.TryMoveAsync();
            if (fault is not null && clock.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw Passed(call.Ticket, reason);
            }
            if (fault is not null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ExceptionDispatchInfo.Throw(fault);
            }
            if (!moved)
            {
                yield break;
            }
            begun |= stream.Current.HasContent();
            // The reader's own time does not count.
            clock.CancelAfter(Timeout.InfiniteTimeSpan);
            yield return stream.Current;
        }
    }

    private (TimeSpan Left, string Reason) Next(CallTicket ticket, bool begun, DateTimeOffset firstDeadline)
    {
        var now = time.GetUtcNow();
        var whole = ticket.Deadline - now;
        var step = begun ? TimeSpan.FromSeconds(limits.IdleSeconds) : firstDeadline - now;
        return whole < step
            ? (whole, "did not finish within the time that the call had.")
            : begun
                ? (step, string.Create(CultureInfo.InvariantCulture, $"stopped in the middle of its answer: nothing came for {limits.IdleSeconds:0.###} s."))
                : (step, string.Create(CultureInfo.InvariantCulture, $"did not begin to answer within {limits.FirstTokenSeconds:0.###} s."));
    }

    private static ModelCallFailed Passed(CallTicket ticket, string reason) => new(ModelFault.Timeout, $"{ticket.Model} {reason}");
}
