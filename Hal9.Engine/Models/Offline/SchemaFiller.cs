using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hal9.Engine.Models.Offline;

/// <summary>
/// Fills any JSON schema validly. A value comes from a line "name: value" of the input when it fits; else the choice that claims least: null
/// where it is allowed, an empty list, the smallest number, the sentence that it is offline. A pattern can't be served: the caller's check refuses.
/// </summary>
internal sealed class SchemaFiller
{
    private const int Deepest = 12;

    /// <summary>A schema that refers to itself in several required members would grow without end.</summary>
    private const int MostValues = 2000;

    private readonly JsonElement root;
    private readonly Dictionary<string, string> given = new(StringComparer.OrdinalIgnoreCase);
    private int values;

    public SchemaFiller(JsonElement schema, string input)
    {
        root = schema;
        foreach (var line in input.Split('\n').Take(1000))
        {
            if (Work.Tables.Pair(line.Trim()) is { } pair)
            {
                given.TryAdd(Bare(pair.Key), pair.Value);
            }
        }
    }

    public JsonNode Fill() => Value(root, "", 0) ?? new JsonObject();

    private JsonNode? Value(JsonElement schema, string name, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > Deepest || ++values > MostValues)
        {
            return null;
        }
        if (schema.TryGetProperty("$ref", out var reference) && Resolve(reference.GetString()) is { } target)
        {
            return Value(target, name, depth + 1);
        }
        if (schema.TryGetProperty("const", out var constant))
        {
            return JsonNode.Parse(constant.GetRawText());
        }
        var said = given.GetValueOrDefault(Bare(name));
        if (schema.TryGetProperty("enum", out var choices) && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0)
        {
            var choice = choices.EnumerateArray().FirstOrDefault(c => said is not null && c.ValueKind == JsonValueKind.String && c.GetString()!.Equals(said, StringComparison.OrdinalIgnoreCase));
            return JsonNode.Parse((choice.ValueKind == JsonValueKind.Undefined ? choices[0] : choice).GetRawText());
        }
        foreach (var union in (ReadOnlySpan<string>)["anyOf", "oneOf"])
        {
            if (schema.TryGetProperty(union, out var options) && options.ValueKind == JsonValueKind.Array && options.GetArrayLength() > 0)
            {
                return options.EnumerateArray().Any(IsNull) && said is null ? null : Value(options.EnumerateArray().First(option => !IsNull(option)), name, depth + 1);
            }
        }
        if (schema.TryGetProperty("allOf", out var all) && all.ValueKind == JsonValueKind.Array)
        {
            return Merged(schema, all, name, depth);
        }
        var types = Types(schema);
        if (types.Contains("null") && (said is null || types.Count == 1))
        {
            return null;
        }
        return types.FirstOrDefault(type => type != "null") switch
        {
            "object" => Object(schema, depth),
            "array" => Array(schema, name, depth),
            "integer" => Number(schema, said, whole: true),
            "number" => Number(schema, said, whole: false),
            "boolean" => bool.TryParse(said, out var truth) && truth,
            _ => Text(schema, said),
        };
    }

    private JsonObject Object(JsonElement schema, int depth)
    {
        var filled = new JsonObject();
        if (schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
        {
            var required = schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array
                ? names.EnumerateArray().Select(name => name.GetString()).ToHashSet() : [];
            foreach (var property in properties.EnumerateObject())
            {
                // What is optional and recursive ends here; what is required goes on to the depth limit.
                if (required.Contains(property.Name) || depth < Deepest / 4)
                {
                    filled[property.Name] = Value(property.Value, property.Name, depth + 1);
                }
            }
        }
        return filled;
    }

    private JsonArray Array(JsonElement schema, string name, int depth)
    {
        var least = Whole(schema, "minItems") ?? 0;
        var filled = new JsonArray();
        for (var i = 0; i < Math.Min(least, 100); i++)
        {
            filled.Add(schema.TryGetProperty("items", out var items) ? Value(items, name, depth + 1) : JsonValue.Create(OfflineNote.Text));
        }
        return filled;
    }

    private static JsonValue Number(JsonElement schema, string? said, bool whole)
    {
        var low = Decimal(schema, "minimum");
        var high = Decimal(schema, "maximum");
        var above = Decimal(schema, "exclusiveMinimum");
        var below = Decimal(schema, "exclusiveMaximum");
        var step = Decimal(schema, "multipleOf") is { } multiple and > 0 ? multiple : whole ? 1 : 0;
        if (said is not null && decimal.TryParse(said, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) && Fits(number))
        {
            return Create(number);
        }
        var candidate = low ?? above ?? 0;
        if (low is null && above is null && (candidate > high || candidate >= below))
        {
            candidate = high ?? below!.Value;
            candidate = step > 0 ? Math.Floor(candidate / step) * step : candidate;
            candidate -= Fits(candidate) ? 0 : step > 0 ? step : 1;
        }
        else
        {
            candidate = step > 0 ? Math.Ceiling(candidate / step) * step : candidate;
            candidate += candidate == above ? (step > 0 ? step : Gap()) : 0;
        }
        return Create(candidate);

        // Between exclusive borders without a step the middle always fits.
        decimal Gap() => (below ?? high) is { } end && above is { } begin ? (end - begin) / 2 : 1;

        bool Fits(decimal value) => !(value < low) && !(value > high) && !(value <= above) && !(value >= below) && (step == 0 || value % step == 0);

        JsonValue Create(decimal value) => whole && value is >= long.MinValue and <= long.MaxValue ? JsonValue.Create((long)value) : JsonValue.Create(value);
    }

    private static JsonValue Text(JsonElement schema, string? said)
    {
        var format = schema.TryGetProperty("format", out var form) ? form.GetString() : null;
        var text = format switch
        {
            "date-time" => said is not null && DateTimeOffset.TryParse(said, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToString("O", CultureInfo.InvariantCulture) : "0001-01-01T00:00:00Z",
            "date" => DateOnly.TryParseExact(said, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date.ToString("O", CultureInfo.InvariantCulture) : "0001-01-01",
            "time" => "00:00:00Z",
            "duration" => "PT0S",
            "email" => said?.Contains('@', StringComparison.Ordinal) == true ? said : "offline@example.invalid",
            "uri" or "url" or "uri-reference" => Uri.TryCreate(said, UriKind.Absolute, out var uri) ? uri.ToString() : "https://example.invalid/offline",
            "uuid" or "guid" => Guid.TryParse(said, out var id) ? id.ToString() : Guid.Empty.ToString(),
            "ipv4" => "0.0.0.0",
            "ipv6" => "::",
            "hostname" => "offline.invalid",
            _ => said ?? OfflineNote.Text + " It cannot fill this.",
        };
        var most = Whole(schema, "maxLength") ?? int.MaxValue;
        var least = Math.Min(Whole(schema, "minLength") ?? 0, 10_000);
        text = text.EnumerateRunes().Count() <= most ? text : string.Concat(text.EnumerateRunes().Take(most).Select(rune => rune.ToString()));
        var missing = least - text.EnumerateRunes().Count();
        return JsonValue.Create(missing > 0 ? new StringBuilder(text).Append('.', missing).ToString() : text);
    }

    /// <summary>The parts of <c>allOf</c> as one schema: objects are filled one after the other.</summary>
    private JsonNode? Merged(JsonElement schema, JsonElement parts, string name, int depth)
    {
        var filled = Types(schema).Contains("object") ? Object(schema, depth) : null;
        foreach (var part in parts.EnumerateArray())
        {
            var value = Value(part, name, depth + 1);
            if (value is not JsonObject more)
            {
                return filled ?? value;
            }
            filled ??= [];
            foreach (var (key, member) in more.ToList())
            {
                filled[key] = member?.DeepClone();
            }
        }
        return filled;
    }

    private JsonElement? Resolve(string? reference)
    {
        if (reference is null || !reference.StartsWith('#'))
        {
            return null;
        }
        var at = root;
        foreach (var step in reference[1..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var key = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(key, out at))
            {
                return null;
            }
        }
        return at;
    }

    private static List<string> Types(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return schema.TryGetProperty("properties", out _) ? ["object"] : schema.TryGetProperty("items", out _) ? ["array"] : ["string"];
        }
        return type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(entry => entry.GetString()!)] : [type.GetString()!];
    }

    private static bool IsNull(JsonElement schema) => schema.ValueKind == JsonValueKind.Object && Types(schema) is ["null"];

    private static int? Whole(JsonElement schema, string name) => schema.TryGetProperty(name, out var value) && value.TryGetInt32(out var number) ? number : null;

    private static decimal? Decimal(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) ? number : null;

    private static string Bare(string name) => string.Concat(name.Where(char.IsLetterOrDigit));
}
