using System.Text.RegularExpressions;
using Hal9.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

[Collection(ChatHostCollection.Name)]
public sealed class ChatOrderTests(Hal9Host host, Chromium chromium)
{
    [Fact]
    public async Task Person_pins_files_labels_searches_goes_to_the_place_archives_and_undoes()
    {
        host.Provider.Reset();
        host.Provider.Script(_ => ScriptedReply.Of("A pangolin rolls itself up."));
        var page = await chromium.SignInAsync(host.Url);
        var mark = $"Armour {Guid.NewGuid():N}";
        await AskAsync(page, mark);
        await page.ClickAsync(".organise > summary");
        await page.FillAsync(".organise-form input >> nth=0", "Zoo");
        await page.FillAsync(".organise-form input >> nth=1", "shy, scaly");
        Assert.Empty(await Chromium.LookAsync(page, "chat-organise", crossed: true));
        await page.ClickAsync(".organise-form button[type=submit]");
        await Expect(page.Locator(".organise-where")).ToHaveTextAsync("Zoo");
        await page.ClickAsync($"[aria-label='Pin {mark}']");
        await Expect(page.Locator(".talks-day").First).ToHaveTextAsync("Pinned");
        await page.GotoAsync("/chat");
        await Chromium.ChatIsReadyAsync(page);
        await page.ClickAsync(".filter-chip:has-text('Zoo')");
        await Expect(page).ToHaveURLAsync(new Regex("folder=Zoo"));
        await Expect(page.Locator(".talk-link")).ToHaveCountAsync(1);

        await page.FillAsync("input[type=search]", "pangol");
        await page.PressAsync("input[type=search]", "Enter");
        await Expect(page.Locator(".talk-found mark").First).ToHaveTextAsync("pangolin");
        await page.ReloadAsync();
        await Chromium.ChatIsReadyAsync(page);
        await Expect(page.Locator("input[type=search]")).ToHaveValueAsync("pangol");
        Assert.Empty(await Chromium.LookAsync(page, "chat-search", crossed: true));
        await page.ClickAsync(".talk-found >> nth=0");
        await Expect(page.Locator(".answer.message-found")).ToBeVisibleAsync();
        await Chromium.KeepAsync(page, "chat-found");

        await page.GotoAsync("/chat");
        await Chromium.ChatIsReadyAsync(page);
        await page.ClickAsync($"[aria-label='Archive {mark}']");
        await Expect(page.Locator($".talk-link[title='{mark}']")).ToHaveCountAsync(0);
        await page.ClickAsync(".mud-snackbar button:has-text('Undo')");
        await Expect(page.Locator($".talk-link[title='{mark}']")).ToHaveCountAsync(1);
        await page.ClickAsync($"[aria-label='Archive {mark}']");
        await page.ClickAsync(".filter-chip:has-text('Archive')");
        await Expect(page.Locator($".talk-link[title='{mark}']")).ToHaveCountAsync(1);
        Assert.Empty(await Chromium.LookAsync(page, "chat-archive", crossed: true));
        await page.ClickAsync($"[aria-label='Take {mark} out of the archive']");
        await Expect(page.Locator($".talk-link[title='{mark}']")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Person_keeps_the_old_list_marked_stale_when_a_new_one_cannot_be_read_and_tries_again()
    {
        host.Provider.Reset();
        var page = await chromium.SignInAsync(host.Url);
        var mark = $"Stale {Guid.NewGuid():N}";
        await AskAsync(page, mark);
        await page.GotoAsync("/chat");
        await Chromium.ChatIsReadyAsync(page);
        await Expect(page.Locator($".talk-link[title='{mark}']")).ToBeVisibleAsync();

        await AlterAsync("alter table conversation_tags rename to conversation_tags_away");
        try
        {
            await page.ClickAsync($"[aria-label='Pin {mark}']");
            await Expect(page.Locator(".chat-side .notice")).ToContainTextAsync(new Regex(@"Stale since \d\d:\d\d:\d\d"));
            await Expect(page.Locator($".talk-link[title='{mark}']")).ToBeVisibleAsync();
            Assert.Empty(await Chromium.LookAsync(page, "chat-list-stale", crossed: true));
        }
        finally
        {
            await AlterAsync("alter table conversation_tags_away rename to conversation_tags");
        }
        await page.ClickAsync(".chat-side .notice button");

        await Expect(page.Locator(".chat-side .notice")).ToHaveCountAsync(0);
        await Expect(page.Locator(".talks-day").First).ToHaveTextAsync("Pinned");

        async Task AlterAsync(string change)
        {
            await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(host.DataDirectory, "hal9.db"), Pooling = false }.ToString());
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = change;
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private static async Task AskAsync(IPage page, string text)
    {
        await page.FillAsync("#message", text);
        await page.PressAsync("#message", "Enter");
        await Expect(page.Locator(".answer-foot")).ToBeVisibleAsync();
    }
}
