using System.Text;
using System.Text.Json;
using Hal9.Engine.Models;

namespace Hal9.Tests.Support;

/// <summary>A message of a request, its parts joined to text.</summary>
public sealed record ScriptedMessage(string Role, string Text);

/// <summary>A tool offered by a request.</summary>
public sealed record ScriptedTool(string Name, JsonElement Schema);

/// <summary>A request as a scripted provider understood it.</summary>
public sealed record ScriptedRequest
{
    /// <summary>1, 2, 3… in order of arrival.</summary>
    public required int Number { get; init; }

    /// <summary>Which shape it came in.</summary>
    public required ProviderKind Shape { get; init; }

    /// <summary>The model asked.</summary>
    public required string Model { get; init; }

    /// <summary>Whether a stream was asked for.</summary>
    public bool Stream { get; init; }

    /// <summary>Whether the stream shall end with its usage (OpenAI only; Anthropic always tells).</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>All messages in order, the system prompt first.</summary>
    public required IReadOnlyList<ScriptedMessage> Messages { get; init; }

    /// <summary>The tools offered.</summary>
    public IReadOnlyList<ScriptedTool> Tools { get; init; } = [];

    /// <summary>The name of the tool that must be called, if one must.</summary>
    public string? ForcedTool { get; init; }

    /// <summary>The name of the response format's schema, or of the forced tool.</summary>
    public string? SchemaName { get; init; }

    /// <summary>The schema that the answer must fit: the response format's, or the forced tool's.</summary>
    public JsonElement? Schema { get; init; }

    /// <summary>The output limit sent.</summary>
    public long? MaxTokens { get; init; }

    /// <summary>The headers.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The whole body as sent.</summary>
    public required JsonElement Body { get; init; }

    /// <summary>The system prompt.</summary>
    public string System => string.Join('\n', Messages.Where(m => m.Role is "system" or "developer").Select(m => m.Text));

    /// <summary>The last user message.</summary>
    public string LastUser => Messages.LastOrDefault(m => m.Role == "user")?.Text ?? "";

    /// <summary>All messages' text.</summary>
    public string Text => string.Join('\n', Messages.Select(m => m.Text));

    internal static ScriptedRequest Read(ProviderKind shape, int number, JsonElement body, IReadOnlyDictionary<string, string> headers)
    {
        var tools = ReadTools(shape, body);
        var forced = ForcedToolOf(body, tools);
        var (schemaName, schema) = forced is null ? ResponseSchema(body) : (forced.Name, forced.Schema);
        return new ScriptedRequest
        {
            Number = number,
            Shape = shape,
            Model = TextOf(body, "model") ?? "",
            Stream = Is(body, "stream"),
            IncludeUsage = body.TryGetProperty("stream_options", out var options) && Is(options, "include_usage"),
            Messages = ReadMessages(body),
            Tools = tools,
            ForcedTool = forced?.Name,
            SchemaName = schemaName,
            Schema = schema,
            MaxTokens = NumberOf(body, "max_completion_tokens") ?? NumberOf(body, "max_tokens"),
            Headers = headers,
            Body = body,
        };
    }

    private static List<ScriptedMessage> ReadMessages(JsonElement body)
    {
        var messages = new List<ScriptedMessage>();
        if (body.TryGetProperty("system", out var system))
        {
            messages.Add(new ScriptedMessage("system", Content(system)));
        }
        if (body.TryGetProperty("messages", out var list) && list.ValueKind == JsonValueKind.Array)
        {
            messages.AddRange(list.EnumerateArray().Select(m => new ScriptedMessage(TextOf(m, "role") ?? "", m.TryGetProperty("content", out var content) ? Content(content) : "")));
        }
        return messages;
    }

    /// <summary>Text, or the texts of an array of parts (tool results nest theirs).</summary>
    private static string Content(JsonElement content)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            return content.GetString()!;
        }
        if (content.ValueKind != JsonValueKind.Array)
        {
            return "";
        }
        var text = new StringBuilder();
        foreach (var part in content.EnumerateArray())
        {
            text.Append(TextOf(part, "text") ?? (part.TryGetProperty("content", out var inner) ? Content(inner) : ""));
        }
        return text.ToString();
    }

    private static List<ScriptedTool> ReadTools(ProviderKind shape, JsonElement body) =>
        !body.TryGetProperty("tools", out var tools) || tools.ValueKind != JsonValueKind.Array
            ? []
            : [.. tools.EnumerateArray()
                .Select(tool => shape == ProviderKind.OpenAI && tool.TryGetProperty("function", out var function) ? function : tool)
                .Select(tool => new ScriptedTool(TextOf(tool, "name") ?? "", SchemaOf(tool)))];

    private static JsonElement SchemaOf(JsonElement tool) =>
        tool.TryGetProperty("parameters", out var schema) || tool.TryGetProperty("input_schema", out schema) ? schema : JsonDocument.Parse("{}").RootElement;

    private static ScriptedTool? ForcedToolOf(JsonElement body, List<ScriptedTool> tools)
    {
        if (!body.TryGetProperty("tool_choice", out var choice))
        {
            return null;
        }
        if (choice.ValueKind == JsonValueKind.String)
        {
            return choice.GetString() == "required" ? tools.FirstOrDefault() : null;
        }
        var name = choice.TryGetProperty("function", out var function) ? TextOf(function, "name") : TextOf(choice, "name");
        return TextOf(choice, "type") == "any" ? tools.FirstOrDefault() : tools.Find(tool => tool.Name == name);
    }

    /// <summary>OpenAI's <c>response_format</c>, or Anthropic's <c>output_config.format</c> and the older <c>output_format</c>.</summary>
    private static (string? Name, JsonElement? Schema) ResponseSchema(JsonElement body)
    {
        if (body.TryGetProperty("response_format", out var format) && format.TryGetProperty("json_schema", out var named) && named.TryGetProperty("schema", out var schema))
        {
            return (TextOf(named, "name"), schema);
        }
        var found = body.TryGetProperty("output_config", out var config) && config.TryGetProperty("format", out format) || body.TryGetProperty("output_format", out format);
        return found && format.ValueKind == JsonValueKind.Object && format.TryGetProperty("schema", out schema) ? (TextOf(format, "name"), schema) : (null, null);
    }

    private static string? TextOf(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? NumberOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    private static bool Is(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
