using System.Text.Json.Nodes;
using Hal9.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

[Collection(PagesHostCollection.Name)]
public sealed class LearningTests(Hal9Host host, Chromium chromium)
{
    [Fact]
    public async Task Administrator_opens_a_proposal_reads_what_it_changes_and_rejects_it_with_a_reason()
    {
        var made = await host.Owner.PostAsync(
            "/api/v1/learning/proposals",
            new JsonObject { ["key"] = "lessons/L2/summarise", ["content"] = new JsonObject { ["lessons"] = new JsonArray(new JsonObject { ["id"] = "unit", ["text"] = "Summaries without the unit of a number were rejected." }) } },
            TestContext.Current.CancellationToken);
        var page = await chromium.SignInAsync(host.Url);
        var found = new List<string>();

        await page.GotoAsync("/learning");
        await Chromium.IsInteractiveAsync(page);
        await Expect(page.Locator(".learning-tiles .tile-value").First).ToHaveTextAsync("Not enough evidence yet");
        await page.ClickAsync($"a[href$='{made.GetProperty("id").GetGuid()}']");
        await Expect(page.Locator(".proposal .diff")).ToContainTextAsync("without the unit of a number");
        await Expect(page.Locator(".proposal .button-primary")).ToBeDisabledAsync();
        found.AddRange(await Chromium.LookAsync(page, "learning-review"));
        await page.FillAsync("#decision-reason", "we want it shorter");
        await page.ClickAsync(".proposal-buttons .button:not(.button-primary)");

        await Expect(page.Locator(".proposal .part-head .chip")).ToHaveTextAsync("Rejected");
        await Expect(page.Locator(".proposal-facts")).ToContainTextAsync("we want it shorter");
        await page.GotoAsync("/learning?id=nothing");
        await Expect(page.Locator("[role=status]", new() { HasText = "no such proposal" })).ToBeVisibleAsync();
        found.AddRange(await Chromium.LookAsync(page, "learning", crossed: true));
        Assert.Empty(found);
    }
}
