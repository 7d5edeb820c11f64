using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hal9.Engine.Models.Providers;

/// <summary>The stream of an OpenAI-compatible endpoint.</summary>
internal sealed class OpenAIShape : IWireShape
{
    public string? EndMark => "[DONE]";

    // Within a JSON string quotes are escaped, so these words are property names wherever they stand.
    public bool IsPlain(ReadOnlySpan<byte> data) =>
        (data.IndexOf("\"finish_reason\":null"u8) >= 0 || data.IndexOf("\"finish_reason\": null"u8) >= 0)
        && data.IndexOf("\"usage\":{"u8) < 0 && data.IndexOf("\"usage\": {"u8) < 0 && data.IndexOf("\"tool_calls\""u8) < 0 && data.IndexOf("\"error\""u8) < 0;

    public string? ToEvents(JsonObject whole)
    {
        if (whole["choices"] is not JsonArray choices)
        {
            return null;
        }
        foreach (var choice in choices.OfType<JsonObject>())
        {
            if (choice["message"] is not JsonObject message)
            {
                return null;
            }
            choice.Remove("message");
            choice["delta"] = message;
            foreach (var (place, call) in (message["tool_calls"] as JsonArray ?? []).OfType<JsonObject>().Index())
            {
                call["index"] = place;
            }
        }
        whole["object"] = "chat.completion.chunk";
        return $"data: {whole.ToJsonString()}\n\ndata: {EndMark}\n\n";
    }

    public string? Read(JsonNode data, WireRecord record, WireFaults faults)
    {
        if (data is not JsonObject chunk)
        {
            return null;
        }
        if (chunk["error"] is { } error)
        {
            throw faults.InStream(error);
        }
        var changed = false;
        if (chunk["usage"] is { } usage)
        {
            // The SDK reads numbers into 32 bits and throws at what does not fit; it needs none of this, we read it ourselves.
            record.AddUsage(JsonSerializer.SerializeToElement(usage));
            chunk.Remove("usage");
            changed = true;
        }
        if (chunk["choices"] is JsonArray choices)
        {
            foreach (var choice in choices.OfType<JsonObject>())
            {
                record.Answered = true;
                foreach (var call in ((choice["delta"] as JsonObject)?["tool_calls"] as JsonArray)?.OfType<JsonObject>() ?? [])
                {
                    if (call["function"] is JsonObject function && function["arguments"] is JsonObject whole)
                    {
                        // Some servers (Ollama's older ones) send the arguments as an object; the SDK reads text only.
                        function["arguments"] = whole.ToJsonString();
                        changed = true;
                    }
                    record.AddArguments((call["index"] as JsonValue)?.TryGetValue(out int place) == true ? place : 0, (call["function"] as JsonObject)?["arguments"]?.ToString());
                }
                if (choice["finish_reason"] is JsonValue reason)
                {
                    record.Finished = true;
                    if (reason.ToString() is not ("stop" or "length" or "tool_calls" or "content_filter" or "function_call"))
                    {
                        // Some servers say "eos" or "end_turn"; the SDK throws at words that it does not know.
                        choice["finish_reason"] = "stop";
                        changed = true;
                    }
                }
            }
        }
        return changed ? chunk.ToJsonString() : null;
    }
}
