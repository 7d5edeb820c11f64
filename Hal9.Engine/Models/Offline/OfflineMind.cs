using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Engine.Models.Offline.Projects;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Models.Offline;

/// <summary>Decides what kind of answer a request wants.</summary>
internal static class OfflineMind
{
    /// <param name="messages">The conversation.</param>
    /// <param name="format">The wanted format.</param>
    /// <param name="limit">The most tokens; JSON is made to fit, text is cut by the caller.</param>
    public static string Answer(IReadOnlyList<ChatMessage> messages, ChatResponseFormat? format, int limit)
    {
        var json = format as ChatResponseFormatJson;
        if (json?.SchemaName?.StartsWith(ProjectScript.Prefix, StringComparison.Ordinal) == true && ProjectRequest.Of(messages) is { } project
            && ProjectScript.Answer(json.SchemaName, project) is { } scripted)
        {
            return scripted;
        }
        var known = json?.Schema is { } schema ? Known(json.SchemaName, schema) : null;
        var request = OfflineRequest.Of(messages, known is not null);
        return json is null ? Text(request)
            : known is not null ? Json.Write(known(request, limit))
            : Json.Write(json.Schema is { } other
                ? new SchemaFiller(other, request.Goal).Fill()
                : new JsonObject { ["offline"] = true, ["note"] = OfflineNote.Text, ["answer"] = Json.Fit(Worker.Work(request), limit) });
    }

    private static string Text(OfflineRequest request) =>
        OfflineNote.Above(request.Integrate is { } results ? Integrator.Integrate(results) : Worker.Work(request));

    /// <summary>The answer to one of the neurons' schemas; null for a schema that only has the same name.</summary>
    private static Func<OfflineRequest, int, JsonObject>? Known(string? name, JsonElement schema) => name switch
    {
        "plan" when Has(schema, "outcome", "assignments", "answer", "reason") => (request, limit) => Planner.Plan(request, Delegates(schema), limit),
        "work" when Has(schema, "outcome", "answer", "reason") => (request, limit) => new JsonObject
        {
            ["outcome"] = "answer",
            ["answer"] = Json.Fit(OfflineNote.Above(Worker.Work(request)), limit),
            ["reason"] = "",
        },
        "review" when Has(schema, "verdicts", "answer") => (request, limit) =>
        {
            var verdicts = Judge.Verdicts(request);
            var answer = Judge.SendsBack(verdicts) ? "" : Json.Fit(OfflineNote.Above(Integrator.Integrate(request.Results)), limit);
            return new JsonObject { ["verdicts"] = verdicts, ["answer"] = answer };
        },
        "verdicts" when Has(schema, "verdicts") => (request, _) => new JsonObject { ["verdicts"] = Judge.Verdicts(request) },
        _ => null,
    };

    private static bool Has(JsonElement schema, params ReadOnlySpan<string> names)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return false;
        }
        var count = 0;
        foreach (var name in names)
        {
            count += properties.TryGetProperty(name, out _) ? 1 : 0;
        }
        return count == names.Length && properties.EnumerateObject().Count() == count;
    }

    private static List<string> Delegates(JsonElement plan)
    {
        var path = plan;
        foreach (var step in (ReadOnlySpan<string>)["properties", "assignments", "items", "properties", "neuron", "enum"])
        {
            if (path.ValueKind != JsonValueKind.Object || !path.TryGetProperty(step, out path))
            {
                return [];
            }
        }
        return [.. path.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!)];
    }
}
