using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Hal9.Engine.Diagnostics;
using Hal9.Engine.Models.Providers;
using Microsoft.Extensions.AI;
using Polly;
using Polly.CircuitBreaker;

namespace Hal9.Engine.Models.Coats;

/// <summary>Leaves a provider alone that failed too often just now. Rate limits and refused requests are no failures of that kind.</summary>
internal sealed class BreakerCoat : Coat
{
    private readonly Dictionary<Provider, (ResiliencePipeline<Step> Pipeline, CircuitBreakerStateProvider State)> circuits = [];

    public BreakerCoat(IChatClient inner, ProviderTable providers, BreakerOptions options, TimeProvider time)
        : base(inner)
    {
        foreach (var provider in providers.All.Where(p => p.Kind != ProviderKind.Offline))
        {
            var state = new CircuitBreakerStateProvider();
            var builder = new ResiliencePipelineBuilder<Step> { TimeProvider = time };
            builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions<Step>
            {
                FailureRatio = options.FailureRatio,
                MinimumThroughput = options.MinimumThroughput,
                SamplingDuration = TimeSpan.FromSeconds(options.SamplingSeconds),
                BreakDuration = TimeSpan.FromSeconds(options.BreakSeconds),
                ShouldHandle = outcome => ValueTask.FromResult(outcome.Outcome.Result is { Fault: ModelCallFailed { Fault: ModelFault.Unreachable or ModelFault.ProviderError or ModelFault.Timeout } }),
                StateProvider = state,
            });
            circuits[provider] = (builder.Build(), state);
        }
        EngineTelemetry.Meter.CreateObservableGauge(EngineTelemetry.CircuitBreakerState, Observe, "{state}", "0 closed, 1 half open, 2 open");
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var call = CallOptions.Of(options);
        if (!circuits.TryGetValue(call.Ticket.Provider, out var circuit))
        {
            await foreach (var update in InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken))
            {
                yield return update;
            }
            yield break;
        }
        await using var stream = OpenInner(messages, call, cancellationToken);
        // The circuit judges the first step; what fails later is reported to it as a failure of its own.
        var step = await FirstAsync(circuit.Pipeline, stream, call.Ticket);
        while (step.Moved)
        {
            yield return stream.Current;
            var (moved, fault) = await stream.TryMoveAsync();
            step = new Step(moved, fault);
            if (fault is not null)
            {
                await ReportAsync(circuit.Pipeline, step);
            }
        }
        if (step.Fault is not null)
        {
            ExceptionDispatchInfo.Throw(step.Fault);
        }
    }

    private static async ValueTask<Step> FirstAsync(ResiliencePipeline<Step> pipeline, IAsyncEnumerator<ChatResponseUpdate> stream, CallTicket ticket)
    {
        try
        {
            return await pipeline.ExecuteAsync(static async (stream, _) =>
            {
                var (moved, fault) = await stream.TryMoveAsync();
                return new Step(moved, fault);
            }, stream, CancellationToken.None);
        }
        catch (BrokenCircuitException e)
        {
            throw new ModelCallFailed(ModelFault.CircuitOpen, $"{ticket.Provider.Name} failed too often just now and is left alone for a while.", e) { RetryAfter = e.RetryAfter };
        }
    }

    private static async ValueTask ReportAsync(ResiliencePipeline<Step> pipeline, Step step)
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

    private IEnumerable<Measurement<int>> Observe() => circuits.Select(circuit => new Measurement<int>(
        circuit.Value.State.CircuitState switch { CircuitState.Closed => 0, CircuitState.HalfOpen => 1, _ => 2 },
        new KeyValuePair<string, object?>("provider", circuit.Key.Name)));

    internal readonly record struct Step(bool Moved, Exception? Fault);
}
