using Hal9.Engine.Models;
using Hal9.Engine.Models.Providers;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hal9.Tests.Engine.Models;

/// <summary>Providers and tiers that are set in the console, beside those of the configuration.</summary>
public sealed class ModelSettingsTests
{
    private static readonly Actor Owner = new(Guid.CreateVersion7(), Guid.CreateVersion7(), Role.Admin, IsOwner: true);

    private static readonly (string, string?)[] Untiered =
        [("Tiers:Strong", null), ("Tiers:Balanced", null), ("Tiers:Fast", null), ("Prices:99:Model", "mine/*"), ("Prices:99:InputUsd", "1"), ("Prices:99:OutputUsd", "2")];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Provider_SetInTheConsole_AnswersTheNextCall_AndGoesWhenItIsRemoved()
    {
        await using var bench = await ModelBench.StartAsync(ProviderKind.OpenAI, Untiered);
        var (settings, models) = (Settings(bench), bench.Models);
        var mine = new ModelRef("mine", "strong");
        Assert.False(models.Knows(mine));

        await settings.SaveAsync(Owner, Wish(bench), Now);
        await settings.SetAsync(Owner, ModelTier.Balanced, "mine/strong", Now);
        bench.Provider.Enqueue(ScriptedReply.Of("From the console's own."));
        var answer = await models.Open(bench.Context(), mine).GetResponseAsync([new ChatMessage(ChatRole.User, "Say something.")], null, Now);

        Assert.Equal("From the console's own.", answer.Text);
        Assert.Equal("Bearer sk-console-0123456789", bench.Provider.Exchanges[^1].Request.Headers["Authorization"]);
        Assert.Equal(mine, models.OfTier(ModelTier.Balanced));
        Assert.Contains(models.Offers(), offer => offer.Ref == mine);
        await settings.RemoveAsync(Owner, "mine", Now);
        Assert.False(models.Knows(mine));
        Assert.NotEqual(mine, models.OfTier(ModelTier.Balanced));
    }

    [Fact]
    public async Task Configuration_Wins_OverWhatIsStored()
    {
        await using var bench = await ModelBench.StartAsync(ProviderKind.OpenAI, ("Tiers:Fast", "scripted/fast"));
        var settings = Settings(bench);

        Assert.Contains("wins", settings.Fault(ModelTier.Fast, "offline/hal9"), StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => settings.SetAsync(Owner, ModelTier.Fast, "offline/hal9", Now));
        Assert.Contains(nameof(ProviderWish.Name), settings.Faults(Wish(bench) with { Name = "scripted" }).Keys);
        Assert.Equal(new ModelRef("scripted", "fast"), bench.Models.OfTier(ModelTier.Fast));
    }

    [Fact]
    public async Task Stored_Settings_OutliveARestart_WithTheKeyProtected()
    {
        await using var bench = await ModelBench.StartAsync(ProviderKind.OpenAI, Untiered);
        await Settings(bench).SaveAsync(Owner, Wish(bench), Now);

        using var table = new ProviderTable([]);
        using var again = new ModelSettings(
            bench.Services.GetRequiredService<TenantScope>(), bench.Services.GetRequiredService<ISecrets>(), bench.Services.GetRequiredService<IOptions<ModelsOptions>>(),
            bench.Services.GetRequiredService<ProviderFactory>(), table, TimeProvider.System, NullLogger<ModelSettings>.Instance);
        await again.LoadAsync(Now);

        var stored = Assert.Single(again.Providers);
        Assert.Equal(("mine", Owner.UserId), (stored.Name, stored.UpdatedBy));
        Assert.NotEqual("sk-console-0123456789", stored.ProtectedKey);
        Assert.NotNull(table.Find(new ModelRef("mine", "strong")));
    }

    [Fact]
    public async Task Change_WithoutAKey_KeepsTheStoredOne_ButNotForAnotherAddress()
    {
        await using var bench = await ModelBench.StartAsync(ProviderKind.OpenAI, Untiered);
        var settings = Settings(bench);
        await settings.SaveAsync(Owner, Wish(bench), Now);

        Assert.Empty(settings.Faults(Wish(bench) with { Key = null, Models = ["fast"] }));
        Assert.Equal([nameof(ProviderWish.Key)], settings.Faults(Wish(bench) with { Key = null, BaseUrl = "http://elsewhere.example/v1" }).Keys);
        await settings.SaveAsync(Owner, Wish(bench) with { Key = null, Models = ["fast"] }, Now);

        Assert.True(bench.Models.Knows(new ModelRef("mine", "fast")));
        Assert.False(bench.Models.Knows(new ModelRef("mine", "strong")));
        Assert.EndsWith("6789", bench.Models.Providers.Single(card => card.Name == "mine").KeyHint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "https://a.example/v1", "k", nameof(ProviderWish.Name))]
    [InlineData("Has Capitals", "https://a.example/v1", "k", nameof(ProviderWish.Name))]
    [InlineData("offline", "https://a.example/v1", "k", nameof(ProviderWish.Name))]
    [InlineData("a", "", "k", nameof(ProviderWish.BaseUrl))]
    [InlineData("a", "ftp://a.example", "k", nameof(ProviderWish.BaseUrl))]
    [InlineData("a", "https://me:secret@a.example/v1", "k", nameof(ProviderWish.BaseUrl))]
    [InlineData("a", "https://a.example/v1", "two words", nameof(ProviderWish.Key))]
    public async Task Wish_ThatCannotBe_SaysWhichPart(string name, string address, string key, string part)
    {
        await using var bench = await ModelBench.StartAsync(ProviderKind.OpenAI, Untiered);

        Assert.Equal([part], Settings(bench).Faults(new ProviderWish(name, ProviderKind.OpenAI, address, key, [])).Keys);
    }

    [Theory]
    [InlineData("nobody/model", "No provider has")]
    [InlineData("justaword", "not <provider>/<model>")]
    public async Task Tier_OfAModelThatNobodyHas_IsRefused(string model, string says)
    {
        await using var bench = await ModelBench.StartAsync(ProviderKind.OpenAI, Untiered);

        Assert.Contains(says, Settings(bench).Fault(ModelTier.Balanced, model), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Door_IsForTheInstancesOwnerAlone()
    {
        await using var bench = await ModelBench.StartAsync(ProviderKind.OpenAI, Untiered);
        var settings = Settings(bench);
        foreach (var actor in new[] { Owner with { IsOwner = false }, Owner with { KeyId = Guid.CreateVersion7() } })
        {
            await Assert.ThrowsAsync<AccessDenied>(() => settings.SaveAsync(actor, Wish(bench), Now));
            await Assert.ThrowsAsync<AccessDenied>(() => settings.RemoveAsync(actor, "mine", Now));
            await Assert.ThrowsAsync<AccessDenied>(() => settings.SetAsync(actor, ModelTier.Balanced, "offline/hal9", Now));
        }
        Assert.Empty(settings.Providers);
    }

    private static ModelSettings Settings(ModelBench bench) => bench.Services.GetRequiredService<ModelSettings>();

    private static ProviderWish Wish(ModelBench bench) => new("mine", ProviderKind.OpenAI, bench.Provider.BaseUrl, "sk-console-0123456789", ["strong"]);
}
