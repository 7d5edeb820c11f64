using Hal9.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

[Collection(ChatHostCollection.Name)]
public sealed class ChatFeedbackTests(Hal9Host host, Chromium chromium)
{
    [Fact]
    public async Task Person_judges_an_answer_says_why_and_takes_it_back()
    {
        host.Provider.Reset();
        var page = await chromium.SignInAsync(host.Url);
        await page.FillAsync("#message", "Say hello, to be judged");
        await page.PressAsync("#message", "Enter");

        await page.ClickAsync("[aria-label='Not a good answer']");
        await page.ClickAsync("text=Incomplete");
        await Expect(page.Locator(".feedback-line .field")).ToHaveValueAsync("Incomplete");
        Assert.Empty(await Chromium.LookAsync(page, "chat-feedback", crossed: true));
        await page.PressAsync(".feedback-line .field", "Enter");
        await Expect(page.Locator(".feedback-said")).ToContainTextAsync("Incomplete");
        await page.ReloadAsync();
        await Chromium.ChatIsReadyAsync(page);

        await Expect(page.Locator("[aria-label='Not a good answer']")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.Locator(".feedback-said")).ToContainTextAsync("Incomplete");
        await page.ClickAsync("[aria-label='Not a good answer']");
        await Expect(page.Locator("[aria-label='Not a good answer']")).ToHaveAttributeAsync("aria-pressed", "false");
        await Expect(page.Locator(".feedback-said")).ToHaveCountAsync(0);
    }
}
