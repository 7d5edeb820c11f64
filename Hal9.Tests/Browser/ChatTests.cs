using System.Text.RegularExpressions;
using Hal9.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

[Collection(ChatHostCollection.Name)]
public sealed partial class ChatTests(Hal9Host host, Chromium chromium)
{
    private const string Reply = "**Calm** is the answer. It has a few words, so that a stream of them can be held in the middle, and an end.";

    [Fact]
    public async Task Newcomer_goes_from_the_set_up_link_to_the_first_answer_in_five_actions()
    {
        await using var empty = await WebFixture.StartAsync();
        var page = await chromium.OpenAsync(empty.Url);
        await page.GotoAsync(empty.Log.Select(line => SetupLink().Match(line)).First(m => m.Success).Value);
        await Chromium.KeepAsync(page, "first-1-setup");

        await page.FillAsync("#email", "dave@example.org");
        await page.FillAsync("#password", "open the pod bay doors");
        await page.FillAsync("#tenant", "Discovery One");
        await page.ClickAsync("button[type=submit]");
        await Chromium.ChatIsReadyAsync(page);
        await Chromium.KeepAsync(page, "first-2-welcome");
        await page.ClickAsync(".welcome-example");

        await Expect(page.Locator(".answer-foot .provenance")).ToContainTextAsync("rules, not AI");
        await Expect(page.Locator(".answer-foot data")).ToHaveTextAsync("$0.00");
        await Chromium.KeepAsync(page, "first-3-answer");
    }

    [Fact]
    public async Task Person_asks_sees_who_thinks_reads_the_stream_and_its_cost_and_opens_the_run()
    {
        host.Provider.Reset();
        var gate = new ScriptedGate();
        host.Provider.Script(request => request.Schema is null ? new ScriptedReply { Text = Reply, HoldWithin = gate, HoldAfterChunks = 2 } : null);
        var page = await chromium.SignInAsync(host.Url);

        await page.FillAsync("#message", "Say hello");
        await page.PressAsync("#message", "Enter");
        await Expect(page.Locator(".strip-neuron-at")).ToBeVisibleAsync();
        await Expect(page.Locator(".prose-open strong")).ToHaveTextAsync("Calm");
        await Chromium.KeepAsync(page, "chat-1-streaming");
        await page.ReloadAsync();
        await Expect(page.Locator(".prose-open strong")).ToHaveTextAsync("Calm");
        gate.Open();
        await Expect(page.Locator(".answer-foot .provenance-live")).ToBeVisibleAsync();
        await Expect(page.Locator(".answer .prose")).ToContainTextAsync("and an end.");
        await Expect(page.Locator(".answer-foot data")).Not.ToHaveTextAsync("$0.00");
        await Chromium.KeepAsync(page, "chat-2-answered");
        await page.ClickAsync("text=Open run");

        await Expect(page).ToHaveURLAsync(new Regex("/runs/[0-9a-f-]{36}"));
        await Expect(page.Locator(".tree-row")).Not.ToHaveCountAsync(0);
        await Expect(page.Locator("h1")).ToHaveTextAsync("Say hello");
        await Chromium.KeepAsync(page, "chat-3-run");
    }

    [Fact]
    public async Task Person_begins_sends_stops_asks_again_copies_and_switches_by_keyboard_alone_and_back()
    {
        host.Provider.Reset();
        var gate = new ScriptedGate();
        host.Provider.Script(request => request.Schema is null ? new ScriptedReply { Text = Reply, HoldWithin = gate, HoldAfterChunks = 2 } : null);
        var page = await chromium.SignInAsync(host.Url);
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.GotoAsync("/runs");
        await Chromium.IsInteractiveAsync(page);
        await page.Keyboard.PressAsync("Control+Shift+O");
        await Expect(page.Locator("#message")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("Say hello again");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".prose-open strong")).ToHaveTextAsync("Calm");

        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".answer-note")).ToContainTextAsync("Cancelled");
        gate.Open();
        await page.Keyboard.PressAsync("Control+Shift+Enter");
        await Expect(page.Locator(".answer .prose:not(.prose-open)")).ToContainTextAsync("and an end.");
        await Expect(page.Locator(".answer .siblings")).ToContainTextAsync("2/2");
        await page.Keyboard.PressAsync("Control+Shift+C");
        await Expect(page.Locator(".mud-snackbar")).ToContainTextAsync("Copied");
        Assert.Equal(Reply, await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        await page.FocusAsync("[aria-label='Previous version']");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".answer .siblings")).ToContainTextAsync("1/2");
        await Expect(page.Locator(".answer-note")).ToContainTextAsync("Cancelled");

        await page.GoBackAsync();
        await Expect(page.Locator(".answer .siblings")).ToContainTextAsync("2/2");
        await page.Keyboard.PressAsync("Control+Shift+O");
        await Expect(page.Locator(".welcome")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Person_names_a_model_by_keyboard_and_the_answer_says_which_it_was()
    {
        host.Provider.Reset();
        host.Provider.Script(_ => ScriptedReply.Of("By myself."));
        var page = await chromium.SignInAsync(host.Url);

        await page.Keyboard.PressAsync("Control+Shift+M");
        await Expect(page.Locator(".mode-choice input[value=Auto]")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowUp");
        await Expect(page.Locator(".mode-now")).ToContainTextAsync("/");
        var model = await page.Locator(".mode-now").InnerTextAsync();
        Assert.Empty(await Chromium.LookAsync(page, "chat-models", crossed: true));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#message")).ToBeFocusedAsync();
        await Expect(page.Locator(".question")).ToHaveCountAsync(0);
        await page.Keyboard.TypeAsync("Who are you?");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator(".answer-model")).ToContainTextAsync(model);
        Assert.Equal(model.Split('/')[1], Assert.Single(host.Provider.Exchanges).Request.Model);
        Assert.Empty(await Chromium.LookAsync(page, "chat-model-answered", crossed: true));
        await page.ReloadAsync();
        await Chromium.ChatIsReadyAsync(page);
        await Expect(page.Locator(".mode-now")).ToHaveTextAsync(model);
        await Expect(page.Locator(".answer-model")).ToContainTextAsync(model);
    }

    [Fact]
    public async Task Draft_is_kept_when_the_page_is_left()
    {
        var page = await chromium.SignInAsync(host.Url);
        await page.FillAsync("#message", "half a thou");

        await page.GotoAsync("/runs");
        await page.GotoAsync("/chat");
        await Chromium.ChatIsReadyAsync(page);

        await Expect(page.Locator("#message")).ToHaveValueAsync("half a thou");
    }

    [GeneratedRegex(@"http://\S+/setup\?\S+")]
    private static partial Regex SetupLink();
}
