using CsCheck;
using Hal9.Engine.Models;
using Hal9.Engine.Models.Coats;
using Microsoft.Extensions.AI;
using Microsoft.ML.Tokenizers;

namespace Hal9.Tests.Engine.Models;

public sealed class TokenCounterTests
{
    private readonly TokenCounter counter = new();

    [Theory]
    [InlineData("llama-3", ProviderKind.OpenAI)]
    [InlineData("claude-sonnet-4-5", ProviderKind.Anthropic)]
    [InlineData("gpt-4o-mini", ProviderKind.OpenAI)]
    public void UpperBound_OfAnyText_IsNeverBelowTheTruth(string model, ProviderKind kind)
    {
        var truth = TiktokenTokenizer.CreateForEncoding("o200k_base");
        var options = new ChatOptions { ModelId = model };

        Gen.String.List[1, 5].Sample(
            texts => counter.UpperBound(texts.Select(t => new ChatMessage(ChatRole.User, t)), options, kind) >= texts.Sum(t => truth.CountTokens(t) + 4), iter: 500);
    }

    [Fact]
    public void UpperBound_CountsToolsAndSchemas()
    {
        var options = new ChatOptions { ModelId = "llama-3" };
        List<ChatMessage> messages = [new(ChatRole.User, "Hi.")];
        var plain = counter.UpperBound(messages, options, ProviderKind.OpenAI);
        var tool = AIFunctionFactory.Create((string city) => city, "weather", "Tells the weather.");
        options.Tools = [tool];

        Assert.True(counter.UpperBound(messages, options, ProviderKind.OpenAI) > plain + tool.JsonSchema.GetRawText().Length);
    }

    [Fact]
    public void UpperBound_OfAnImage_IsLarge() =>
        Assert.True(counter.UpperBound([new(ChatRole.User, [new DataContent(new byte[10], "image/png")])], new ChatOptions { ModelId = "gpt-4o-mini" }, ProviderKind.OpenAI) > 40_000);
}
