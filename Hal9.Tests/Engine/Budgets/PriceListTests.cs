using Hal9.Engine.Budgets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Hal9.Tests.Engine.Budgets;

public sealed class PriceListTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("openai", "OpenAI", "gpt-4o-mini", 150_000L, 75_000L, 600_000L)]
    [InlineData("azure", "OpenAI", "gpt-4o-mini-2024-07-18", 150_000L, 75_000L, 600_000L)]
    [InlineData("openai-eu", "OpenAI", "gpt-4o-mini", 150_000L, 75_000L, 600_000L)]
    [InlineData("claude", "Anthropic", "claude-haiku-4-5-20251001", 1_000_000L, 100_000L, 5_000_000L)]
    [InlineData("gemini", "OpenAI", "gemini-2.0-flash-001", 100_000L, 25_000L, 400_000L)]
    // By time of day it costs less, or half: the dearer price is shipped.
    [InlineData("deepseek", "OpenAI", "deepseek-reasoner", 550_000L, 140_000L, 2_190_000L)]
    public void Find_OfAVendorsModel_IsTheShippedPrice(string provider, string kind, string model, long input, long cached, long output)
    {
        var price = List().Find(provider, model, kind, Now);

        Assert.Equal((input, cached, output), (price!.Input, price.CachedInput!.Value, price.Output));
        Assert.StartsWith("shipped-2026-08-21/", price.Version, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ollama", "gpt-4o-mini")]
    [InlineData("openaiish", "gpt-4o-mini")]
    [InlineData("openai", "claude-haiku-4-5")]
    [InlineData("openai", "gpt-4o-audio-preview")]
    public void Find_OfWhatNobodyShips_IsNothing(string provider, string model) => Assert.Null(List().Find(provider, model, "OpenAI", Now));

    [Theory]
    [InlineData("https://api.openai.com/v1", true)]
    [InlineData("https://my.openai.azure.com/openai/v1", true)]
    [InlineData("https://openai.com.evil.example/v1", false)]
    [InlineData("http://127.0.0.1:11434/v1", false)]
    public void Find_ByAddress_TrustsTheVendorsOwnHostOnly(string endpoint, bool priced) =>
        Assert.Equal(priced, List().Find("main", "gpt-4o-mini", "OpenAI", Now, endpoint: new Uri(endpoint)) is not null);

    [Fact]
    public void Find_OfADatedPrice_TakesTheOneOfTheDay()
    {
        var list = List();

        Assert.Equal(2_000_000, list.Find("anthropic", "claude-sonnet-5", "Anthropic", new DateTimeOffset(2026, 8, 31, 23, 59, 0, TimeSpan.Zero))!.Input);
        Assert.Equal(3_000_000, list.Find("anthropic", "claude-sonnet-5", "Anthropic", new DateTimeOffset(2026, 9, 1, 0, 0, 0, TimeSpan.Zero))!.Input);
    }

    [Fact]
    public void Find_OfATieredPrice_KnowsTheTierOfEachRequest()
    {
        var price = List().Find("anthropic", "claude-sonnet-4-5", "Anthropic", Now, 250_000)!;

        Assert.Equal(6_000_000, price.Input);
        Assert.Equal(12_000_000, price.CacheWrite1h);
        Assert.Equal(3_000, price.CostOf(new TokenUsage(1, 0)).Nano);
        Assert.Equal(1_500_000_000 + 22_500, price.CostOf(new TokenUsage(250_000, 1)).Nano);
    }

    [Fact]
    public void Find_OfTheOfflineProvider_IsFree()
    {
        var price = List().Find("offline", "hal9", "Offline", Now)!;

        Assert.Equal(("offline", 0L), (price.Version, price.WorstCase(1_000_000, 1_000_000).Nano));
    }

    [Fact]
    public void Find_WithTheOperatorsPrices_TakesTheMostExactThatHasBegun()
    {
        var list = List(
            ("Models:Prices:0:Model", "openai/*"), ("Models:Prices:0:InputUsd", "1"), ("Models:Prices:0:OutputUsd", "2"),
            ("Models:Prices:1:Model", "openai/gpt-4o-mini"), ("Models:Prices:1:InputUsd", "0.000001"), ("Models:Prices:1:OutputUsd", "0.0371"),
            ("Models:Prices:1:PerCallUsd", "0.000000001"), ("Models:Prices:1:Above:0:Tokens", "1000"), ("Models:Prices:1:Above:0:InputUsd", "5"),
            ("Models:Prices:2:Model", "openai/gpt-4o-mini"), ("Models:Prices:2:InputUsd", "9"), ("Models:Prices:2:OutputUsd", "9"), ("Models:Prices:2:From", "2027-01-01"),
            ("Models:Prices:3:Model", "openai/gpt-5*"), ("Models:Prices:3:InputUsd", "9"), ("Models:Prices:3:OutputUsd", "9"), ("Models:Prices:3:From", "2027-01-01"));

        var own = list.Find("openai", "gpt-4o-mini", "OpenAI", Now)!;
        Assert.Equal(("configured/openai/gpt-4o-mini", 1L, 37_100L, 1L), (own.Version, own.Input, own.Output, own.PerCallNano));
        Assert.Equal((5_000_000L, 37_100L), (own.Above[0].Input, own.Above[0].Output));
        Assert.Equal("configured/openai/gpt-4o-mini@2027-01-01", list.Find("openai", "gpt-4o-mini", "OpenAI", Now.AddMonths(2))!.Version);
        Assert.Equal(1_000_000, list.Find("openai", "anything", "OpenAI", Now)!.Input);
        Assert.Equal(1_000_000, list.Find("openai", "gpt-5", "OpenAI", Now)!.Input);
        Assert.Equal(9_000_000, list.Find("openai", "gpt-5", "OpenAI", Now.AddMonths(2))!.Input);
    }

    [Fact]
    public void Find_OfAnUnknownModelUnderACeiling_IsTheCeiling()
    {
        var list = List(("Budgets:Ceiling:InputUsd", "10"), ("Budgets:Ceiling:OutputUsd", "50"));

        Assert.Equal((PriceList.CeilingVersion, 10_000_000L), (list.Find("ollama", "x", "OpenAI", Now)!.Version, list.Find("ollama", "x", "OpenAI", Now)!.Input));
        Assert.Equal(150_000, list.Find("openai", "gpt-4o-mini", "OpenAI", Now)!.Input);
    }

    [Fact]
    public void Find_OfWhatIsPaidByTheCall_NeedsNoPricePerToken()
    {
        var list = List(("Models:Prices:0:Model", "own/x"), ("Models:Prices:0:PerCallUsd", "0.01"));

        Assert.Equal((0L, 0L, 10_000_000L), (list.Find("own", "x", "OpenAI", Now)!.Input, list.Find("own", "x", "OpenAI", Now)!.Output, list.Find("own", "x", "OpenAI", Now)!.PerCallNano));
    }

    [Theory]
    [InlineData("Model", "gpt", "Hal9:Models:Prices:0 (gpt): Model must be <provider>/<model>")]
    [InlineData("Model", "o*i/gpt", "* is allowed at the end of Model only")]
    [InlineData("InputUsd", "-1", "InputUsd is -1; it must be between 0 and")]
    [InlineData("InputUsd", "0.0000001", "InputUsd is 0.0000001; it may have at most 6 decimals")]
    [InlineData("PerCallUsd", "0.0000000001", "PerCallUsd is 0.0000000001; it may have at most 9 decimals")]
    [InlineData("OutputUsd", null, "InputUsd and OutputUsd are required")]
    [InlineData("Above:0:InputUsd", "1", "Hal9:Models:Prices:0 (openai/gpt):Above:0: Tokens must be above 0")]
    public void Prices_ThatMakeNoSense_AreRefusedByEntry(string key, string? value, string message)
    {
        var settings = new Dictionary<string, string?> { ["Model"] = "openai/gpt", ["InputUsd"] = "1", ["OutputUsd"] = "1" };
        settings[key] = value;

        var error = Assert.Throws<OptionsValidationException>(() => List([.. settings.Where(s => s.Value is not null).Select(s => ("Models:Prices:0:" + s.Key, s.Value!))]));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Models:Prices:0:InputUsdd", "1")]
    [InlineData("Models:Prices:0:Above:0:Input", "1")]
    [InlineData("Models:Prices:0:InputUsd", "cheap")]
    [InlineData("Budgets:Celing:InputUsd", "1")]
    public void Settings_ThatNobodyReads_AreRefused(string key, string value) =>
        Assert.Throws<InvalidOperationException>(() => List((key, value)));

    [Fact]
    public void Ceiling_OfNothing_IsRefused() =>
        Assert.Throws<OptionsValidationException>(() => List(("Budgets:Ceiling:InputUsd", "0"), ("Budgets:Ceiling:OutputUsd", "0")));

    [Theory]
    [InlineData("Budgets:WaitSeconds", "601")]
    [InlineData("Budgets:MostBudgets", "0")]
    [InlineData("Budgets:Ceiling:InputUsd", "1")]
    [InlineData("Budgets:Ceiling:OutputUsd", "1")]
    public void Settings_OutOfRange_AreRefused(string key, string value) => Assert.Throws<OptionsValidationException>(() => List((key, value)));

    private static PriceList List(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Value))).Build();
        using var provider = new ServiceCollection().AddBudgets(configuration).BuildServiceProvider();
        return provider.GetRequiredService<PriceList>();
    }
}
