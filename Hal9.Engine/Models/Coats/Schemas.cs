using System.Collections.Concurrent;
using System.Text.Json;
using NJsonSchema;

namespace Hal9.Engine.Models.Coats;

/// <summary>Checks answers against JSON schemas; keeps the read schemas.</summary>
internal sealed class Schemas
{
    // Schemas come from our own code and from callers' formats: the cache is emptied rather than allowed to grow.
    private const int Most = 256;
    private const int MostErrors = 5;
    private const string EndOfThought = "</think>";

    private readonly ConcurrentDictionary<string, JsonSchema> read = new(StringComparer.Ordinal);

    /// <summary>What does not fit, in words for the model that must repair it; null when all fits.</summary>
    public async Task<string?> FaultOfAsync(string text, JsonElement schema, CancellationToken cancellationToken)
    {
        try
        {
            using var _ = JsonDocument.Parse(text);
        }
        catch (JsonException e)
        {
            return $"It is not JSON: {e.Message}";
        }
        var errors = (await ReadAsync(schema.GetRawText(), cancellationToken)).Validate(text);
        return errors.Count == 0 ? null : string.Join("; ", errors.Take(MostErrors).Select(e => $"{e.Path ?? "#"}: {e.Kind}"));
    }

    /// <summary>Takes the JSON out of what some models put around it: thoughts between tags before it, words and a Markdown code fence.</summary>
    public static string Unfence(string text)
    {
        var trimmed = text.Trim();
        if (!trimmed.StartsWith('{') && !trimmed.StartsWith('['))
        {
            // Templates of reasoning models often leave the opening tag out.
            trimmed = trimmed[(trimmed.LastIndexOf(EndOfThought, StringComparison.Ordinal) is >= 0 and var end ? end + EndOfThought.Length : 0)..].Trim();
            // A fence may stand within words; its JSON may itself hold fences, so the last one closes it.
            var (open, close) = (trimmed.IndexOf("```", StringComparison.Ordinal), trimmed.LastIndexOf("```", StringComparison.Ordinal));
            if (open >= 0 && close > open && !trimmed.AsSpan(0, open).ContainsAny('{', '['))
            {
                trimmed = trimmed[open..(close + 3)];
            }
        }
        if (!trimmed.StartsWith("```", StringComparison.Ordinal) || !trimmed.EndsWith("```", StringComparison.Ordinal) || trimmed.IndexOf('\n', StringComparison.Ordinal) is not (> 0 and var first))
        {
            return trimmed;
        }
        return first + 1 < trimmed.Length - 3 ? trimmed[(first + 1)..^3].Trim() : "";
    }

    /// <summary>Whether a schema is of the kind that OpenAI's strict mode takes: every object closed, every property required, no further rules.</summary>
    public static bool IsStrict(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return false;
        }
        var closed = false;
        var required = new HashSet<string>(StringComparer.Ordinal);
        List<string> properties = [];
        foreach (var rule in schema.EnumerateObject())
        {
            switch (rule.Name)
            {
                case "type" or "description" or "enum" or "title":
                    break;
                case "additionalProperties":
                    closed = rule.Value.ValueKind == JsonValueKind.False;
                    break;
                case "required" when rule.Value.ValueKind == JsonValueKind.Array:
                    required = [.. rule.Value.EnumerateArray().Select(name => name.ToString())];
                    break;
                case "items" when IsStrict(rule.Value):
                    break;
                case "properties" when rule.Value.ValueKind == JsonValueKind.Object && rule.Value.EnumerateObject().All(p => IsStrict(p.Value)):
                    properties = [.. rule.Value.EnumerateObject().Select(p => p.Name)];
                    break;
                default:
                    return false;
            }
        }
        var isObject = schema.TryGetProperty("type", out var type) && type.ValueEquals("object");
        return !isObject || (closed && properties.TrueForAll(required.Contains));
    }

    private async Task<JsonSchema> ReadAsync(string schema, CancellationToken cancellationToken)
    {
        if (read.TryGetValue(schema, out var known))
        {
            return known;
        }
        if (read.Count >= Most)
        {
            read.Clear();
        }
        return read[schema] = await JsonSchema.FromJsonAsync(schema, cancellationToken);
    }
}
