using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hal9.Tests.Support;

/// <summary>
/// Makes a JSON value that fits a schema: the first enum value, <c>items</c> objects per array, one text per array of texts, no numbers in
/// arrays of numbers unless <c>minItems</c> asks; 1, 2, 3… for integers inside an array's objects.
/// </summary>
internal sealed class SchemaFiller(JsonElement root, int items, Func<string, string> textOf)
{
    public JsonNode? Fill() => Fill(root, "answer", 1);

    private JsonNode? Fill(JsonElement schema, string name, int index)
    {
        schema = Resolve(schema);
        if (schema.TryGetProperty("const", out var constant))
        {
            return JsonNode.Parse(constant.GetRawText());
        }
        if (schema.TryGetProperty("enum", out var values) && values.GetArrayLength() > 0)
        {
            return JsonNode.Parse(values[0].GetRawText());
        }
        return TypeOf(schema) switch
        {
            "object" => FillObject(schema, index),
            "array" => FillArray(schema, name),
            "integer" => (JsonNode)Math.Max(index, schema.TryGetProperty("minimum", out var least) ? (long)Math.Ceiling(least.GetDouble()) : index),
            "number" => Math.Max(0.5, schema.TryGetProperty("minimum", out var least) ? least.GetDouble() : 0.5),
            "boolean" => true,
            "null" => null,
            _ => textOf(index > 1 ? $"{name} {index}" : name),
        };
    }

    private JsonObject FillObject(JsonElement schema, int index)
    {
        var filled = new JsonObject();
        if (schema.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject())
            {
                filled[property.Name] = Fill(property.Value, property.Name, index);
            }
        }
        return filled;
    }

    private JsonArray FillArray(JsonElement schema, string name)
    {
        var item = schema.TryGetProperty("items", out var of) ? Resolve(of) : JsonDocument.Parse("{}").RootElement;
        var least = schema.TryGetProperty("minItems", out var min) ? min.GetInt32() : 0;
        var wanted = Math.Max(least, TypeOf(item) switch { "object" => items, "integer" or "number" => 0, _ => 1 });
        var most = schema.TryGetProperty("maxItems", out var max) ? max.GetInt32() : int.MaxValue;
        return [.. Enumerable.Range(1, Math.Min(wanted, most)).Select(i => Fill(item, name, i))];
    }

    private JsonElement Resolve(JsonElement schema)
    {
        while (true)
        {
            if (schema.TryGetProperty("$ref", out var reference))
            {
                schema = reference.GetString()!.Split('/').Skip(1).Aggregate(root, (at, part) => at.GetProperty(part));
            }
            else if (schema.TryGetProperty("anyOf", out var choices) || schema.TryGetProperty("oneOf", out choices) || schema.TryGetProperty("allOf", out choices))
            {
                schema = choices[0];
            }
            else
            {
                return schema;
            }
        }
    }

    private static string TypeOf(JsonElement schema) =>
        !schema.TryGetProperty("type", out var type)
            ? schema.TryGetProperty("properties", out _) ? "object" : "string"
            : type.ValueKind == JsonValueKind.Array ? type[0].GetString()! : type.GetString()!;
}
