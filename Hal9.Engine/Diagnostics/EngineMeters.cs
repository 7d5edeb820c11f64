using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Hal9.Engine.Diagnostics;

/// <summary>What the engine counts beside its model calls. Everything here is bounded by the tenants, models and layers that exist.</summary>
internal static class EngineMeters
{
    private static readonly Counter<double> Cost = EngineTelemetry.Meter.CreateCounter<double>(EngineTelemetry.Cost, "USD", "Money settled.");
    private static readonly Counter<long> Blocks = EngineTelemetry.Meter.CreateCounter<long>(EngineTelemetry.BudgetBlocks, "{call}", "Calls, and runs before their first one, that a budget refused.");
    private static readonly Counter<long> Marks = EngineTelemetry.Meter.CreateCounter<long>(EngineTelemetry.BudgetMarks, "{mark}", "Warning marks of budgets that were passed, each once per period.");
    private static readonly Counter<long> Overruns = EngineTelemetry.Meter.CreateCounter<long>(EngineTelemetry.Overruns, "{call}", "Calls that cost more than was set aside.");
    private static readonly Counter<long> UsagesRefused = EngineTelemetry.Meter.CreateCounter<long>(EngineTelemetry.UsageRefused, "{call}", "Calls whose provider told a usage that cannot be.");
    private static readonly Counter<long> PriceImports = EngineTelemetry.Meter.CreateCounter<long>(EngineTelemetry.PriceImports, "{list}", "Price lists that were imported or refused.");
    private static readonly Counter<long> Runs = EngineTelemetry.Meter.CreateCounter<long>(EngineTelemetry.Runs, "{run}", "Runs that ended.");
    private static readonly UpDownCounter<long> Neurons = EngineTelemetry.Meter.CreateUpDownCounter<long>(EngineTelemetry.Neurons, "{step}", "Steps at work or waiting for a place.");
    private static readonly Counter<long> Messages = EngineTelemetry.Meter.CreateCounter<long>(EngineTelemetry.Messages, "{signal}", "Signals between neurons.");

    private static readonly Histogram<double> AgentSeconds = EngineTelemetry.Meter.CreateHistogram<double>(EngineTelemetry.AgentDuration, "s", "Duration of a neuron's work on an assignment.");
    private static readonly Histogram<long> AgentCalls = EngineTelemetry.Meter.CreateHistogram<long>(EngineTelemetry.AgentCalls, "{call}", "Model calls of a neuron for an assignment.");
    private static readonly Histogram<double> WorkflowSeconds = EngineTelemetry.Meter.CreateHistogram<double>(EngineTelemetry.WorkflowDuration, "s", "Duration of runs.");
    private static readonly Histogram<double> QuoteErrors = EngineTelemetry.Meter.CreateHistogram<double>(EngineTelemetry.QuoteError, "1", "Error of runs' quotes.");
    private static readonly UpDownCounter<long> Queue = EngineTelemetry.Meter.CreateUpDownCounter<long>(EngineTelemetry.QueueDepth, "{step}", "Steps waiting for a place or a model call.");

    /// <summary>A step of a layer begins (1) or ends (-1) to wait.</summary>
    public static void Queued(string layer, int change) => Queue.Add(change, new KeyValuePair<string, object?>("layer", layer));

    public static void AgentEnded(string neuron, TimeSpan took, int calls, string? error)
    {
        var tags = new TagList { { "gen_ai.operation.name", "invoke_agent" }, { "gen_ai.agent.name", neuron } };
        AgentCalls.Record(calls, tags);
        if (error is not null)
        {
            tags.Add("error.type", error);
        }
        AgentSeconds.Record(took.TotalSeconds, tags);
    }

    public static void Settled(Guid tenantId, string provider, string model, Usd amount) =>
        Cost.Add((double)amount.Amount, new("tenant", tenantId), new("provider", provider), new KeyValuePair<string, object?>("model", model));

    public static void Blocked(Guid tenantId) => Blocks.Add(1, new KeyValuePair<string, object?>("tenant", tenantId));

    public static void BudgetMark(Guid tenantId, string scope, int mark) =>
        Marks.Add(1, new("tenant", tenantId), new("scope", scope), new KeyValuePair<string, object?>("mark", mark));

    public static void Overrun(Guid tenantId, string provider, string model) =>
        Overruns.Add(1, new("tenant", tenantId), new("provider", provider), new KeyValuePair<string, object?>("model", model));

    public static void UsageRefused(string provider, string model) => UsagesRefused.Add(1, new("provider", provider), new KeyValuePair<string, object?>("model", model));

    public static void PriceImport(string result) => PriceImports.Add(1, new KeyValuePair<string, object?>("result", result));

    public static void Quoted(string mode, double error) => QuoteErrors.Record(error, new KeyValuePair<string, object?>("mode", mode));

    public static void RunEnded(string kind, string mode, string status, bool succeeded, TimeSpan took)
    {
        Runs.Add(1, new("kind", kind), new KeyValuePair<string, object?>("status", status));
        var tags = new TagList { { "gen_ai.operation.name", "invoke_workflow" }, { "gen_ai.workflow.name", mode } };
        if (!succeeded)
        {
            tags.Add("error.type", status);
        }
        WorkflowSeconds.Record(took.TotalSeconds, tags);
    }

    public static void Step(string layer, string state, int change) => Neurons.Add(change, new("layer", layer), new KeyValuePair<string, object?>("state", state));

    public static void Signal(string from, string to, string outcome) =>
        Messages.Add(1, new("from_layer", from), new("to_layer", to), new KeyValuePair<string, object?>("outcome", outcome));
}
