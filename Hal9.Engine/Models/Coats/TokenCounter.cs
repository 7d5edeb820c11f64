using System.Text;
using System.Text.Json;
using Hal9.Engine.Models.Providers;
using Microsoft.Extensions.AI;
using Microsoft.ML.Tokenizers;

namespace Hal9.Engine.Models.Coats;

/// <summary>
/// Counts tokens here: as an upper bound before a call, which may be above the truth but not below it, and as an estimate after a call whose
/// provider did not tell.
/// </summary>
internal sealed class TokenCounter
{
    // Role marks and separators of a message; 4 in OpenAI's formats, more in some chat templates.
    private const int PerMessage = 16;
    private const int PerTool = 48;
    // The system prompt that a provider adds for tools (Anthropic documents up to 530 tokens), and for forced JSON.
    private const int ToolPreamble = 640;
    private const int PerImage = 50_000;

    private readonly Lazy<TiktokenTokenizer> o200k = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    /// <summary>The most input tokens that a request can have.</summary>
    public long UpperBound(IEnumerable<ChatMessage> messages, ChatOptions options, ProviderKind kind)
    {
        var exact = kind == ProviderKind.OpenAI && IsO200k(options.ModelId);
        // A token of any byte-level vocabulary stands for at least one byte.
        return Count(messages, options, exact ? o200k.Value.CountTokensOf : Encoding.UTF8.GetByteCount, worst: true);
    }

    /// <summary>About how many input tokens a request has.</summary>
    public long Estimate(IEnumerable<ChatMessage> messages, ChatOptions options) => Count(messages, options, o200k.Value.CountTokensOf, worst: false);

    /// <summary>About how many tokens an answer has.</summary>
    public long Estimate(IEnumerable<AIContent> contents) => contents.Sum(content => Count(content, o200k.Value.CountTokensOf, worst: false));

    private static long Count(IEnumerable<ChatMessage> messages, ChatOptions options, Func<string, int> count, bool worst)
    {
        long sum = 3;
        foreach (var message in messages)
        {
            sum += worst ? PerMessage : 4;
            sum += message.AuthorName is { } author ? count(author) : 0;
            foreach (var content in message.Contents)
            {
                sum += Count(content, count, worst);
            }
        }
        sum += options.Instructions is { } instructions ? count(instructions) + (worst ? PerMessage : 4) : 0;
        if (options.Tools is { Count: > 0 } tools)
        {
            sum += worst ? ToolPreamble : 16;
            foreach (var tool in tools)
            {
                sum += count(tool.Name) + count(tool.Description) + (worst ? PerTool : 8);
                sum += tool is AIFunctionDeclaration function ? count(function.JsonSchema.GetRawText()) : 0;
            }
        }
        if (options.ResponseFormat is ChatResponseFormatJson { Schema: { } schema })
        {
            sum += count(schema.GetRawText()) + (worst ? ToolPreamble : 16);
        }
        return sum;
    }

    private static long Count(AIContent content, Func<string, int> count, bool worst) => content switch
    {
        TextContent text => count(text.Text),
        TextReasoningContent reasoning => count(reasoning.Text),
        FunctionCallContent call => count(call.Name) + count(Text(call.Arguments)) + (worst ? PerTool : 8),
        FunctionResultContent result => count(result.Result as string ?? Text(result.Result)) + (worst ? PerTool : 8),
        DataContent data when data.HasTopLevelMediaType("image") => worst ? PerImage : 1000,
        UriContent => worst ? PerImage : 1000,
        DataContent data => data.Data.Length + 1000,
        ErrorContent error => count(error.Message),
        _ => 0,
    };

    private static string Text(object? value)
    {
        try
        {
            return JsonSerializer.Serialize(value, AIJsonUtilities.DefaultOptions);
        }
        catch (NotSupportedException)
        {
            return value?.ToString() ?? "";
        }
    }

    private static bool IsO200k(string? model) =>
        model is not null && (model.StartsWith("gpt-4o", StringComparison.Ordinal) || model.StartsWith("gpt-4.1", StringComparison.Ordinal) || model.StartsWith("gpt-5", StringComparison.Ordinal)
            || model.StartsWith("chatgpt-4o", StringComparison.Ordinal) || model is ['o', '1' or '3' or '4', ..]);
}

internal static class Tokenizers
{
    public static int CountTokensOf(this TiktokenTokenizer tokenizer, string text) => tokenizer.CountTokens(text);
}
