using Hal9.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

/// <summary>What the frame around the pages does.</summary>
[Collection(Hal9HostCollection.Name)]
public sealed class ShellTests(Hal9Host host, Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task Person_chooses_German_and_the_console_speaks_it_live()
    {
        host.Provider.Reset();
        var page = await chromium.SignInAsync(host.Url);

        await page.ClickAsync(".user");
        await page.CheckAsync("[data-language-choice][value=de]");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "de");
        await Chromium.ChatIsReadyAsync(page);
        await Expect(page.Locator(".welcome h2")).ToHaveTextAsync("Woran soll das Team arbeiten?");
        await Chromium.KeepAsync(page, "german-welcome");
        await page.FillAsync("#message", "Sag hallo");
        await page.PressAsync("#message", "Enter");
        await Expect(page.Locator(".answer-foot .link")).ToHaveTextAsync("Lauf öffnen");
        await Expect(page.Locator(".answer-foot data").First).ToContainTextAsync("\u00a0$");
        await Chromium.KeepAsync(page, "german-answer");
        await page.GotoAsync("/runs");
        await Expect(page.Locator("tbody time").First).ToContainTextAsync("gerade eben");
        await Expect(page.Locator("tbody .chip").First).ToHaveTextAsync("Gelungen");
        await Chromium.KeepAsync(page, "german-runs");
    }
}
