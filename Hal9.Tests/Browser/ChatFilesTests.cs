using System.Text.RegularExpressions;
using Hal9.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

/// <summary>What goes along with a message: files, and prompts from the library.</summary>
[Collection(ChatHostCollection.Name)]
public sealed class ChatFilesTests(Hal9Host host, Chromium chromium)
{
    [Fact]
    public async Task Person_attaches_a_file_sees_a_refusal_sends_and_finds_it_in_the_runs_prompt()
    {
        host.Provider.Reset();
        var page = await chromium.SignInAsync(host.Url);
        await page.SetInputFilesAsync(".attach input", [File("plan.md", "# Plan\n\nPlant kumquats."), File("tool.exe", "MZ\0\0")]);
        await Expect(page.Locator(".composer-files .file")).ToHaveCountAsync(1);
        await Expect(page.Locator(".chat-foot .notice-failing")).ToContainTextAsync("tool.exe is of no kind that is read here");
        Assert.Empty(await Chromium.LookAsync(page, "chat-files", crossed: true));
        await page.ClickAsync("text=Understood");
        await page.ReloadAsync();
        await Chromium.ChatIsReadyAsync(page);
        await Expect(page.Locator(".composer-files .file")).ToContainTextAsync("plan.md");

        await page.FillAsync("#message", "What shall I plant?");
        await page.PressAsync("#message", "Enter");
        await Expect(page.Locator(".answer-foot")).ToBeVisibleAsync();
        await Expect(page.Locator(".question .file")).ToContainTextAsync("plan.md");
        await Expect(page.Locator(".composer-files")).ToHaveCountAsync(0);
        Assert.Empty(await Chromium.LookAsync(page, "chat-files-sent", crossed: true));
        await page.ClickAsync("text=Open run");
        await Expect(page).ToHaveURLAsync(new Regex("/runs/"));
        await Chromium.IsInteractiveAsync(page);
        await page.ClickAsync(".call-more > summary >> nth=0");
        await Expect(page.Locator(".prompt-part:has-text('Attached file')").First).ToContainTextAsync("plan.md");
    }

    [Fact]
    public async Task Person_keeps_a_prompt_fills_its_places_and_asks_with_it()
    {
        host.Provider.Reset();
        var page = await chromium.SignInAsync(host.Url);
        await page.GotoAsync("/prompts");
        await Chromium.IsInteractiveAsync(page);
        await page.ClickAsync(".page-head-actions button");
        await page.FillAsync(".prompt-edit input >> nth=0", "Compare two");
        await page.FillAsync(".prompt-edit textarea", "Compare {{one}} with {{other}} in a table.");
        await Expect(page.Locator(".prompt-edit")).ToContainTextAsync("one, other");
        Assert.Empty(await Chromium.LookAsync(page, "prompt-edit", crossed: true));
        await page.ClickAsync(".prompt-edit button[type=submit]");
        await Expect(page.Locator(".shares-title")).ToContainTextAsync("Compare two");
        Assert.Empty(await Chromium.LookAsync(page, "prompts"));

        await page.GotoAsync("/chat");
        await Chromium.ChatIsReadyAsync(page);
        await page.FocusAsync("#message");
        await page.Keyboard.TypeAsync("/");
        await Expect(page.Locator("[data-prompts-filter]")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("comp");
        await Expect(page.Locator(".prompts-list .menu-item")).ToHaveCountAsync(1);
        Assert.Empty(await Chromium.LookAsync(page, "chat-prompts", crossed: true));
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.TypeAsync("tea");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("coffee");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("#message")).ToHaveValueAsync("Compare tea with coffee in a table.");
        await Expect(page.Locator("#message")).ToBeFocusedAsync();
    }

    private static FilePayload File(string name, string content) => new() { Name = name, MimeType = "application/octet-stream", Buffer = System.Text.Encoding.UTF8.GetBytes(content) };
}
