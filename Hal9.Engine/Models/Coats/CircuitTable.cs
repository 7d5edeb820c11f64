using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Hal9.Engine.Diagnostics;
using Hal9.Engine.Models.Providers;
using Polly;
using Polly.CircuitBreaker;

namespace Hal9.Engine.Models.Coats;

/// <summary>A step of a provider's stream, as the circuit breaker judges it.</summary>
internal readonly record struct CircuitStep(bool Moved, Exception? Fault);

/// <summary>A circuit breaker per provider, and the gauge that shows their states. The built-in provider cannot fail and has none.</summary>
internal sealed class CircuitTable : IDisposable
{
    private readonly ConcurrentDictionary<Provider, (ResiliencePipeline<CircuitStep> Pipeline, CircuitBreakerStateProvider State)> circuits = new();
    private readonly ProviderTable providers;
    private readonly BreakerOptions options;
    private readonly TimeProvider time;
    private readonly Meter meter = new(EngineTelemetry.Name);

    public CircuitTable(ProviderTable providers, BreakerOptions options, TimeProvider time)
    {
        (this.providers, this.options, this.time) = (providers, options, time);
        meter.CreateObservableGauge(EngineTelemetry.CircuitBreakerState, Observe, "{state}", "0 closed, 1 half open, 2 open");
    }

    public ResiliencePipeline<CircuitStep>? Of(Provider provider) => provider.Kind is ProviderKind.Offline ? null : circuits.GetOrAdd(provider, Make).Pipeline;

    /// <summary>How each provider that has a breaker is.</summary>
    public IReadOnlyList<ProviderState> States
    {
        get
        {
            var now = providers.All.Where(provider => provider.Kind is not ProviderKind.Offline).ToList();
            // A provider that was exchanged in the console takes its past with it.
            foreach (var gone in circuits.Keys.Except(now))
            {
                circuits.TryRemove(gone, out _);
            }
            return [.. now.Select(provider => new ProviderState(
                provider.Name,
                provider.Kind,
                circuits.GetOrAdd(provider, Make).State.CircuitState switch { CircuitState.Closed => CircuitPosition.Closed, CircuitState.HalfOpen => CircuitPosition.HalfOpen, _ => CircuitPosition.Open }))];
        }
    }

    public void Dispose() => meter.Dispose();

    private (ResiliencePipeline<CircuitStep> Pipeline, CircuitBreakerStateProvider State) Make(Provider provider)
    {
        var state = new CircuitBreakerStateProvider();
        var builder = new ResiliencePipelineBuilder<CircuitStep> { TimeProvider = time };
        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions<CircuitStep>
        {
            FailureRatio = options.FailureRatio,
            MinimumThroughput = options.MinimumThroughput,
            SamplingDuration = TimeSpan.FromSeconds(options.SamplingSeconds),
            BreakDuration = TimeSpan.FromSeconds(options.BreakSeconds),
            ShouldHandle = outcome => ValueTask.FromResult(
                outcome.Outcome.Result is { Fault: ModelCallFailed { Fault: ModelFault.Unreachable or ModelFault.ProviderError or ModelFault.Timeout } }),
            StateProvider = state,
        });
        return (builder.Build(), state);
    }

    private IEnumerable<Measurement<int>> Observe() =>
        States.Select(state => new Measurement<int>((int)state.Circuit, new KeyValuePair<string, object?>("provider", state.Name)));
}
