using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Hal9.Engine.Diagnostics;

/// <summary>The names under which the engine measures and traces itself.</summary>
public static class EngineTelemetry
{
    /// <summary>Name of the engine's meter and of its activity source.</summary>
    public const string Name = "Hal9.Engine";

    /// <summary>Tokens per model call, with <c>gen_ai.token.type</c> <c>input</c> or <c>output</c>.</summary>
    public const string TokenUsage = "gen_ai.client.token.usage";

    /// <summary>Seconds per attempt of a model call.</summary>
    public const string OperationDuration = "gen_ai.client.operation.duration";

    /// <summary>Seconds to the first content of a model call.</summary>
    public const string TimeToFirstChunk = "gen_ai.client.operation.time_to_first_chunk";

    /// <summary>State of a provider's circuit breaker: 0 closed, 1 half open, 2 open.</summary>
    public const string CircuitBreakerState = "hal9.circuit_breaker.state";

    internal static ActivitySource Source { get; } = new(Name);

    internal static Meter Meter { get; } = new(Name);
}
