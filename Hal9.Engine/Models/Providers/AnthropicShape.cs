using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hal9.Engine.Models.Providers;

/// <summary>The stream of Anthropic's messages.</summary>
internal sealed class AnthropicShape : IWireShape
{
    public string? EndMark => null;

    // Within a JSON string quotes are escaped, so this is the delta's type wherever it stands.
    public bool IsPlain(ReadOnlySpan<byte> data) => data.IndexOf("\"text_delta\""u8) >= 0;

    /// <summary>Anthropic itself always streams when asked; what stands in for it may not.</summary>
    public string? ToEvents(JsonObject whole)
    {
        if (whole["content"] is not JsonArray blocks)
        {
            return null;
        }
        var events = new StringBuilder();
        var message = (JsonObject)whole.DeepClone();
        message["content"] = new JsonArray();
        message["stop_reason"] = message["stop_sequence"] = null;
        Add(new JsonObject { ["type"] = "message_start", ["message"] = message });
        foreach (var (place, block) in blocks.OfType<JsonObject>().Index())
        {
            var begun = (JsonObject)block.DeepClone();
            var deltas = Cut(begun);
            Add(new JsonObject { ["type"] = "content_block_start", ["index"] = place, ["content_block"] = begun });
            deltas.ForEach(delta => Add(new JsonObject { ["type"] = "content_block_delta", ["index"] = place, ["delta"] = delta }));
            Add(new JsonObject { ["type"] = "content_block_stop", ["index"] = place });
        }
        Add(new JsonObject
        {
            ["type"] = "message_delta",
            ["delta"] = new JsonObject { ["stop_reason"] = whole["stop_reason"]?.DeepClone(), ["stop_sequence"] = whole["stop_sequence"]?.DeepClone() },
            ["usage"] = whole["usage"]?.DeepClone(),
        });
        Add(new JsonObject { ["type"] = "message_stop" });
        return events.ToString();

        void Add(JsonObject item) => events.Append("event: ").Append(item["type"]).Append("\ndata: ").Append(item.ToJsonString()).Append("\n\n");
    }

    /// <summary>Takes out of a block what a stream would tell after its start.</summary>
    private static List<JsonObject> Cut(JsonObject block)
    {
        switch (block["type"]?.ToString())
        {
            case "text":
                return [Taken(block, "text", "text_delta")];
            case "thinking":
                return [Taken(block, "thinking", "thinking_delta"), Taken(block, "signature", "signature_delta")];
            case "tool_use":
                var input = block["input"]?.ToJsonString() ?? "{}";
                block["input"] = new JsonObject();
                return [new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = input }];
            default:
                return [];
        }
    }

    private static JsonObject Taken(JsonObject block, string name, string type)
    {
        var text = block[name]?.ToString() ?? "";
        block[name] = "";
        return new JsonObject { ["type"] = type, [name] = text };
    }

    public string? Read(JsonNode data, WireRecord record, WireFaults faults)
    {
        if (data is not JsonObject item)
        {
            return null;
        }
        switch (item["type"]?.ToString())
        {
            case "error":
                throw faults.InStream(item["error"] ?? item);
            case "message_start" when item["message"] is JsonObject:
                return Take(item["message"]!["usage"], item, record);
            case "content_block_start":
                record.Answered = true;
                if (item["content_block"]?["type"]?.ToString() == "tool_use")
                {
                    record.AddArguments(Place(item), null);
                }
                break;
            case "content_block_delta" when item["delta"] is JsonObject delta && delta["type"]?.ToString() == "input_json_delta":
                record.AddArguments(Place(item), delta["partial_json"]?.ToString());
                break;
            case "message_delta":
                record.Finished |= (item["delta"]?["stop_reason"]) is not null;
                return Take(item["usage"], item, record);
            case "message_stop":
                record.Finished = true;
                break;
        }
        return null;
    }

    private static int Place(JsonObject item) => (item["index"] as JsonValue)?.TryGetValue(out int place) == true ? place : 0;

    /// <summary>
    /// Notes the usage, and gives the SDK zeroes instead: it cannot do without one, and throws where a member is missing that it has come to expect
    /// (<c>server_tool_use.web_fetch_requests</c>, say). We read it ourselves.
    /// </summary>
    private static string Take(JsonNode? usage, JsonObject item, WireRecord record)
    {
        if (usage is not null)
        {
            record.AddUsage(JsonSerializer.SerializeToElement(usage));
        }
        var plain = new JsonObject { ["input_tokens"] = 0, ["output_tokens"] = 0 };
        if (item["message"] is JsonObject message)
        {
            message["usage"] = plain;
        }
        else
        {
            item["usage"] = plain;
        }
        return item.ToJsonString();
    }
}
