using System.Text.Json;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;
using Microsoft.Extensions.AI;

namespace Hal9.Web.Api.OpenAi;

/// <summary>Turns a checked chat request into the order of a run; what can't be carried out is refused by name.</summary>
internal static class ChatRequestReader
{
    private const int MostGoal = 100_000;
    private const int MostTags = 20;
    private const int LongestTag = 200;
    private const string Minimal = "minimal";

    private static readonly Dictionary<string, RunMode> Modes = new(StringComparer.Ordinal)
    {
        ["hal9/auto"] = RunMode.Auto,
        ["hal9/quick"] = RunMode.Quick,
        ["hal9/standard"] = RunMode.Standard,
        ["hal9/deep"] = RunMode.Deep,
    };

    /// <summary>The hierarchy's own models, as <c>/v1/models</c> lists them.</summary>
    public static IReadOnlyCollection<string> Hierarchy => Modes.Keys;

    /// <summary>Reads a request.</summary>
    /// <exception cref="OpenAiError">Something is missing, out of range or not offered.</exception>
    public static StartRun Read(ChatRequest request, ModelService models)
    {
        Require(!string.IsNullOrWhiteSpace(request.Model), "model", "This field is required.");
        Require(request.Messages is { Count: > 0 }, "messages", "At least one message is required.");
        for (var i = 0; i < request.Messages!.Count; i++)
        {
            Require(request.Messages[i] is not null, $"messages[{i}]", "A message is required.");
        }
        Require(request.N is null or 1, "n", "Only one choice per request is offered: n must be 1.");
        Require(request.Logprobs is not true, "logprobs", "Log probabilities are not offered.");
        Require(request.LogitBias is not { ValueKind: JsonValueKind.Object } bias || !bias.EnumerateObject().Any(), "logit_bias", "Logit bias is not offered.");
        Require(request.Functions is null or { ValueKind: JsonValueKind.Null }, "functions", "Use tools instead of functions.");
        Require(request.Modalities is null || request.Modalities.All(m => m == "text"), "modalities", "Only text is offered.");
        Require(request.MaxTokens is null or > 0, "max_tokens", "Must be at least 1.");
        Require(request.MaxCompletionTokens is null or > 0, "max_completion_tokens", "Must be at least 1.");
        Require(request.Temperature is null or (>= 0 and <= 2), "temperature", "Must be 0 to 2.");
        Require(request.TopP is null or (>= 0 and <= 1), "top_p", "Must be 0 to 1.");
        Require(request.PresencePenalty is null or (>= -2 and <= 2), "presence_penalty", "Must be -2 to 2.");
        Require(request.FrequencyPenalty is null or (>= -2 and <= 2), "frequency_penalty", "Must be -2 to 2.");
        _ = StopsOf(request.Stop);
        var tags = TagsOf(request);
        if (Modes.TryGetValue(request.Model!, out var mode))
        {
            return ForHierarchy(request, mode) with { Tags = tags };
        }
        return ModelRef.TryParse(request.Model, out var model) && model.Provider != "hal9" && models.Knows(model)
            ? ForModel(request, model, models.KindOf(model)) with { Tags = tags }
            : throw OpenAiError.UnknownModel(request.Model!);
    }

    private static StartRun ForHierarchy(ChatRequest request, RunMode mode)
    {
        var name = request.Model;
        Require(request.Tools is not { Count: > 0 }, "tools", $"{name} does not take tools yet; use a pass-through model (<provider>/<model>).");
        Require(request.ToolChoice is null or { ValueKind: JsonValueKind.Null } || request.ToolChoice is { ValueKind: JsonValueKind.String } choice && MessageReader.StringOf(choice, "tool_choice") is "none" or "auto",
            "tool_choice", $"{name} does not take tools yet; use a pass-through model (<provider>/<model>).");
        Require(request.ResponseFormat?.Type is null or "text", "response_format", $"{name} answers in text; use a pass-through model (<provider>/<model>) for JSON.");

        var messages = new List<ChatMessage>(request.Messages!.Count);
        for (var i = 0; i < request.Messages.Count; i++)
        {
            var message = MessageReader.Read(request.Messages[i], i);
            Require(message.Role != ChatRole.Tool && !message.Contents.OfType<FunctionCallContent>().Any(), $"messages[{i}]", $"{name} does not take tool messages yet.");
            Require(message.Contents.All(content => content is TextContent), $"messages[{i}].content", $"{name} takes text only.");
            messages.Add(message);
        }
        var last = messages[^1];
        Require(last.Role == ChatRole.User, $"messages[{messages.Count - 1}].role", "The last message must be the user's.");
        Require(!string.IsNullOrWhiteSpace(last.Text), $"messages[{messages.Count - 1}].content", "The last message must hold text.");
        Require(last.Text.Length <= MostGoal, $"messages[{messages.Count - 1}].content", $"At most {MostGoal} characters.");
        messages.RemoveAt(messages.Count - 1);
        return new StartRun { CallerWaits = true, Goal = last.Text, Kind = RunKind.Api, Mode = mode, History = messages, MaxOutputTokens = request.MaxCompletionTokens ?? request.MaxTokens };
    }

    private static StartRun ForModel(ChatRequest request, ModelRef model, ProviderKind? kind)
    {
        if (kind == ProviderKind.Anthropic)
        {
            RequireForAnthropic(request);
        }
        var messages = request.Messages!.Select(MessageReader.Read).ToList();
        var asked = messages.LastOrDefault(m => m.Role == ChatRole.User)?.Text.Trim() ?? "";
        var options = new ChatOptions
        {
            MaxOutputTokens = request.MaxCompletionTokens ?? request.MaxTokens,
            Temperature = request.Temperature,
            TopP = request.TopP,
            Seed = request.Seed,
            PresencePenalty = request.PresencePenalty,
            FrequencyPenalty = request.FrequencyPenalty,
            StopSequences = StopsOf(request.Stop),
            AllowMultipleToolCalls = request.ParallelToolCalls,
            Reasoning = EffortOf(request.ReasoningEffort),
        };
        if (request.ReasoningEffort == Minimal)
        {
            // The library has no word for it; it goes to the endpoint as it is.
            (options.AdditionalProperties ??= [])["reasoning_effort"] = JsonSerializer.SerializeToElement(Minimal);
        }
        if (request.Tools is { Count: > 0 })
        {
            options.Tools = [.. request.Tools.Select(ToolOf)];
        }
        Require(options.Tools is not null || request.ToolChoice is null or { ValueKind: JsonValueKind.Null } || request.ToolChoice is { ValueKind: JsonValueKind.String } choice && MessageReader.StringOf(choice, "tool_choice") is "none" or "auto",
            "tool_choice", "There are no tools to choose from.");
        // Anthropic takes the wish for one call at a time only beside a choice.
        options.ToolMode = ChoiceOf(request.ToolChoice, options.Tools) ?? (kind == ProviderKind.Anthropic && request.ParallelToolCalls is false && options.Tools is not null ? ChatToolMode.Auto : null);
        ApplyFormat(request.ResponseFormat, options);
        return new StartRun
        {
            CallerWaits = true,
            // What lists and pages show of it; the request itself travels whole.
            Goal = asked.Length switch { 0 => $"A request to {model}", > MostGoal => asked[..MostGoal], _ => asked },
            Kind = RunKind.Api,
            Mode = RunMode.Direct,
            Direct = new DirectRequest(model, messages, options),
        };
    }

    /// <summary>What Anthropic has nothing for is refused rather than left out in silence; values that change nothing pass.</summary>
    private static void RequireForAnthropic(ChatRequest request)
    {
        const string Not = "This model's provider does not offer it.";
        Require(request.Seed is null, "seed", Not);
        Require(request.PresencePenalty is null or 0, "presence_penalty", Not);
        Require(request.FrequencyPenalty is null or 0, "frequency_penalty", Not);
        Require(request.ReasoningEffort != Minimal, "reasoning_effort", $"{Not} The least is low.");
        Require(request.ReasoningEffort is null or "none" || request.Temperature is null or 1, "temperature", "This model's provider takes none beside reasoning_effort.");
        Require(request.ReasoningEffort is null or "none" || request.TopP is null or 1, "top_p", "This model's provider takes none beside reasoning_effort.");
        Require(request.ResponseFormat?.Type != "json_object", "response_format", $"{Not} Use json_schema.");
    }

    /// <summary>User and metadata become cost tags. A value may be longer than a tag; its beginning is enough for a report.</summary>
    private static List<string> TagsOf(ChatRequest request)
    {
        var tags = new List<string>();
        if (!string.IsNullOrEmpty(request.User))
        {
            tags.Add("user:" + request.User);
        }
        tags.AddRange(request.Metadata?.Select(entry => $"{entry.Key}:{entry.Value}") ?? []);
        Require(tags.Count <= MostTags, "metadata", $"User and metadata become cost tags, of which there are at most {MostTags}.");
        return tags.ConvertAll(tag => tag.Length <= LongestTag ? tag : tag[..LongestTag]);
    }

    private static List<string>? StopsOf(JsonElement? stop)
    {
        switch (stop?.ValueKind)
        {
            case null or JsonValueKind.Null:
                return null;
            case JsonValueKind.String:
                return [MessageReader.StringOf(stop.Value, "stop")];
            case JsonValueKind.Array when stop.Value.EnumerateArray().All(s => s.ValueKind == JsonValueKind.String):
                return [.. stop.Value.EnumerateArray().Select(s => MessageReader.StringOf(s, "stop"))];
            default:
                throw OpenAiError.Invalid("A string or a list of strings.", "stop");
        }
    }

    private static ReasoningOptions? EffortOf(string? effort) => effort switch
    {
        null or Minimal => null,
        "none" => new() { Effort = ReasoningEffort.None },
        "low" => new() { Effort = ReasoningEffort.Low },
        "medium" => new() { Effort = ReasoningEffort.Medium },
        "high" => new() { Effort = ReasoningEffort.High },
        "xhigh" => new() { Effort = ReasoningEffort.ExtraHigh },
        _ => throw OpenAiError.Invalid("One of none, minimal, low, medium, high, xhigh.", "reasoning_effort"),
    };

    private static AITool ToolOf(RequestTool tool, int index)
    {
        Require(tool is not null, $"tools[{index}]", "A tool is required.");
        Require(tool!.Type is null or "function", $"tools[{index}].type", "Only tools of type function are offered.");
        Require(!string.IsNullOrEmpty(tool.Function?.Name), $"tools[{index}].function.name", "This field is required.");
        return new PassedTool(tool.Function!);
    }

    private static ChatToolMode? ChoiceOf(JsonElement? choice, IList<AITool>? tools)
    {
        if (choice is null or { ValueKind: JsonValueKind.Null })
        {
            return null;
        }
        if (choice.Value.ValueKind == JsonValueKind.String)
        {
            return MessageReader.StringOf(choice.Value, "tool_choice") switch
            {
                "none" => ChatToolMode.None,
                "auto" => ChatToolMode.Auto,
                "required" => ChatToolMode.RequireAny,
                _ => throw OpenAiError.Invalid("One of none, auto, required, or a function by name.", "tool_choice"),
            };
        }
        var name = choice.Value.ValueKind == JsonValueKind.Object && choice.Value.TryGetProperty("function", out var function)
            && function.ValueKind == JsonValueKind.Object && function.TryGetProperty("name", out var text) && text.ValueKind == JsonValueKind.String ? MessageReader.StringOf(text, "tool_choice") : null;
        Require(name is not null, "tool_choice", "One of none, auto, required, or a function by name.");
        Require(tools?.Any(tool => tool.Name == name) is true, "tool_choice", $"The function '{name}' is not among the tools.");
        return ChatToolMode.RequireSpecific(name!);
    }

    private static void ApplyFormat(ResponseFormat? format, ChatOptions options)
    {
        switch (format?.Type)
        {
            case null:
                Require(format is null, "response_format.type", "This field is required.");
                break;
            case "text":
                break;
            case "json_object":
                options.ResponseFormat = ChatResponseFormat.Json;
                break;
            case "json_schema":
                Require(!string.IsNullOrEmpty(format.JsonSchema?.Name), "response_format.json_schema.name", "This field is required.");
                Require(format.JsonSchema!.Schema is { ValueKind: JsonValueKind.Object }, "response_format.json_schema.schema", "A JSON schema is required.");
                options.ResponseFormat = ChatResponseFormat.ForJsonSchema(format.JsonSchema.Schema!.Value, format.JsonSchema.Name, format.JsonSchema.Description);
                if (format.JsonSchema.Strict is { } strict)
                {
                    (options.AdditionalProperties ??= [])["strict"] = strict;
                }
                break;
            default:
                throw OpenAiError.Invalid("One of text, json_object, json_schema.", "response_format.type");
        }
    }

    private static void Require(bool condition, string param, string message)
    {
        if (!condition)
        {
            throw OpenAiError.Invalid(message, param);
        }
    }
}

/// <summary>A function that the caller would run; we only pass it on.</summary>
internal sealed class PassedTool : AIFunctionDeclaration
{
    private static readonly JsonElement NoParameters = JsonDocument.Parse("""{"type":"object","properties":{}}""").RootElement.Clone();
    private readonly Dictionary<string, object?> additional = [];

    public PassedTool(RequestFunction function)
    {
        Name = function.Name!;
        Description = function.Description ?? "";
        JsonSchema = function.Parameters is { ValueKind: JsonValueKind.Object } schema ? schema : NoParameters;
        if (function.Strict is { } strict)
        {
            additional["strict"] = strict;
        }
    }

    public override string Name { get; }
    public override string Description { get; }
    public override JsonElement JsonSchema { get; }
    public override IReadOnlyDictionary<string, object?> AdditionalProperties => additional;
}
