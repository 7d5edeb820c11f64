using System.Text.Json;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Models.Coats;
using Hal9.Tests.Engine.Models;
using Hal9.Tests.Support;
using Microsoft.Extensions.Options;

namespace Hal9.Tests.Contracts;

/// <summary>
/// Usage as nine providers send it (their published examples and those of reported wrong bills), what it means in our words, and what it costs: by hand, on the dated price
/// row of its vendor where we ship one, to the nano-dollar.
/// </summary>
public sealed class UsageConformanceTests
{
    private static readonly DateTimeOffset At = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly PricesOptions Configured = new()
    {
        Prices =
        {
            new() { Model = "xai/grok-4", InputUsd = 3, CachedInputUsd = 0.75m, OutputUsd = 15 },
            new() { Model = "openrouter/*", InputUsd = 3, CachedInputUsd = 0.3m, CacheWriteUsd = 3.75m, OutputUsd = 15 },
            new() { Model = "groq/llama-3.3-70b-versatile", InputUsd = 0.59m, OutputUsd = 0.79m },
        },
    };

    /// <summary>Name, model, usage as sent, what it means, and its cost in nano-USD.</summary>
    public static TheoryData<string, string, string, TokenUsage, long> Shapes => new()
    {
        // 86 x 2.50 + 1,920 x 1.25 + 300 x 10: cached tokens are part of the prompt, not beside it.
        { "OpenAI, cached", "openai/gpt-4o", """{"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,"prompt_tokens_details":{"cached_tokens":1920,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}""", new(2006, 300, 1920), 5_615_000 },
        // 75 x 2 + 1,186 x 8, at the price since 2025-06-10: reasoning is part of the completion.
        { "OpenAI, reasoning, dated price", "openai/o3", """{"prompt_tokens":75,"completion_tokens":1186,"total_tokens":1261,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":1024}}""", new(75, 1186, 0, 0, 0, 1024), 9_638_000 },
        // 33 x 0.15 + 57 x 0.60; what is not told is null.
        { "Azure OpenAI", "azure/gpt-4o-mini", """{"completion_tokens":57,"prompt_tokens":33,"total_tokens":90,"prompt_tokens_details":{"audio_tokens":null,"cached_tokens":null},"completion_tokens_details":null}""", new(33, 57), 39_150 },
        // 3 x 3 + 12,304 x 3.75 + 550 x 15: the bill that others made 0.0913 USD.
        { "Anthropic, cache write", "anthropic/claude-sonnet-4-5", """{"input_tokens":3,"cache_creation_input_tokens":12304,"cache_read_input_tokens":0,"output_tokens":550}""", new(12307, 550, 0, 12304), 54_399_000 },
        // 2,048 x 3 + 1,800 x 0.30 + 148 x 3.75 + 100 x 6 + 503 x 15.
        { "Anthropic, cache read and both writes", "anthropic/claude-sonnet-4-5", """{"input_tokens":2048,"cache_read_input_tokens":1800,"cache_creation_input_tokens":248,"cache_creation":{"ephemeral_5m_input_tokens":148,"ephemeral_1h_input_tokens":100},"output_tokens":503,"service_tier":"standard","server_tool_use":{"web_search_requests":0}}""", new(4096, 503, 1800, 148, 100), 15_384_000 },
        // 5,005 x 2.50 + 257,955 x 0.25 + 1,744 x 15: above 200,000 tokens the whole request pays the tier.
        { "Gemini, cached, long context", "google/gemini-2.5-pro", """{"prompt_tokens":262960,"completion_tokens":1744,"total_tokens":264704,"prompt_tokens_details":{"cached_tokens":257955}}""", new(262960, 1744, 257955), 103_161_250 },
        // 9 x 1.25 + (12 + 1,119) x 10: its thoughts are in the total only.
        { "Gemini, thinking", "google/gemini-2.5-pro", """{"prompt_tokens":9,"completion_tokens":12,"total_tokens":1140,"completion_tokens_details":{"reasoning_tokens":1119}}""", new(9, 1131, 0, 0, 0, 1119), 11_321_250 },
        // 360 x 0.27 + 640 x 0.07 + 200 x 1.10.
        { "DeepSeek, cache hits", "deepseek/deepseek-chat", """{"prompt_tokens":1000,"completion_tokens":200,"total_tokens":1200,"prompt_cache_hit_tokens":640,"prompt_cache_miss_tokens":360,"completion_tokens_details":{"reasoning_tokens":120}}""", new(1000, 200, 640, 0, 0, 120), 362_000 },
        // 16 x 2 + 34 x 6.
        { "Mistral", "mistral/mistral-large", """{"prompt_tokens":16,"completion_tokens":34,"total_tokens":50}""", new(16, 34), 236_000 },
        // 26 x 3 + 6 x 0.75 + (9 + 110) x 15: its thoughts are beside the completion.
        { "xAI, reasoning beside", "xai/grok-4", """{"prompt_tokens":32,"completion_tokens":9,"total_tokens":151,"prompt_tokens_details":{"text_tokens":32,"audio_tokens":0,"image_tokens":0,"cached_tokens":6},"completion_tokens_details":{"reasoning_tokens":110,"audio_tokens":0},"num_sources_used":0}""", new(32, 119, 6, 0, 0, 110), 1_867_500 },
        // 94 x 3 + 100 x 3.75 + 2 x 15: its own cost, in credits, is not believed.
        { "OpenRouter, cache write", "openrouter/anthropic/claude", """{"prompt_tokens":194,"completion_tokens":2,"total_tokens":196,"prompt_tokens_details":{"cached_tokens":0,"cache_write_tokens":100,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0},"cost":0.95,"cost_details":{"upstream_inference_cost":19}}""", new(194, 2, 0, 100), 687_000 },
        // 18 x 0.59 + 556 x 0.79.
        { "Groq, times among the tokens", "groq/llama-3.3-70b-versatile", """{"queue_time":0.037,"prompt_tokens":18,"prompt_time":0.0006,"completion_tokens":556,"completion_time":0.46,"total_tokens":574,"total_time":0.4606}""", new(18, 556), 449_860 },
    };

    /// <summary>Usage that cannot be, by why.</summary>
    public static TheoryData<string, string> Broken => new()
    {
        { "nothing in it", "{}" },
        { "null", "null" },
        { "no output", """{"prompt_tokens":10}""" },
        { "no input", """{"completion_tokens":5}""" },
        { "negative input", """{"prompt_tokens":-1,"completion_tokens":5}""" },
        { "negative output", """{"prompt_tokens":10,"completion_tokens":-5}""" },
        { "half a token", """{"prompt_tokens":1.5,"completion_tokens":5}""" },
        { "text", """{"prompt_tokens":"10","completion_tokens":"5"}""" },
        { "absurd", """{"prompt_tokens":100000001,"completion_tokens":5}""" },
        { "beyond any number", """{"prompt_tokens":99999999999999999999999,"completion_tokens":5}""" },
        { "more cached than there are", """{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":11}}""" },
        { "more thoughts than output", """{"prompt_tokens":10,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":6}}""" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Usage_OfAProvider_CostsWhatOneFindsByHand(string name, string model, string json, TokenUsage meaning, long nano)
    {
        var usage = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!;
        var (provider, kind) = (model[..model.IndexOf('/', StringComparison.Ordinal)], name.StartsWith("Anthropic", StringComparison.Ordinal) ? "Anthropic" : "OpenAI");
        var price = new PriceList(Options.Create(Configured), Options.Create(new BudgetsOptions())).Find(provider, model[(provider.Length + 1)..], kind, At);

        var read = kind == "Anthropic" ? UsageNormaliser.Anthropic(usage) : UsageNormaliser.OpenAI(usage);

        Assert.Equal(meaning, read);
        Assert.Equal(new Usd(nano), price!.CostOf(read!.Value));
        Assert.Equal(new Usd(nano), BillLine.Total(price.BillOf(read.Value)));
    }

    // The same over the wire, at the end of a stream: what is stored is the provider's own text, and its meaning.
    [Fact]
    public async Task Usage_OfEveryProvider_ArrivesAsItWasSent()
    {
        foreach (var kind in new[] { ProviderKind.OpenAI, ProviderKind.Anthropic })
        {
            await using var bench = await ModelBench.StartAsync(kind);
            foreach (var row in Shapes.Where(shape => shape.Data.Item1.StartsWith("Anthropic", StringComparison.Ordinal) == (kind == ProviderKind.Anthropic)))
            {
                var (name, _, json, meaning, _) = row.Data;
                bench.Provider.Default = ScriptedReply.Of("Hello.") with { Usage = new ScriptedUsage(1, 1) { Raw = json } };

                await bench.AskAsync(name);
                await bench.AcknowledgeAsync();

                var outcome = bench.Journal.Calls[^1].Outcome;
                Assert.Equal((meaning, false), (outcome.Usage, outcome.UsageEstimated));
                Assert.Contains("input_tokens", outcome.RawUsage!.Replace("prompt_tokens", "input_tokens", StringComparison.Ordinal), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Usage_ThatCannotBe_IsCountedHereAndNeverFree()
    {
        await using var bench = await ModelBench.StartAsync();
        foreach (var (why, json) in Broken.Select(row => row.Data))
        {
            bench.Provider.Default = ScriptedReply.Of("Six words that cost some tokens.") with { Usage = new ScriptedUsage(1, 1) { Raw = json } };

            await bench.AskAsync($"Why: {why}");

            var (_, attempt, outcome) = bench.Journal.Calls[^1];
            Assert.Equal((why, CallStatus.Succeeded, true), (why, outcome.Status, outcome.UsageEstimated));
            Assert.True(outcome.Usage.Input > 0 && outcome.Usage.Output > 0);
            Assert.InRange(outcome.Cost.Nano, 1, attempt.Reserved.Nano);
        }
        Assert.Equal(12, bench.Journal.Calls.Count);
    }

    [Fact]
    public async Task Usage_OfNothing_StaysNothing()
    {
        await using var bench = await ModelBench.StartAsync();
        bench.Provider.Default = ScriptedReply.Of("Free.") with { Usage = ScriptedUsage.Zero };

        await bench.AskAsync();

        var (_, _, outcome) = Assert.Single(bench.Journal.Calls);
        Assert.Equal((Usd.Zero, false, new TokenUsage(0, 0)), (outcome.Cost, outcome.UsageEstimated, outcome.Usage));
    }
}
