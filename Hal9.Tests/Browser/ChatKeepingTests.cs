using Hal9.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

/// <summary>What the chat keeps, shows to others, and forgets.</summary>
[Collection(ChatHostCollection.Name)]
public sealed class ChatKeepingTests(Hal9Host host, Chromium chromium)
{
    [Fact]
    public async Task Draft_typed_in_one_browser_is_there_in_another()
    {
        var page = await chromium.SignInAsync(host.Url);
        await AskAsync(page, "A talk with a draft");
        await page.FillAsync("#message", "half a thought");
        await Expect(page.Locator(".composer[data-kept]")).ToBeVisibleAsync();
        var other = await chromium.SignInAsync(host.Url);

        await other.GotoAsync(page.Url);
        await Chromium.ChatIsReadyAsync(other);

        await Expect(other.Locator("#message")).ToHaveValueAsync("half a thought");
        await other.PressAsync("#message", "Enter");
        await Expect(other.Locator(".answer-foot")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Keys_edit_the_previous_question_copy_the_last_answer_and_its_code()
    {
        host.Provider.Reset();
        host.Provider.Script(request => request.Schema is null ? ScriptedReply.Of("Run this:\n\n```bash\necho calm\n```\n\nThat is all.") : null);
        var page = await chromium.SignInAsync(host.Url);
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await AskAsync(page, "How do I print calm?");

        await page.Keyboard.PressAsync("Control+Shift+C");
        await Expect(page.Locator(".mud-snackbar")).ToContainTextAsync("Copied");
        Assert.EndsWith("That is all.", await page.EvaluateAsync<string>("navigator.clipboard.readText()"), StringComparison.Ordinal);
        await page.Keyboard.PressAsync("Control+Shift+Semicolon");
        await Expect(page.Locator(".answer [data-copy-code]")).ToHaveTextAsync("Copied");
        Assert.Equal("echo calm", (await page.EvaluateAsync<string>("navigator.clipboard.readText()")).Trim());
        await page.FocusAsync("#message");
        await page.Keyboard.PressAsync("ArrowUp");
        await Expect(page.Locator(".question-edit textarea")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".question-edit")).ToHaveCountAsync(0);
        await page.FocusAsync("#message");
        await page.Keyboard.PressAsync("ArrowUp");
        await page.FillAsync(".question-edit textarea", "How do I print quiet?");
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.Locator(".question .siblings")).ToContainTextAsync("2/2");
    }

    [Fact]
    public async Task Person_shares_a_branch_a_reader_opens_it_and_after_the_revoke_it_is_gone()
    {
        host.Provider.Reset();
        var page = await chromium.SignInAsync(host.Url);
        await AskAsync(page, "Shared wisdom");
        await page.ClickAsync(".share > summary");
        await page.ClickAsync("text=Share this branch");
        await Expect(page.Locator(".share-links li")).ToHaveCountAsync(1);
        Assert.Empty(await Chromium.LookAsync(page, "chat-share", crossed: true));
        var export = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("text=This branch as Markdown"));
        Assert.StartsWith("# Shared wisdom", await File.ReadAllTextAsync(await export.PathAsync(), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var link = (await page.GetAttributeAsync(".share-links .link", "href"))!;

        await page.GotoAsync(link);
        await Expect(page.Locator("h1")).ToHaveTextAsync("Shared wisdom");
        Assert.Empty(await Chromium.LookAsync(page, "shared"));
        await page.GotoAsync("/shared");
        await Expect(page.Locator(".shares-title").First).ToHaveTextAsync("Shared wisdom");
        Assert.Empty(await Chromium.LookAsync(page, "shared-links"));
        await Chromium.IsInteractiveAsync(page);
        await page.ClickAsync(".shares button:has-text('Revoke') >> nth=0");
        await Expect(page.Locator(".mud-snackbar")).ToContainTextAsync("Shared wisdom");
        Assert.Equal(404, (await page.GotoAsync(link))!.Status);
    }

    [Fact]
    public async Task Temporary_chat_says_so_is_listed_nowhere_and_ends()
    {
        host.Provider.Reset();
        var page = await chromium.SignInAsync(host.Url);
        await page.Keyboard.PressAsync("Control+Shift+Quote");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Temporary chat");
        Assert.Empty(await Chromium.LookAsync(page, "chat-temporary", crossed: true));
        await AskAsync(page, "Between you and me");
        await Expect(page.Locator(".talk-link[title='Between you and me']")).ToHaveCountAsync(0);
        var address = page.Url;

        await page.ClickAsync("text=Remove now");

        await Expect(page.Locator(".welcome")).ToBeVisibleAsync();
        Assert.Equal(404, (await page.GotoAsync(address))!.Status);
    }

    [Fact]
    public async Task Composer_shows_what_the_tightest_budget_leaves_and_warns_near_its_end()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var own = await Hal9Host.StartAsync(provider);
        var page = await chromium.SignInAsync(own.Url);
        await Expect(page.Locator(".budget-left")).ToContainTextAsync("$10.00 left");
        await own.Owner.LimitTenantAsync("5", TestContext.Current.CancellationToken);
        await page.ReloadAsync();
        await Chromium.ChatIsReadyAsync(page);
        await Expect(page.Locator(".budget-left")).ToContainTextAsync("$5.00 left");
        await Chromium.KeepAsync(page, "chat-budget");

        await AskAsync(page, "Spend a little");
        await own.Owner.LimitTenantAsync("0.000000001", TestContext.Current.CancellationToken);
        await page.ReloadAsync();
        await Chromium.ChatIsReadyAsync(page);

        await Expect(page.Locator(".budget-near")).ToContainTextAsync("used up");
        Assert.Empty(await Chromium.LookAsync(page, "chat-budget-used-up", crossed: true));
        await page.FillAsync("#message", "One more");
        await page.PressAsync("#message", "Enter");
        await Expect(page.Locator(".notice .facts")).ToContainTextAsync("Limit of");
        await Expect(page.Locator(".question-text").Last).ToHaveTextAsync("One more");
    }

    [Fact]
    public async Task Chat_in_German_fits_too()
    {
        host.Provider.Reset();
        var page = await chromium.SignInAsync(host.Url);
        await page.Context.AddCookiesAsync([new Cookie { Name = "hal9-language", Value = "de", Url = host.Url }]);
        await page.GotoAsync("/chat?temporary=true");
        await Chromium.ChatIsReadyAsync(page);
        await Expect(page.Locator("h1")).ToHaveTextAsync("Temporärer Chat");
        Assert.Empty(await Chromium.LookAsync(page, "chat-de-temporary", crossed: true));
        await page.GotoAsync("/chat");
        await Chromium.ChatIsReadyAsync(page);
        await AskAsync(page, "Vergleiche Tee und Kaffee");
        await page.ClickAsync("[aria-label='Keine gute Antwort']");
        Assert.Empty(await Chromium.LookAsync(page, "chat-de-judged", crossed: true));
        await page.ClickAsync(".organise > summary");
        Assert.Empty(await Chromium.LookAsync(page, "chat-de-organise", crossed: true));
    }

    private static async Task AskAsync(IPage page, string text)
    {
        await page.FillAsync("#message", text);
        await page.PressAsync("#message", "Enter");
        await Expect(page.Locator(".answer-foot").Last).ToBeVisibleAsync();
    }
}
