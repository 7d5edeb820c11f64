using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.AI;
using Polly;
using Polly.CircuitBreaker;

namespace Hal9.Engine.Models.Coats;

/// <summary>Leaves a provider alone that failed too often just now. Rate limits and refused requests are no failures of that kind.</summary>
internal sealed class BreakerCoat(IChatClient inner, CircuitTable circuits) : Coat(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var call = CallOptions.Of(options);
        if (circuits.Of(call.Ticket.Provider) is not { } circuit)
        {
            await foreach (var update in InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken))
            {
                yield return update;
            }
            yield break;
        }
        await using var stream = OpenInner(messages, call, cancellationToken);
        // The circuit judges the first step; what fails later is reported to it as a failure of its own.
        var step = await FirstAsync(circuit, stream, call.Ticket);
        while (step.Moved)
        {
            yield return stream.Current;
            var (moved, fault) = await stream.TryMoveAsync();
            step = new CircuitStep(moved, fault);
            if (fault is not null)
            {
                await ReportAsync(circuit, step);
            }
        }
        if (step.Fault is not null)
        {
            ExceptionDispatchInfo.Throw(step.Fault);
        }
    }

    private static async ValueTask<CircuitStep> FirstAsync(ResiliencePipeline<CircuitStep> pipeline, IAsyncEnumerator<ChatResponseUpdate> stream, CallTicket ticket)
    {
        try
        {
            return await pipeline.ExecuteAsync(static async (stream, _) =>
            {
                var (moved, fault) = await stream.TryMoveAsync();
                return new CircuitStep(moved, fault);
            }, stream, CancellationToken.None);
        }
        catch (BrokenCircuitException e)
        {
            throw new ModelCallFailed(ModelFault.CircuitOpen, $"{ticket.Provider.Name} failed too often just now and is left alone for a while.", e) { RetryAfter = e.RetryAfter };
        }
    }

    private static async ValueTask ReportAsync(ResiliencePipeline<CircuitStep> pipeline, CircuitStep step)
    {
        try
        {
            await pipeline.ExecuteAsync(static (step, _) => ValueTask.FromResult(step), step, CancellationToken.None);
        }
        catch (BrokenCircuitException)
        {
            // It is open already: nothing more to report.
        }
    }
}
