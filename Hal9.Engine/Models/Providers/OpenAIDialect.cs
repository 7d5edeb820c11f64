using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace Hal9.Engine.Models.Providers;

/// <summary>The dialects of an endpoint's models: a gateway has many behind one address, and what one of them lacks the others may have.</summary>
internal sealed class OpenAIDialects(Uri address)
{
    // Model names come from callers on pass-through: what was learned is forgotten before it could fill the memory.
    private const int Most = 1024;
    private readonly ConcurrentDictionary<string, OpenAIDialect> byModel = new(StringComparer.Ordinal);

    public OpenAIDialect Of(string? model)
    {
        if (byModel.Count >= Most)
        {
            byModel.Clear();
        }
        return byModel.GetOrAdd(model ?? "", static (_, address) => new OpenAIDialect(address), address);
    }
}

/// <summary>What differs between OpenAI-compatible endpoints and their models: how the output limit is called, and what they refuse. Learned from their errors.</summary>
internal sealed class OpenAIDialect(Uri address)
{
    // OpenAI and Azure refuse max_tokens for newer models; most others (Ollama, llama.cpp, Mistral…) ignore or refuse the new name.
    private volatile bool newName = IsHostOf(address, "openai.com") || IsHostOf(address, "azure.com") || IsHostOf(address, "azure-api.net");
    private volatile bool noStreamOptions;

    /// <summary>Makes the reader of a refusal of a request that is written now; it returns true when the next request will be different from this one.</summary>
    public Func<string, bool> Learner()
    {
        // Others may learn the same while this request is on its way: what counts is how this one was written.
        var (asNew, asPlain) = (newName, noStreamOptions);
        return error =>
        {
            if (!asNew && error.Contains("max_completion_tokens", StringComparison.Ordinal))
            {
                return newName = true;
            }
            if (!asPlain && error.Contains("stream_options", StringComparison.Ordinal))
            {
                return noStreamOptions = true;
            }
            return false;
        };
    }

    public ChatCompletionOptions Write(
        ChatCompletionOptions request, int? mostOutput, ChatResponseFormatJson? format, IList<AITool>? tools, ChatToolMode? toolMode, bool? parallel, AdditionalPropertiesDictionary? extra)
    {
        // Patches are written as they are: the SDK's own types would rewrite schemas. Experimental, and the only way to send raw JSON.
#pragma warning disable SCME0001
        if (mostOutput is { } most)
        {
            request.Patch.Set(newName ? "$.max_completion_tokens"u8 : "$.max_tokens"u8, most);
        }
        if (noStreamOptions)
        {
            request.Patch.Remove("$.stream_options"u8);
        }
        if (format is not null)
        {
            request.Patch.Set("$.response_format"u8, JsonSerializer.SerializeToUtf8Bytes(Format(format, extra)));
        }
        if (tools?.OfType<AIFunctionDeclaration>().Select(Tool).ToList() is { Count: > 0 } written)
        {
            request.Patch.Set("$.tools"u8, JsonSerializer.SerializeToUtf8Bytes(written));
            if (toolMode is not null)
            {
                request.Patch.Set("$.tool_choice"u8, JsonSerializer.SerializeToUtf8Bytes(Choice(toolMode)));
            }
            if (parallel is { } several)
            {
                request.Patch.Set("$.parallel_tool_calls"u8, several);
            }
        }
        foreach (var (name, value) in extra ?? [])
        {
            if (value is JsonElement json && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            {
                request.Patch.Set(System.Text.Encoding.UTF8.GetBytes("$." + name), JsonSerializer.SerializeToUtf8Bytes(json));
            }
        }
#pragma warning restore SCME0001
        return request;
    }

    private static Dictionary<string, object> Format(ChatResponseFormatJson format, AdditionalPropertiesDictionary? extra)
    {
        if (format.Schema is not { } schema)
        {
            return new() { ["type"] = "json_object" };
        }
        Dictionary<string, object> named = new() { ["name"] = format.SchemaName ?? "answer", ["schema"] = schema };
        if (format.SchemaDescription is { } description)
        {
            named["description"] = description;
        }
        if (Strict(extra) is { } strict)
        {
            named["strict"] = strict;
        }
        return new() { ["type"] = "json_schema", ["json_schema"] = named };
    }

    private static Dictionary<string, object> Tool(AIFunctionDeclaration tool)
    {
        Dictionary<string, object> function = new() { ["name"] = tool.Name, ["parameters"] = tool.JsonSchema };
        if (tool.Description is { Length: > 0 } description)
        {
            function["description"] = description;
        }
        if (Strict(tool.AdditionalProperties) is { } strict)
        {
            function["strict"] = strict;
        }
        return new() { ["type"] = "function", ["function"] = function };
    }

    private static object Choice(ChatToolMode mode) => mode switch
    {
        NoneChatToolMode => "none",
        RequiredChatToolMode { RequiredFunctionName: { } name } => new { type = "function", function = new { name } },
        RequiredChatToolMode => "required",
        _ => "auto",
    };

    private static bool? Strict(IReadOnlyDictionary<string, object?>? properties) => properties is not null && properties.TryGetValue("strict", out var value) && value is bool strict ? strict : null;

    private static bool IsHostOf(Uri address, string domain) =>
        address.Host.Equals(domain, StringComparison.OrdinalIgnoreCase) || address.Host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);
}
