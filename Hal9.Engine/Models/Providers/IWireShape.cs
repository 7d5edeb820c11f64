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

    /// <summary>Whether an event is surely a plain piece of the answer, of which nothing needs to be noted. Most are; they are not taken apart.</summary>
    bool IsPlain(ReadOnlySpan<byte> data);

    /// <summary>The events that a whole answer would have been, from an endpoint that did not stream though it was asked to; null when it is no answer.</summary>
    string? ToEvents(JsonObject whole);

    /// <summary>Text that ends the stream and is no JSON, or null.</summary>
    string? EndMark { get; }
}
