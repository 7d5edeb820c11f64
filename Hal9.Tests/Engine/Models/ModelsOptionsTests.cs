using Hal9.Engine.Budgets;
using Hal9.Engine.Models;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Hal9.Tests.Engine.Models;

public sealed class ModelsOptionsTests : IAsyncDisposable
{
    private readonly string folder = Hal9Settings.NewDataDirectory();
    private readonly List<ServiceProvider> hosts = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Nothing_Configured_MakesEveryTierOffline()
    {
        var models = Models();

        Assert.All(Enum.GetValues<ModelTier>(), tier => Assert.Equal("offline/hal9", models.OfTier(tier).ToString()));
        Assert.Equal("offline/hal9", Assert.Single(models.List()).Ref.ToString());
    }

    [Fact]
    public void OneProvider_WithOneModel_ServesAllTiers()
    {
        var models = Models(("Providers:local:Kind", "OpenAI"), ("Providers:local:BaseUrl", "http://127.0.0.1:1/v1"), ("Providers:local:Models:0", "org/llama"));

        Assert.All(Enum.GetValues<ModelTier>(), tier => Assert.Equal("local/org/llama", models.OfTier(tier).ToString()));
    }

    [Fact]
    public void OneProvider_WithoutModels_LeavesTiersOffline_AndPassesAnyNameThrough()
    {
        var models = Models(("Providers:local:Kind", "OpenAI"), ("Providers:local:BaseUrl", "http://127.0.0.1:1/v1"));

        Assert.Equal("offline/hal9", models.OfTier(ModelTier.Strong).ToString());
        Assert.True(models.Knows(new ModelRef("local", "anything")));
        Assert.False(models.Knows(new ModelRef("elsewhere", "anything")));
    }

    [Fact]
    public void Tier_Named_LeavesTheOthersOffline()
    {
        var models = Models(("Providers:local:Kind", "OpenAI"), ("Providers:local:BaseUrl", "http://127.0.0.1:1/v1"), ("Providers:local:Models:0", "big"), ("Tiers:Strong", "local/big"));

        Assert.Equal(["local/big", "offline/hal9", "offline/hal9"], new[] { ModelTier.Strong, ModelTier.Balanced, ModelTier.Fast }.Select(t => models.OfTier(t).ToString()));
        Assert.Equal([ModelTier.Strong], models.List().Single(c => c.Ref.Provider == "local").Tiers);
    }

    [Fact]
    public void Prices_OfBudgets_AreNoUnknownKey() =>
        Assert.NotNull(Models(("Prices:0:Model", "x/y"), ("Prices:0:InputUsd", "1"), ("Prices:0:OutputUsd", "2")));

    [Theory]
    [InlineData("Hal9:Models:Tiers:Strong: 'nowhere/big' names the provider 'nowhere', which is not configured", "Tiers:Strong=nowhere/big")]
    [InlineData("Hal9:Models:Tiers:Fast: 'big' is not <provider>/<model>", "Tiers:Fast=big")]
    [InlineData("'other' is not among Hal9:Models:Providers:local:Models", "Providers:local:Kind=OpenAI", "Providers:local:BaseUrl=http://x/v1", "Providers:local:Models:0=big", "Tiers:Fast=local/other")]
    [InlineData("Hal9:Models:Providers:local:BaseUrl is missing", "Providers:local:Kind=OpenAI")]
    [InlineData("Hal9:Models:Providers:local:BaseUrl is not an http or https address", "Providers:local:Kind=OpenAI", "Providers:local:BaseUrl=ftp://x")]
    [InlineData("Hal9:Models:Providers:local:Kind is missing", "Providers:local:BaseUrl=http://x/v1")]
    [InlineData("set ApiKey or ApiKeyFile, not both", "Providers:local:Kind=OpenAI", "Providers:local:BaseUrl=http://x/v1", "Providers:local:ApiKey=a", "Providers:local:ApiKeyFile=/b")]
    [InlineData("there is no file /nowhere/key", "Providers:local:Kind=OpenAI", "Providers:local:BaseUrl=http://x/v1", "Providers:local:ApiKeyFile=/nowhere/key")]
    [InlineData("Anthropic needs an ApiKey", "Providers:claude:Kind=Anthropic")]
    [InlineData("the names 'offline' and 'hal9' are taken", "Providers:hal9:Kind=Offline")]
    [InlineData("a provider's name must not be empty or contain a slash", "Providers:a/b:Kind=Offline")]
    [InlineData("Hal9:Models:Timeouts:IdleSeconds must be above 0", "Timeouts:IdleSeconds=0")]
    [InlineData("Hal9:Models:Retry:Attempts must be 1 to 10", "Retry:Attempts=0")]
    [InlineData("'Tyers'", "Tyers:Strong=offline/hal9")]
    [InlineData("'BaseUri'", "Providers:local:Kind=OpenAI", "Providers:local:BaseUri=http://x/v1")]
    public void Mistake_IsRefusedInWords(string says, params string[] settings)
    {
        var error = Record.Exception(() => Models([.. settings.Select(s => s.Split('=', 2)).Select(s => (s[0], s[1]))]));

        Assert.True(error is OptionsValidationException or InvalidOperationException, error?.ToString());
        // The binder names an unknown key within a provider in an inner exception.
        Assert.Contains(says, error!.ToString(), StringComparison.Ordinal);
    }

    private ModelService Models(params (string Name, string Value)[] settings)
    {
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection([.. settings.Select(s => KeyValuePair.Create("Hal9:Models:" + s.Name, (string?)s.Value)), new("Hal9:Data:Directory", folder)])
            .Build().GetSection("Hal9");
        var host = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddSingleton<ISecrets, PlainSecrets>()
            .AddModels(section).AddBudgets(section).AddTenancy().AddStorage(section).BuildServiceProvider();
        hosts.Add(host);
        return host.GetRequiredService<ModelService>();
    }
}
