using Bunit;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Models;
using Hal9.Engine.Monitoring;
using Hal9.Tests.Support;
using Hal9.Web.Diagnostics;
using Hal9.Web.Models;

namespace Hal9.Tests.Web.Models;

public sealed class ModelsPartsTests : PartsContext
{
    private static readonly ModelRef Model = new("openai", "gpt");
    private static readonly ProviderCard Card = new("openai", ProviderKind.OpenAI, new Uri("http://intern:8000/v1"), ["gpt"], "sk-…1234");
    private static readonly ProviderActivity Provider = new(
        "openai", ProviderKind.OpenAI, CircuitPosition.Open,
        new CallRecord(40, 4, new Usd(4_213_700), DateTimeOffset.UtcNow, TimeSpan.FromSeconds(1.2), TimeSpan.FromSeconds(3), null, new CallFailure("openai failed (HTTP 500)", DateTimeOffset.UtcNow, Guid.CreateVersion7())));

    [Fact]
    public void Provider_ForAMember_ShowsNeitherAddressNorKeyNorTest()
    {
        var card = Render<ProviderCardView>(p => p.Add(c => c.Provider, Provider with { Record = null }).Add(c => c.Card, Card));

        Assert.DoesNotContain("1234", card.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("intern", card.Markup, StringComparison.Ordinal);
        Assert.Empty(card.FindAll("button"));
        Assert.Contains("Left alone", card.Find(".chip").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Provider_ForAnAdministrator_ShowsItsRecordItsKeysEndAndWhereItIsSet_AndTestsTheModelChosen()
    {
        ModelRef? wanted = null;
        var card = Render<ProviderCardView>(p => p
            .Add(c => c.Provider, Provider).Add(c => c.Card, Card).Add(c => c.MayEdit, true).Add(c => c.MayTest, true).Add(c => c.Models, [Model, new ModelRef("openai", "other")])
            .Add(c => c.KeySource, (SettingOrigin.Environment, "Hal9__Models__Providers__openai__ApiKey")).Add(c => c.OnTest, model => wanted = model));

        card.Find("select").Change("other");
        card.Find("button").Click();

        Assert.Equal("other", wanted?.Model);
        Assert.Contains("sk-…1234", card.Markup, StringComparison.Ordinal);
        Assert.Contains("Environment", card.Find(".setting-place").TextContent, StringComparison.Ordinal);
        Assert.Contains("4 of 40 failed (10 %)", card.Markup, StringComparison.Ordinal);
        Assert.Contains("HTTP 500", card.Find(".provider-error").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Tiers_OfTheConfiguration_AreFixed_OthersAreSetByTheOwner_AndSayWhyNot()
    {
        var set = new List<(ModelTier, string?)>();
        TierTable.TierLine[] lines =
        [
            new(ModelTier.Strong, Model, true, false, (SettingOrigin.Environment, "Hal9__Models__Tiers__Strong")),
            new(ModelTier.Balanced, Model, false, true, (SettingOrigin.Console, null)),
            new(ModelTier.Fast, Model, false, false, (SettingOrigin.Default, null)),
        ];
        var table = Render<TierTable>(p => p.Add(t => t.Tiers, lines).Add(t => t.MayEdit, true).Add(t => t.Models, [Model]).Add(t => t.Set, (tier, model) =>
        {
            set.Add((tier, model));
            return Task.FromResult(model == "nobody/x" ? "No provider has 'nobody/x'." : null);
        }));

        Assert.Equal(2, table.FindAll("input").Count);
        table.FindAll("input")[1].Change("nobody/x");
        Assert.Contains("No provider has", table.Find("#tier-Fast").TextContent, StringComparison.Ordinal);
        Assert.Equal("tier-Fast", table.FindAll("input")[1].GetAttribute("aria-describedby"));
        table.FindAll("input")[1].Change(" openai/gpt ");
        Assert.Empty(table.FindAll(".field-error"));
        table.Find("button").Click();

        Assert.Equal([(ModelTier.Fast, "nobody/x"), (ModelTier.Fast, "openai/gpt"), (ModelTier.Balanced, null)], set);
        Assert.Empty(Render<TierTable>(p => p.Add(t => t.Tiers, lines).Add(t => t.Set, (_, _) => Task.FromResult<string?>(null))).FindAll("input"));
    }

    [Fact]
    public void Offers_SayWhatTheyCostWhereThatComesFrom_AndWhatHasNoPrice()
    {
        var dated = new ModelPrice { Version = "shipped-2026-08-21/openai/gpt@2026-09-01", Input = 150_000, Output = 600_000, Above = [new PriceTier { Tokens = 200_000, Input = 300_000, Output = 1_200_000 }] };
        var table = Render<OfferTable>(p => p.Add(t => t.Offers, [new ModelOffer(Model, ProviderKind.OpenAI, [ModelTier.Fast], dated, 16384), new ModelOffer(new ModelRef("x", "y"), ProviderKind.OpenAI, [], null, null)]));

        var rows = table.FindAll("tbody tr");
        Assert.Equal(["$0.15", "$0.15", "$0.60", "16,384"], rows[0].QuerySelectorAll("td.numeric").Select(cell => cell.TextContent));
        Assert.Contains("Shipped list of 2026-08-21, since 2026-09-01", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("above 200,000 tokens: $0.30 in, $1.20 out", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("No price: not called", rows[1].TextContent, StringComparison.Ordinal);
    }
}
