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

    /// <summary>Seconds between two pieces of content of a model call.</summary>
    public const string TimePerOutputChunk = "gen_ai.client.operation.time_per_output_chunk";

    /// <summary>Seconds that a neuron worked on an assignment, without its wait for a place.</summary>
    public const string AgentDuration = "gen_ai.invoke_agent.duration";

    /// <summary>Model calls, with their repeated attempts, that a neuron made for an assignment.</summary>
    public const string AgentCalls = "gen_ai.invoke_agent.inference_calls";

    /// <summary>Seconds of a run from its start in this process to its end.</summary>
    public const string WorkflowDuration = "gen_ai.workflow.duration";

    /// <summary>The used share of the fullest budget, 0 to 1 and above when overrun, by <c>tenant</c> and <c>scope</c> (<c>tenant</c>, <c>user</c>, <c>key</c>).</summary>
    public const string BudgetUsedRatio = "hal9.budget.used_ratio";

    /// <summary>Steps that wait for a place at their neuron or for their tenant's share of model calls, by <c>layer</c>.</summary>
    public const string QueueDepth = "hal9.queue.depth";

    /// <summary>State of a provider's circuit breaker: 0 closed, 1 half open, 2 open.</summary>
    public const string CircuitBreakerState = "hal9.circuit_breaker.state";

    /// <summary>Money settled, USD, by <c>tenant</c>, <c>provider</c> and <c>model</c>.</summary>
    public const string Cost = "hal9.cost";

    /// <summary>Calls, and runs before their first one, that a budget refused, by <c>tenant</c>.</summary>
    public const string BudgetBlocks = "hal9.budget.blocks";

    /// <summary>Warning marks of budgets that were passed, each once per period, by <c>tenant</c>, <c>scope</c> and <c>mark</c> (percent).</summary>
    public const string BudgetMarks = "hal9.budget.marks";

    /// <summary>Runs that ended, by <c>kind</c> and <c>status</c>.</summary>
    public const string Runs = "hal9.runs";

    /// <summary>Calls that cost more than was set aside, by <c>tenant</c>, <c>provider</c> and <c>model</c>.</summary>
    public const string Overruns = "hal9.ledger.overruns";

    /// <summary>Looks of this process at the rules of a tenant's ledger, by <c>result</c> (<c>ok</c>, <c>fault</c>).</summary>
    public const string LedgerChecks = "hal9.ledger.checks";

    /// <summary>Calls whose provider told a usage that cannot be (negative, no whole number, absurd, a part larger than its whole), by <c>provider</c> and <c>model</c>.</summary>
    public const string UsageRefused = "hal9.usage.refused";

    /// <summary>Price lists that were handed in, by <c>result</c> (<c>imported</c>, <c>refused</c>).</summary>
    public const string PriceImports = "hal9.price.imports";

    /// <summary>By how much the quote of a run that succeeded was off, as a share of the larger of quote and cost (0 to 1), by <c>mode</c>.</summary>
    public const string QuoteError = "hal9.quote.error";

    /// <summary>Steps by <c>layer</c> and <c>state</c>: <c>busy</c> holds a place of its neuron, <c>waiting</c> waits for one.</summary>
    public const string Neurons = "hal9.neurons";

    /// <summary>Signals between neurons, by <c>from_layer</c>, <c>to_layer</c> and <c>outcome</c>.</summary>
    public const string Messages = "hal9.messages";

    internal static ActivitySource Source { get; } = new(Name);

    internal static Meter Meter { get; } = new(Name);
}
