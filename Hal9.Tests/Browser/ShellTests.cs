using System.Text.Json;
using Hal9.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

/// <summary>What the frame around the pages does.</summary>
[Collection(PagesHostCollection.Name)]
public sealed class ShellTests(Hal9Host host, Chromium chromium)
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
        foreach (var width in new[] { 320, 360, 375, 390 })
        {
            await page.SetViewportSizeAsync(width, 700);
            await Expect(page.Locator(".rail-link")).ToHaveCountAsync(11);
            Assert.Empty(await page.EvaluateAsync<string[]>("[...document.querySelectorAll('.rail, .rail-link span')].filter(e => e.clientWidth > 1 && e.scrollWidth > e.clientWidth).map(e => `${innerWidth}: ${e.textContent} ${e.scrollWidth} > ${e.clientWidth}`)"));
            await Chromium.KeepAsync(page, $"german-rail-{width}");
        }
    }

    [Fact]
    public async Task Person_goes_anywhere_by_the_palette_and_by_two_keys_and_hears_of_a_run_that_failed()
    {
        host.Provider.Reset();
        var mark = $"palette {Guid.NewGuid():n}"[..16];
        var run = await host.Owner.StartRunAsync($"{mark} goal", "quick", TestContext.Current.CancellationToken);
        await host.Owner.EndedRunAsync(run, TestContext.Current.CancellationToken);
        var page = await chromium.SignInAsync(host.Url);

        await page.Keyboard.PressAsync("Control+k");
        await Expect(page.Locator("#palette")).ToBeVisibleAsync();
        await Expect(page.Locator("#palette [role=option][aria-selected=true]")).ToContainTextAsync("Chat");
        Assert.Empty(await Chromium.LookAsync(page, "palette"));
        await page.Keyboard.TypeAsync(mark);
        await Expect(page.Locator("#palette [role=option]")).ToContainTextAsync([mark]);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"/runs/{run}$"));
        await Expect(page.Locator("#palette")).ToBeHiddenAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync($"{mark} goal");
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("h");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/hierarchy$"));
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("nothing has this name");
        await Expect(page.Locator(".palette-none")).ToContainTextAsync("nothing has this name");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#palette")).ToBeHiddenAsync();

        host.Provider.Default = new ScriptedReply { Fault = new Fault(FaultKind.Status) { StatusCode = 401 } };
        var failing = await host.Owner.StartRunAsync($"{mark} fails", "quick", TestContext.Current.CancellationToken);
        await host.Owner.EndedRunAsync(failing, TestContext.Current.CancellationToken);
        await Expect(page.Locator(".notices-count")).ToBeVisibleAsync();
        await page.ClickAsync(".notices > summary");
        await Expect(page.Locator(".notices-item").First).ToContainTextAsync($"{mark} fails");
        Assert.Empty(await Chromium.LookAsync(page, "notices"));
        await page.Locator(".notices-item").First.ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"/runs/{failing}$"));
        await Expect(page.Locator($".notices-item[href='/runs/{failing}']")).Not.ToHaveAttributeAsync("data-unread", "");
    }

    [Fact]
    public async Task Person_compares_two_runs_and_sends_the_address_on()
    {
        host.Provider.Reset();
        var mark = $"compare {Guid.NewGuid():n}"[..16];
        var runs = new List<Guid>();
        foreach (var (goal, mode) in new[] { ($"{mark} deep", "deep"), ($"{mark} quick", "quick") })
        {
            runs.Add(await host.Owner.StartRunAsync(goal, mode, TestContext.Current.CancellationToken));
            await host.Owner.EndedRunAsync(runs[^1], TestContext.Current.CancellationToken);
        }
        var page = await chromium.SignInAsync(host.Url);
        await page.GotoAsync($"/runs/{runs[0]}");
        await Chromium.IsInteractiveAsync(page);

        await page.ClickAsync("a.button:has-text('Compare')");
        await page.FillAsync(".compare-find input", mark);
        await Expect(page.Locator(".compare-list .menu-item")).ToHaveCountAsync(1);
        Assert.Empty(await Chromium.LookAsync(page, "runs-compare-choose", crossed: true));
        await page.ClickAsync(".compare-list .menu-item");
        await Expect(page.Locator(".compare-table").First).ToContainTextAsync("Model calls");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"a={runs[0]}&b={runs[1]}$"));
        Assert.Empty(await Chromium.LookAsync(page, "runs-compare"));
        await page.ReloadAsync();
        await Expect(page.Locator(".compare-goal")).ToHaveTextAsync([$"{mark} deep", $"{mark} quick"]);
    }

    [Fact]
    public async Task Person_filters_sorts_saves_the_view_and_walks_the_rows_by_keyboard()
    {
        host.Provider.Reset();
        var mark = $"table {Guid.NewGuid():n}"[..14];
        foreach (var goal in new[] { $"{mark} first", $"{mark} second" })
        {
            await host.Owner.EndedRunAsync(await host.Owner.StartRunAsync(goal, "quick", TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        }
        var page = await chromium.SignInAsync(host.Url);
        await page.GotoAsync($"/runs?q={Uri.EscapeDataString(mark)}");
        await Expect(page.Locator(".row-link")).ToHaveCountAsync(2);
        await Chromium.IsInteractiveAsync(page);

        await page.ClickAsync(".sort >> text=Started");
        await Expect(page.Locator(".sort:has-text('Started')")).ToHaveAttributeAsync("href", new System.Text.RegularExpressions.Regex("order=asc"));
        await page.ClickAsync(".sort >> text=Started");
        await Expect(page.Locator(".row-link").First).ToHaveTextAsync($"{mark} first");
        await Expect(page.Locator(".table-count")).ToContainTextAsync("2 of ");
        await page.ClickAsync("summary:has-text('Columns')");
        await page.UncheckAsync(".table-columns label:has-text('Mode') input");
        await Expect(page.Locator("th")).Not.ToContainTextAsync(["Mode"]);
        await Chromium.KeepAsync(page, "runs-sorted");
        await page.ClickAsync("summary:has-text('Views')");
        await page.FillAsync(".views-save input[aria-label=Name]", mark);
        await page.ClickAsync(".views-save button");
        await Expect(page.Locator(".views-list .menu-item")).ToContainTextAsync([mark]);
        await Chromium.KeepAsync(page, "runs-views");
        await page.GotoAsync("/runs");
        await Chromium.IsInteractiveAsync(page);
        await page.ClickAsync("summary:has-text('Views')");
        await page.ClickAsync($".views-list .menu-item:has-text('{mark}')");
        await Expect(page.Locator(".row-link").First).ToHaveTextAsync($"{mark} first");
        await page.ReloadAsync();
        await Expect(page.Locator(".row-link").First).ToHaveTextAsync($"{mark} first");

        await Chromium.IsInteractiveAsync(page);
        await page.FocusAsync("#content");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await Expect(page.Locator(".row-link").Nth(1)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("k");
        await Expect(page.Locator(".row-link").First).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("/");
        await Expect(page.Locator("input[type=search]")).ToBeFocusedAsync();
        await page.FocusAsync("#content");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync($"{mark} first");
    }

    [Fact]
    public async Task Operator_stops_a_run_from_its_row_says_why_and_the_run_says_who_it_was()
    {
        host.Provider.Reset();
        var gate = new ScriptedGate();
        host.Provider.Script(_ => new ScriptedReply { HoldWithin = gate, HoldAfterChunks = 1 });
        var mark = $"stop {Guid.NewGuid():n}"[..14];
        var run = await host.Owner.StartRunAsync($"{mark} goal", "quick", TestContext.Current.CancellationToken);
        var page = await chromium.SignInAsync(host.Url);
        await page.GotoAsync($"/runs?q={Uri.EscapeDataString(mark)}");
        await Chromium.IsInteractiveAsync(page);
        await Expect(page.Locator("tbody .chip")).ToHaveTextAsync("Running");
        Assert.Empty(await Chromium.LookAsync(page, "runs-at-work", crossed: true));
        await page.SetViewportSizeAsync(390, 800);
        await Expect(page.Locator("[data-row-act]")).ToBeVisibleAsync();
        await page.SelectOptionAsync(".table-sort select", new SelectOptionValue { Label = "Cost, highest first" });
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("sort=cost"));
        await page.SetViewportSizeAsync(1440, 900);

        await page.HoverAsync("tbody tr");
        await page.ClickAsync("[data-row-act]");
        await Expect(page.Locator(".mud-dialog")).ToContainTextAsync("Settled so far");
        await page.FillAsync(".mud-dialog .reason input", "wrong question");
        Assert.Empty(await Chromium.LookAsync(page, "runs-cancel", crossed: true));
        await page.ClickAsync(".mud-dialog .button-danger");
        await Expect(page.Locator("tbody .chip")).ToHaveTextAsync("Cancelled");
        await host.Owner.EndedRunAsync(run, TestContext.Current.CancellationToken);
        await page.ClickAsync(".row-link");

        await Expect(page.Locator(".run-cancelled")).ToContainTextAsync(Hal9Settings.Email);
        await Expect(page.Locator(".run-cancelled q")).ToHaveTextAsync("wrong question");
        Assert.Empty(await Chromium.LookAsync(page, "run-cancelled", crossed: true));
    }

    [Theory]
    [InlineData("/runs", ".views", ".views-panel .menu-caption, .views-list")]
    [InlineData("/chat", ".prompts", ".prompts-panel .menu-caption, .prompts-list")]
    public async Task Menu_OpenedBeforeTheConnection_StaysOpenAndIsFilled(string address, string menu, string content)
    {
        var (page, connect) = await UnconnectedAsync(address);
        await page.ClickAsync($"{menu} > summary");
        await Expect(page.Locator("#content[data-interactive]")).ToHaveCountAsync(0);

        connect.SetResult();

        await Expect(page.Locator(content).First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Text_WrittenBeforeTheConnection_IsKeptAndCounts()
    {
        var (runs, connectRuns) = await UnconnectedAsync("/runs");
        await runs.FillAsync("input[type=search]", "no such run");
        await runs.PressAsync("input[type=search]", "Enter");
        connectRuns.SetResult();
        await Expect(runs).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("q=no(%20|\\+)such(%20|\\+)run"));
        await Expect(runs.Locator("input[type=search]")).ToHaveValueAsync("no such run");
        await Expect(runs.Locator("input[type=search]")).ToBeFocusedAsync();
        await runs.CloseAsync();

        var (chat, connectChat) = await UnconnectedAsync("/chat");
        await chat.FillAsync("#message", "written early");
        connectChat.SetResult();
        await Chromium.ChatIsReadyAsync(chat);
        await chat.Keyboard.TypeAsync(" and late");
        await Expect(chat.Locator("#message")).ToHaveValueAsync("written early and late");
        await chat.FillAsync("#message", "");
    }

    [Fact]
    public async Task ChangeOfPage_FocusesItsHeading_ButTakesTheFocusFromNobody()
    {
        var page = await chromium.SignInAsync(host.Url);
        await Chromium.IsInteractiveAsync(page);
        await page.ClickAsync(".rail-link[href=runs]");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Runs");
        await Expect(page.Locator("h1")).ToBeFocusedAsync();
        await page.FocusAsync("input[type=search]");

        await page.EvaluateAsync("async () => (await import(document.querySelector('script[src*=\"js/shell\"]').src)).beginAtHeading()");

        await Expect(page.Locator("input[type=search]")).ToBeFocusedAsync();
    }

    private async Task<(IPage Page, TaskCompletionSource Connect)> UnconnectedAsync(string address)
    {
        var connect = new TaskCompletionSource();
        var page = await chromium.SignInAsync(host.Url);
        await page.RouteAsync("**/_blazor/negotiate*", async route =>
        {
            await connect.Task;
            await route.ContinueAsync();
        });
        await page.GotoAsync(address);
        return (page, connect);
    }

    [Fact]
    public async Task Person_finds_a_run_and_opens_its_costliest_call_by_keyboard_alone()
    {
        host.Provider.Reset();
        var mark = $"costly {Guid.NewGuid():n}"[..15];
        var id = await host.Owner.StartRunAsync($"{mark} goal: compare tea and coffee, list the criteria, then decide.", "deep", TestContext.Current.CancellationToken);
        var calls = Calls((await host.Owner.EndedRunAsync(id, TestContext.Current.CancellationToken)).GetProperty("steps")[0]).ToDictionary(call => call.GetProperty("id").GetGuid(), call => call.GetProperty("costNanoUsd").GetInt64());
        var page = await chromium.SignInAsync(host.Url);
        await page.GotoAsync("/");
        await Chromium.IsInteractiveAsync(page);

        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("r");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Runs");
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync(mark);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".row-link")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToContainTextAsync(mark);
        await Expect(page.Locator("[data-key='$']")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("$");

        await Expect(page.Locator(".call-more[open] .bill tfoot")).ToBeVisibleAsync();
        await Expect(page.Locator(".call-more[open] > summary")).ToBeFocusedAsync();
        Assert.Equal(calls.Values.Max(), calls[Guid.Parse(page.Url.Split("call=")[1])]);
        Assert.NotEqual(calls.Values.Max(), calls.Values.Min());
        Assert.Empty(await Chromium.LookAsync(page, "run-costliest", crossed: true));
        await page.ReloadAsync();
        await Expect(page.Locator(".call-more[open] .bill tfoot")).ToBeVisibleAsync();

        static IEnumerable<JsonElement> Calls(JsonElement step) =>
            step.GetProperty("modelCalls").EnumerateArray().Concat(step.GetProperty("steps").EnumerateArray().SelectMany(Calls));
    }
}
