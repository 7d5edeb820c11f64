using System.Text.Json;
using Hal9.Engine.Models;
using Microsoft.Extensions.AI;

namespace Hal9.Web.Api.OpenAi;

/// <summary>Reads one message of a chat request, its content a string or a list of parts.</summary>
internal static class MessageReader
{
    public static ChatMessage Read(ChatRequestMessage message, int index)
    {
        var at = $"messages[{index}]";
        var role = message.Role switch
        {
            "system" or "developer" => ChatRole.System,
            "user" => ChatRole.User,
            "assistant" => ChatRole.Assistant,
            "tool" => ChatRole.Tool,
            _ => throw OpenAiError.Invalid("One of system, developer, user, assistant, tool.", at + ".role"),
        };
        var contents = ContentsOf(message.Content, at + ".content");
        if (role == ChatRole.Tool)
        {
            var id = message.ToolCallId ?? throw OpenAiError.Invalid("This field is required in a tool message.", at + ".tool_call_id");
            contents = [new FunctionResultContent(id, string.Concat(contents.OfType<TextContent>().Select(text => text.Text)))];
        }
        else if (role == ChatRole.Assistant && message.ToolCalls is { Count: > 0 })
        {
            contents.AddRange(message.ToolCalls.Select((call, i) => CallOf(call, $"{at}.tool_calls[{i}]")));
        }
        else if (contents.Count == 0)
        {
            throw OpenAiError.Invalid("This field is required.", at + ".content");
        }
        return new ChatMessage(role, contents) { AuthorName = message.Name };
    }

    private static List<AIContent> ContentsOf(JsonElement? content, string at)
    {
        switch (content?.ValueKind)
        {
            case null or JsonValueKind.Null:
                return [];
            case JsonValueKind.String:
                return [new TextContent(StringOf(content.Value, at))];
            case JsonValueKind.Array:
                return [.. content.Value.EnumerateArray().Select((part, i) => PartOf(part, $"{at}[{i}]"))];
            default:
                throw OpenAiError.Invalid("A string or a list of parts.", at);
        }
    }

    private static AIContent PartOf(JsonElement part, string at)
    {
        switch (Text(part, "type", at))
        {
            case "text":
                return new TextContent(Text(part, "text", at) ?? throw OpenAiError.Invalid("This field is required.", at + ".text"));
            case "refusal":
                return new TextContent(Text(part, "refusal", at) ?? throw OpenAiError.Invalid("This field is required.", at + ".refusal"));
            case "image_url":
                return ImageOf(Child(part, "image_url"), at + ".image_url");
            case "input_audio":
                return AudioOf(Child(part, "input_audio"), at + ".input_audio");
            default:
                throw OpenAiError.Invalid("One of text, image_url, input_audio, refusal.", at + ".type");
        }
    }

    private static AIContent ImageOf(JsonElement? image, string at)
    {
        var url = Text(image, "url", at) ?? throw OpenAiError.Invalid("This field is required.", at + ".url");
        AIContent content;
        if (url.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            try
            {
                content = new DataContent(url);
            }
            catch (Exception e) when (e is ArgumentException or UriFormatException or FormatException)
            {
                throw OpenAiError.Invalid("This is not a data URL.", at + ".url");
            }
        }
        else
        {
            // The provider fetches it, not we: no request leaves this machine for a caller's address.
            content = Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"
                ? new UriContent(url, "image/*")
                : throw OpenAiError.Invalid("An http, https or data URL.", at + ".url");
        }
        if (Text(image, "detail", at) is { } detail)
        {
            (content.AdditionalProperties ??= [])["detail"] = detail;
        }
        return content;
    }

    private static DataContent AudioOf(JsonElement? audio, string at)
    {
        var kind = Text(audio, "format", at) switch
        {
            "wav" => "audio/wav",
            "mp3" => "audio/mpeg",
            _ => throw OpenAiError.Invalid("One of wav, mp3.", at + ".format"),
        };
        try
        {
            return new DataContent(Convert.FromBase64String(Text(audio, "data", at) ?? ""), kind);
        }
        catch (FormatException)
        {
            throw OpenAiError.Invalid("This is not base64.", at + ".data");
        }
    }

    private static FunctionCallContent CallOf(ToolCall call, string at)
    {
        var id = (call ?? throw OpenAiError.Invalid("A tool call is required.", at)).Id ?? throw OpenAiError.Invalid("This field is required.", at + ".id");
        var name = call.Function?.Name ?? throw OpenAiError.Invalid("This field is required.", at + ".function.name");
        var text = call.Function.Arguments;
        if (string.IsNullOrWhiteSpace(text))
        {
            return new FunctionCallContent(id, name, new Dictionary<string, object?>());
        }
        // A model wrote them. A provider that takes text gets them to the letter: another spelling of the same would end its cached prompt there,
        // and what is not JSON must come back to the model as it wrote it. One that takes an object gets such a text in an object.
        return new FunctionCallContent(id, name, ArgumentsOf(text)) { AdditionalProperties = new() { [ModelService.RawArguments] = text } };
    }

    private static Dictionary<string, object?> ArgumentsOf(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, object?>>(text) ?? [];
        }
        catch (JsonException)
        {
            return new() { ["unparsed"] = text };
        }
    }

    /// <summary>A text. JSON can write half of a character (a lone surrogate), which no text can hold.</summary>
    public static string StringOf(JsonElement text, string at)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw OpenAiError.Invalid("This is not valid Unicode text.", at);
        }
    }

    private static JsonElement? Child(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var child) ? child : null;

    private static string? Text(JsonElement? owner, string name, string at) =>
        owner is { ValueKind: JsonValueKind.Object } some && some.TryGetProperty(name, out var child) && child.ValueKind == JsonValueKind.String ? StringOf(child, $"{at}.{name}") : null;
}
