using Hal9.Engine.Models;
using Hal9.Engine.Models.Providers;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Models;

public sealed class OffersTests : IAsyncLifetime
{
    private readonly EngineHost engine = new();

    public async ValueTask InitializeAsync()
    {
        engine.Set("Models:Providers:openai:Kind", "OpenAI");
        engine.Set("Models:Providers:openai:BaseUrl", "http://127.0.0.1:9/v1");
        engine.Set("Models:Providers:openai:ApiKey", "sk-abcdefghijklmnop1234");
        engine.Set("Models:Providers:openai:Models:0", "gpt-4o-mini");
        engine.Set("Models:Providers:openai:Models:1", "nobody-knows-this");
        engine.Set("Models:Fallbacks:0", "openai/gpt-4o-mini");
        await engine.InitializeAsync();
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    [Fact]
    public void Offers_ShowPriceTierAndLimit_AndWhatHasNone()
    {
        var models = engine.Services.GetRequiredService<ModelService>();

        var offers = models.Offers().ToDictionary(offer => offer.Ref.ToString());

        Assert.Equal(["offline/hal9", "openai/gpt-4o-mini", "openai/nobody-knows-this", "test/large", "test/small"], offers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((150_000L, 600_000L), (offers["openai/gpt-4o-mini"].Price!.Input, offers["openai/gpt-4o-mini"].Price!.Output));
        Assert.StartsWith("shipped-", offers["openai/gpt-4o-mini"].Price!.Version, StringComparison.Ordinal);
        Assert.Equal(16384, offers["openai/gpt-4o-mini"].MaxOutput);
        Assert.Null(offers["openai/nobody-knows-this"].Price);
        Assert.Equal([ModelTier.Fast], offers["test/small"].Tiers);
        Assert.StartsWith("configured/", offers["test/small"].Price!.Version, StringComparison.Ordinal);
        Assert.Equal([new ModelRef("openai", "gpt-4o-mini")], models.Fallbacks);
        Assert.Equal("sk-…1234", models.Providers.Single(provider => provider.Name == "openai").KeyHint);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("short-key", "…")]
    [InlineData("0123456789012345678", "…")]
    [InlineData("01234567890123456789", "012…6789")]
    public void Hint_OfAKey_NeverGivesItAway(string? key, string? hint) => Assert.Equal(hint, ProviderFactory.Hint(key));
}
