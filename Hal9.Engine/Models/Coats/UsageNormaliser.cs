using System.Text.Json;
using Hal9.Engine.Budgets;

namespace Hal9.Engine.Models.Coats;

/// <summary>
/// Reads a provider's usage into one shape: input includes cached and cache-write tokens, output includes reasoning. Numbers that cannot be
/// (negative, no integer, beyond <see cref="Most"/>, a part larger than its whole) are refused, never repaired.
/// </summary>
internal static class UsageNormaliser
{
    /// <summary>More tokens than any model takes or gives in one call.</summary>
    public const long Most = 100_000_000;

    /// <summary>OpenAI: prompt tokens include cached ones, completion tokens include reasoning.</summary>
    public static TokenUsage? OpenAI(IReadOnlyDictionary<string, JsonElement> usage)
    {
        if (Number(usage, "prompt_tokens") is not { } input || Number(usage, "completion_tokens") is not { } output)
        {
            return null;
        }
        var prompt = Part(usage, "prompt_tokens_details");
        var completion = Part(usage, "completion_tokens_details");
        // DeepSeek tells its cache hits beside the prompt tokens, OpenRouter its cache writes in the details.
        if (Detail(prompt, "cached_tokens", Optional(usage, "prompt_cache_hit_tokens")) is not { } cached
            || Detail(prompt, "cache_write_tokens", 0) is not { } write
            || Detail(completion, "reasoning_tokens", 0) is not { } reasoning)
        {
            return null;
        }
        // Some endpoints (Gemini's, xAI's) leave reasoning out of the completion tokens: their total gives it away.
        if (reasoning > 0 && Number(usage, "total_tokens") is { } total && total == input + output + reasoning)
        {
            output += reasoning;
        }
        return cached + write <= input && reasoning <= output ? new TokenUsage(input, output, cached, write, 0, reasoning) : null;
    }

    /// <summary>Anthropic: input tokens exclude what was read from and written to the cache.</summary>
    public static TokenUsage? Anthropic(IReadOnlyDictionary<string, JsonElement> usage)
    {
        if (Number(usage, "input_tokens") is not { } plain || Number(usage, "output_tokens") is not { } output
            || Optional(usage, "cache_read_input_tokens") is not { } read || Optional(usage, "cache_creation_input_tokens") is not { } written)
        {
            return null;
        }
        var creation = Part(usage, "cache_creation");
        if (Detail(creation, "ephemeral_5m_input_tokens", 0) is not { } five || Detail(creation, "ephemeral_1h_input_tokens", 0) is not { } hour
            || Detail(Part(usage, "output_tokens_details"), "thinking_tokens", 0) is not { } reasoning)
        {
            return null;
        }
        if (five + hour == 0)
        {
            five = written;
        }
        else if (written != 0 && five + hour != written)
        {
            return null;
        }
        return reasoning <= output ? new TokenUsage(plain + read + five + hour, output, read, five, hour, reasoning) : null;
    }

    /// <summary>The usage of the built-in provider, which speaks in the library's words.</summary>
    public static TokenUsage? Plain(Microsoft.Extensions.AI.UsageDetails usage)
    {
        var input = usage.InputTokenCount ?? -1;
        var output = usage.OutputTokenCount ?? -1;
        var cached = usage.CachedInputTokenCount ?? 0;
        var reasoning = usage.ReasoningTokenCount ?? 0;
        return input is >= 0 and <= Most && output is >= 0 and <= Most && cached >= 0 && cached <= input && reasoning >= 0 && reasoning <= output
            ? new TokenUsage(input, output, cached, 0, 0, reasoning)
            : null;
    }

    private static long? Number(IReadOnlyDictionary<string, JsonElement> usage, string name) =>
        usage.TryGetValue(name, out var value) ? Read(value) : null;

    private static long? Optional(IReadOnlyDictionary<string, JsonElement> usage, string name) =>
        usage.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null ? Read(value) : 0;

    private static JsonElement? Part(IReadOnlyDictionary<string, JsonElement> usage, string name) =>
        usage.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static long? Detail(JsonElement? part, string name, long? missing) =>
        part is { } p && p.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? Read(value) : missing;

    /// <summary>A whole number; some servers write it as <c>12.0</c>.</summary>
    private static long? Read(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && number is >= 0 and <= Most && decimal.Truncate(number) == number ? (long)number : null;
}
