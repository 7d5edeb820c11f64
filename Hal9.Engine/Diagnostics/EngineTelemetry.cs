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

    /// <summary>Money settled, USD, by <c>tenant</c>, <c>provider</c> and <c>model</c>.</summary>
    public const string Cost = "hal9.cost";

    /// <summary>Calls that a budget refused, by <c>tenant</c>.</summary>
    public const string BudgetBlocks = "hal9.budget.blocks";

    /// <summary>Runs that ended, by <c>kind</c> and <c>status</c>.</summary>
    public const string Runs = "hal9.runs";

    /// <summary>Steps by <c>layer</c> and <c>state</c>: <c>busy</c> holds a place of its neuron, <c>waiting</c> waits for one.</summary>
    public const string Neurons = "hal9.neurons";

    /// <summary>Signals between neurons, by <c>from_layer</c>, <c>to_layer</c> and <c>outcome</c>.</summary>
    public const string Messages = "hal9.messages";

    internal static ActivitySource Source { get; } = new(Name);

    internal static Meter Meter { get; } = new(Name);
}
