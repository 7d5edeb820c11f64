using System.Text.Json;
using Hal9.Engine.Budgets;
using Hal9.Engine.Models.Coats;

namespace Hal9.Tests.Engine.Models;

public sealed class UsageNormaliserTests
{
    public static TheoryData<string, TokenUsage?> OpenAIShapes => new()
    {
        { """{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}""", new(10, 5) },
        { """{"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"cached_tokens":80,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":30}}""", new(100, 50, 80, 0, 0, 30) },
        { """{"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":null,"completion_tokens_details":null}""", new(100, 50) },
        { """{"prompt_tokens":100,"completion_tokens":20,"total_tokens":150,"completion_tokens_details":{"reasoning_tokens":30}}""", new(100, 50, 0, 0, 0, 30) },
        { """{"prompt_tokens":100,"completion_tokens":20,"prompt_cache_hit_tokens":60,"prompt_cache_miss_tokens":40}""", new(100, 20, 60) },
        { """{"prompt_tokens":0,"completion_tokens":0}""", new(0, 0) },
        { """{"prompt_tokens":100.0,"completion_tokens":2e1,"prompt_tokens_details":{"cached_tokens":80.00}}""", new(100, 20, 80) },
        { """{"prompt_tokens":-1,"completion_tokens":5}""", null },
        { """{"prompt_tokens":1,"completion_tokens":-5}""", null },
        { """{"prompt_tokens":1.5,"completion_tokens":5}""", null },
        { """{"prompt_tokens":"10","completion_tokens":5}""", null },
        { """{"prompt_tokens":10}""", null },
        { """{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":11}}""", null },
        { """{"prompt_tokens":10,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":6}}""", null },
        { """{"prompt_tokens":100000001,"completion_tokens":5}""", null },
        { """{"prompt_tokens":99999999999999999999999,"completion_tokens":5}""", null },
    };

    public static TheoryData<string, TokenUsage?> AnthropicShapes => new()
    {
        { """{"input_tokens":10,"output_tokens":5}""", new(10, 5) },
        { """{"input_tokens":10,"cache_read_input_tokens":100,"cache_creation_input_tokens":30,"output_tokens":5}""", new(140, 5, 100, 30) },
        { """{"input_tokens":10,"cache_read_input_tokens":0,"cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"output_tokens":5}""", new(40, 5, 0, 10, 20) },
        { """{"input_tokens":10,"cache_creation":{"ephemeral_1h_input_tokens":20},"output_tokens":5}""", new(30, 5, 0, 0, 20) },
        { """{"input_tokens":10,"cache_read_input_tokens":null,"cache_creation_input_tokens":null,"output_tokens":5}""", new(10, 5) },
        { """{"input_tokens":10,"output_tokens":50,"output_tokens_details":{"thinking_tokens":20}}""", new(10, 50, 0, 0, 0, 20) },
        { """{"input_tokens":10,"cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":1,"ephemeral_1h_input_tokens":2},"output_tokens":5}""", null },
        { """{"input_tokens":10,"cache_read_input_tokens":-1,"output_tokens":5}""", null },
        { """{"input_tokens":null,"output_tokens":5}""", null },
        { """{"output_tokens":5}""", null },
    };

    [Theory]
    [MemberData(nameof(OpenAIShapes))]
    public void OpenAI_Usage_IsReadOrRefused(string json, TokenUsage? expected) => Assert.Equal(expected, UsageNormaliser.OpenAI(Read(json)));

    [Theory]
    [MemberData(nameof(AnthropicShapes))]
    public void Anthropic_Usage_IsReadOrRefused(string json, TokenUsage? expected) => Assert.Equal(expected, UsageNormaliser.Anthropic(Read(json)));

    private static Dictionary<string, JsonElement> Read(string json) => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!;
}
