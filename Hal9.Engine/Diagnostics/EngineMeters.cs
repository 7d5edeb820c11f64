using System.Diagnostics.Metrics;

namespace Hal9.Engine.Diagnostics;

/// <summary>What the engine counts beside its model calls. Everything here is bounded by the tenants, models and layers that exist.</summary>
internal static class EngineMeters
{
    private static readonly Counter<double> Cost = EngineTelemetry.Meter.CreateCounter<double>(EngineTelemetry.Cost, "USD", "Money settled.");
    private static readonly Counter<long> Blocks = EngineTelemetry.Meter.CreateCounter<long>(EngineTelemetry.BudgetBlocks, "{call}", "Calls that a budget refused.");
    private static readonly Counter<long> Runs = EngineTelemetry.Meter.CreateCounter<long>(EngineTelemetry.Runs, "{run}", "Runs that ended.");
    private static readonly UpDownCounter<long> Neurons = EngineTelemetry.Meter.CreateUpDownCounter<long>(EngineTelemetry.Neurons, "{step}", "Steps at work or waiting for a place.");
    private static readonly Counter<long> Messages = EngineTelemetry.Meter.CreateCounter<long>(EngineTelemetry.Messages, "{signal}", "Signals between neurons.");

    public static void Settled(Guid tenantId, string provider, string model, Usd amount) =>
        Cost.Add((double)amount.Amount, new("tenant", tenantId), new("provider", provider), new KeyValuePair<string, object?>("model", model));

    public static void Blocked(Guid tenantId) => Blocks.Add(1, new KeyValuePair<string, object?>("tenant", tenantId));

    public static void RunEnded(string kind, string status) => Runs.Add(1, new("kind", kind), new KeyValuePair<string, object?>("status", status));

    public static void Step(string layer, string state, int change) => Neurons.Add(change, new("layer", layer), new KeyValuePair<string, object?>("state", state));

    public static void Signal(string from, string to, string outcome) =>
        Messages.Add(1, new("from_layer", from), new("to_layer", to), new KeyValuePair<string, object?>("outcome", outcome));
}
