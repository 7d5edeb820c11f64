using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hal9.Engine.Models.Providers;

/// <summary>The stream of Anthropic's messages.</summary>
internal sealed class AnthropicShape : IWireShape
{
    public string? EndMark => null;

    // Within a JSON string quotes are escaped, so this is the delta's type wherever it stands.
    public bool IsPlain(ReadOnlySpan<byte> data) => data.IndexOf("\"text_delta\""u8) >= 0;

    /// <summary>Anthropic always streams when asked.</summary>
    public string? ToEvents(JsonObject whole) => null;

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
