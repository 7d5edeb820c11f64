using System.Text.RegularExpressions;
using Hal9.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

[Collection(PagesHostCollection.Name)]
public sealed class HistoryTests(Hal9Host host, Chromium chromium)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Analyst_finds_a_conversation_by_its_words_looks_at_it_tags_it_and_puts_it_away()
    {
        host.Provider.Reset();
        var page = await chromium.SignInAsync(host.Url);
        var word = $"pangolin{Guid.NewGuid().ToString("n")[..8]}";
        await page.FillAsync("#message", $"Tell me of the {word}");
        await page.PressAsync("#message", "Enter");
        await Expect(page.Locator(".answer-foot")).ToBeVisibleAsync();
        await host.Owner.EndedRunAsync(await host.Owner.StartRunAsync("History: a run of a program", "quick", Token), Token);
        var found = new List<string>();

        await page.GotoAsync("/history");
        await Chromium.IsInteractiveAsync(page);
        await Expect(page.Locator("[data-rows] tbody tr", new() { HasText = "History: a run of a program" }).First).ToContainTextAsync("run");
        found.AddRange(await Chromium.LookAsync(page, "history"));
        await page.EvaluateAsync("document.activeElement?.blur()");
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync(word);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex($@"/history\?q={word}$"));
        await Expect(page.Locator("[data-rows] mark").First).ToHaveTextAsync(word);
        await page.EvaluateAsync("document.activeElement.blur()");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".peek-text").First).ToContainTextAsync(word);
        await page.FillAsync(".peek-tag input", "reviewed");
        await page.PressAsync(".peek-tag input", "Enter");
        await Expect(page.Locator(".peek-tags .tag")).ToHaveTextAsync("reviewed");
        found.AddRange(await Chromium.LookAsync(page, "history-peek"));
        await page.ReloadAsync();
        await Expect(page.Locator(".peek-tags .tag")).ToHaveTextAsync("reviewed");
        await Chromium.IsInteractiveAsync(page);

        await page.GotoAsync("/history?tag=reviewed");
        await Chromium.IsInteractiveAsync(page);
        await page.CheckAsync("[data-rows] [data-select]");
        await page.ClickAsync(".history-bulk button:has-text('Archive')");
        await Expect(page.Locator(".empty h2")).ToBeVisibleAsync();
        await page.ClickAsync(".mud-snackbar button");
        await Expect(page.Locator("[data-rows] tbody tr")).ToHaveCountAsync(1);
        Assert.Empty(found);
    }
}
