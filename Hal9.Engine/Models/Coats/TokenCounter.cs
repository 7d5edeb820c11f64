using System.Collections.Concurrent;
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
    // What servers put before a request by themselves: Mistral's default system prompt has over 400 tokens, gpt-oss's about 100.
    private const int Preamble = 512;
    // Model names come from callers on pass-through: what was learned is forgotten before it could fill the memory.
    private const int MostLearned = 1024;
    private const int MostSurplus = 4096;

    private readonly ConcurrentDictionary<ModelRef, TokenSurplus> surplus = new();

    private readonly Lazy<TiktokenTokenizer> o200k = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    /// <summary>The most input tokens that a request can have, without what its model was seen to take beyond it.</summary>
    public long UpperBound(IEnumerable<ChatMessage> messages, ChatOptions options, ProviderKind kind)
    {
        var exact = kind == ProviderKind.OpenAI && IsO200k(options.ModelId);
        // A token of any byte-level vocabulary stands for at least one byte.
        var count = Count(messages, options, exact ? o200k.Value.CountTokensOf : Encoding.UTF8.GetByteCount, worst: true);
        return kind == ProviderKind.Offline ? count : count + Preamble;
    }

    /// <summary>What a model was seen to use beyond the bounds of its requests.</summary>
    public TokenSurplus SurplusOf(ModelRef model) => surplus.GetValueOrDefault(model);

    /// <summary>Notes that a model went beyond the bounds of a request: the next ones are expected to do the same.</summary>
    public void Learn(ModelRef model, TokenSurplus seen)
    {
        // Nobody's hidden prompt is that long: such a number is nonsense, and must not keep the next calls from being paid.
        var found = new TokenSurplus(seen.Input is > 0 and <= MostSurplus ? seen.Input : 0, seen.Output is > 0 and <= MostSurplus ? seen.Output : 0);
        if (surplus.Count >= MostLearned)
        {
            surplus.Clear();
        }
        // Several calls may learn it at once, each from the same bound: the larger one holds, they do not add up.
        surplus.AddOrUpdate(model, found, (_, known) => new TokenSurplus(Math.Max(known.Input, found.Input), Math.Max(known.Output, found.Output)));
    }

    /// <summary>About how many input tokens a request has.</summary>
    public long Estimate(IEnumerable<ChatMessage> messages, ChatOptions options) => Count(messages, options, o200k.Value.CountTokensOf, worst: false);

    /// <summary>About how many tokens a text has.</summary>
    public long Estimate(string text) => o200k.Value.CountTokensOf(text);

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

/// <summary>Tokens beyond what a request could have at most: prompts that a server adds by itself, thoughts that it does not count against the limit.</summary>
internal readonly record struct TokenSurplus(long Input, long Output);

internal static class Tokenizers
{
    public static int CountTokensOf(this TiktokenTokenizer tokenizer, string text) => tokenizer.CountTokens(text);
}
