using System.Text.Json.Nodes;

namespace Hal9.Engine.Models.Providers;

/// <summary>What the tap must know of a provider's stream.</summary>
internal interface IWireShape
{
    /// <summary>
    /// Notes what one event says, and returns what to hand on: null for the event as it came, else its replacement, where an SDK would
    /// stumble over what the endpoint sent.
    /// </summary>
    /// <exception cref="ModelCallFailed">The event is an error.</exception>
    string? Read(JsonNode data, WireRecord record, WireFaults faults);

    /// <summary>Text that ends the stream and is no JSON, or null.</summary>
    string? EndMark { get; }
}
