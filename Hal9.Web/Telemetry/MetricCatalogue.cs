using Hal9.Engine.Diagnostics;

namespace Hal9.Web.Telemetry;

/// <summary>What a metric is in Prometheus.</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>An instrument and the metric that it becomes.</summary>
/// <param name="Meter">The meter's name.</param>
/// <param name="Instrument">The instrument's name.</param>
/// <param name="Name">The metric's name, as the OpenTelemetry exporter would make it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Help">What it says.</param>
/// <param name="Tags">The tags that become labels (dots become underscores); all others are dropped.</param>
/// <param name="Buckets">Upper bounds, for histograms.</param>
internal sealed record MetricSpec(string Meter, string Instrument, string Name, MetricKind Kind, string Help, string[] Tags, double[]? Buckets = null)
{
    /// <summary>The tags as label names.</summary>
    public string[] Labels { get; } = [.. Tags.Select(tag => tag.Replace('.', '_'))];
}

/// <summary>The one list of metrics: <c>/metrics</c>, dashboards, alert rules and charts take their names from here.</summary>
internal static class MetricCatalogue
{
    private const string Engine = EngineTelemetry.Name;
    private static readonly string[] Call =
        ["gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.model", "server.address", "server.port", "otel.scope.name"];

    private static readonly double[] Tokens = [.. Enumerable.Range(0, 14).Select(i => Math.Pow(4, i))];
    private static readonly double[] Seconds = [.. Enumerable.Range(0, 14).Select(i => 0.01 * Math.Pow(2, i))];
    private static readonly double[] RequestSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    public static IReadOnlyList<MetricSpec> All { get; } =
    [
        new(Engine, EngineTelemetry.TokenUsage, "gen_ai_client_token_usage", MetricKind.Histogram, "Tokens per model call, input or output.", [.. Call, "gen_ai.token.type"], Tokens),
        new(Engine, EngineTelemetry.OperationDuration, "gen_ai_client_operation_duration_seconds", MetricKind.Histogram, "Duration of each attempt of a model call.", [.. Call, "error.type"], Seconds),
        new(Engine, EngineTelemetry.TimeToFirstChunk, "gen_ai_client_operation_time_to_first_chunk_seconds", MetricKind.Histogram, "Time to the first content of a model call.", Call, Seconds),
        new(Engine, EngineTelemetry.TimePerOutputChunk, "gen_ai_client_operation_time_per_output_chunk_seconds", MetricKind.Histogram, "Time between two pieces of content of a model call.", Call, Seconds),
        new(Engine, EngineTelemetry.AgentDuration, "gen_ai_invoke_agent_duration_seconds", MetricKind.Histogram, "Duration of a neuron's handling of an assignment, its wait for a place included.", ["gen_ai.operation.name", "gen_ai.agent.name", "error.type", "otel.scope.name"], Seconds),
        new(Engine, EngineTelemetry.AgentCalls, "gen_ai_invoke_agent_inference_calls", MetricKind.Histogram, "Model calls of a neuron for an assignment, repeated attempts included.", ["gen_ai.operation.name", "gen_ai.agent.name", "otel.scope.name"], [0, 1, 2, 3, 4, 6, 8, 12, 16]),
        new(Engine, EngineTelemetry.WorkflowDuration, "gen_ai_workflow_duration_seconds", MetricKind.Histogram, "Duration of runs, by their mode.", ["gen_ai.operation.name", "gen_ai.workflow.name", "error.type", "otel.scope.name"], Seconds),
        new(Engine, EngineTelemetry.QueueDepth, "hal9_queue_depth", MetricKind.Gauge, "Steps that wait for a place at their neuron or for their organisation's share of model calls.", ["layer"]),
        new(Engine, EngineTelemetry.BudgetUsedRatio, "hal9_budget_used_ratio", MetricKind.Gauge, "Used share of the fullest budget of a kind; of people and keys only those that made a call since the start are seen.", ["tenant", "scope"]),
        new(Engine, EngineTelemetry.CircuitBreakerState, "hal9_circuit_breaker_state", MetricKind.Gauge, "State of a provider's circuit breaker: 0 closed, 1 half open, 2 open.", ["provider"]),
        new(Engine, EngineTelemetry.Neurons, "hal9_neurons", MetricKind.Gauge, "Steps by layer and state: busy has a place at its neuron, waiting waits for one.", ["layer", "state"]),
        new(Engine, EngineTelemetry.Messages, "hal9_messages_total", MetricKind.Counter, "Signals between neurons.", ["from_layer", "to_layer", "outcome"]),
        new(Engine, EngineTelemetry.Runs, "hal9_runs_total", MetricKind.Counter, "Runs that ended.", ["kind", "status"]),
        new(Engine, EngineTelemetry.Cost, "hal9_cost_usd_total", MetricKind.Counter, "Money settled, USD.", ["tenant", "provider", "model"]),
        new(Engine, EngineTelemetry.BudgetBlocks, "hal9_budget_blocks_total", MetricKind.Counter, "Model calls, and runs before their first one, that a budget refused.", ["tenant"]),
        new(Engine, EngineTelemetry.BudgetMarks, "hal9_budget_marks_total", MetricKind.Counter, "Warning marks of budgets that were passed, each once per period.", ["tenant", "scope", "mark"]),
        new(Engine, EngineTelemetry.QuoteError, "hal9_quote_error_ratio", MetricKind.Histogram, "By how much quotes of runs that succeeded were off, as a share of the larger of quote and cost.", ["mode"],
            [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]),
        new(Engine, EngineTelemetry.Overruns, "hal9_ledger_overruns_total", MetricKind.Counter, "Model calls that cost more than was set aside; their models are blocked until somebody acknowledges it.", ["tenant", "provider", "model"]),
        new(Engine, EngineTelemetry.LedgerChecks, "hal9_ledger_checks_total", MetricKind.Counter, "Looks at the rules of an organisation's ledger, one a minute; any with the result fault is an alarm.", ["result"]),
        new(Engine, EngineTelemetry.UsageRefused, "hal9_usage_refused_total", MetricKind.Counter, "Model calls whose provider told a usage that cannot be; their tokens were counted here.", ["provider", "model"]),
        new(Engine, EngineTelemetry.PriceImports, "hal9_price_imports_total", MetricKind.Counter, "Price lists that were handed in; any with the result refused is an alarm.", ["result"]),
        new("Microsoft.AspNetCore.Hosting", "http.server.request.duration", "http_server_request_duration_seconds", MetricKind.Histogram, "Duration of HTTP requests to this server.",
            ["http.request.method", "http.response.status_code", "http.route", "error.type"], RequestSeconds),
        new(WebTelemetry.Name, WebTelemetry.ChatOverhead, "hal9_chat_overhead_seconds", MetricKind.Histogram, "Time of a chat completion on /v1 that was not spent waiting for providers.", ["mode"], WebTelemetry.OverheadBounds),
        new("System.Runtime", "dotnet.gc.heap.total_allocated", "dotnet_gc_heap_total_allocated_bytes_total", MetricKind.Counter, "Bytes allocated by this process since it started.", []),
    ];
}
