using System.Text.RegularExpressions;
using Hal9.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

[Collection(PagesHostCollection.Name)]
public sealed class DashboardTests(Hal9Host host, Chromium chromium)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Operator_reads_the_dashboard_clicks_a_step_gets_its_runs_and_puts_it_on_the_wall()
    {
        host.Provider.Reset();
        var good = await host.Owner.StartRunAsync("Dashboard: a good one", "quick", Token);
        await host.Owner.EndedRunAsync(good, Token);
        host.Provider.Script(_ => new ScriptedReply { Fault = new Fault(FaultKind.Status) { StatusCode = 400 } });
        await host.Owner.EndedRunAsync(await host.Owner.StartRunAsync("Dashboard: a bad one", "quick", Token), Token);
        host.Provider.Reset();
        var page = await chromium.SignInAsync(host.Url);
        await page.GotoAsync("/?from=now-15m&refresh=5s");
        await Expect(page.Locator(".apexcharts-canvas")).ToHaveCountAsync(4);
        await Expect(page.Locator(".tile-value")).ToHaveCountAsync(8);
        await Expect(page.Locator(".row-short .row-link").First).ToHaveTextAsync("Dashboard: a bad one");
        await Expect(page.Locator(".row-short:has(.row-link[href='/models']:has-text('scripted')) .row-short-end")).ToContainTextAsync("calls failed");
        await Chromium.KeepAsync(page, "dashboard-live");

        // Drawn anew in other colours, each keeps its own axis.
        await page.EvaluateAsync("document.documentElement.dataset.theme = 'light'");
        await Expect(page.Locator(".chart-panel:nth-child(3) .apexcharts-yaxis-label").First).ToContainTextAsync("$");
        await Expect(page.Locator(".chart-panel:nth-child(2) .apexcharts-yaxis-label").First).ToContainTextAsync("s");
        await Expect(page.Locator(".chart-panel:nth-child(1) .apexcharts-yaxis-label").First).ToHaveTextAsync(new Regex(@"^\d+$"));

        var before = await page.Locator(".tile:has-text('Runs per minute') .tile-foot span").First.TextContentAsync();
        await host.Owner.EndedRunAsync(await host.Owner.StartRunAsync("Dashboard: one more", "quick", Token), Token);
        await Expect(page.Locator(".tile:has-text('Runs per minute') .tile-foot span").First).Not.ToHaveTextAsync(before!);

        await page.GotoAsync("/?from=now-15m&refresh=off");
        await page.Locator(".charts .chart-panel:first-child .apexcharts-bar-area[val]:not([val='0'])").Last.ClickAsync(new LocatorClickOptions { Force = true });
        await Expect(page).ToHaveURLAsync(new Regex(@"/runs\?from=\d{4}-.*&to="));
        // The address changes before the page does.
        await Expect(page.Locator("h1")).ToHaveTextAsync("Runs");
        await Expect(page.Locator(".row-link").First).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"/\?from=now-15m&refresh=off$"));
        await Expect(page.Locator("h1")).ToHaveTextAsync("Dashboard");
        await Chromium.IsInteractiveAsync(page);
        await Expect(page.Locator(".chart-plot [data-ready]")).ToHaveCountAsync(4);

        await page.ClickAsync(".chart-head button[aria-label='Table: Spend']");
        await Expect(page.Locator(".chart-table tbody tr")).ToHaveCountAsync(16);
        await page.FocusAsync("#content");
        await page.Keyboard.PressAsync("t");
        await page.Keyboard.PressAsync("z");
        await Expect(page).ToHaveURLAsync(new Regex(@"from=now-30m"));
        await Expect(page.Locator(".range-now")).ToHaveTextAsync("Last 30 minutes");
        await page.ReloadAsync();
        await Expect(page.Locator(".range-now")).ToHaveTextAsync("Last 30 minutes");
        await Expect(page.Locator(".live-switch")).ToHaveTextAsync("Paused");

        await Chromium.IsInteractiveAsync(page);
        await page.ClickAsync("[data-wall=on]");
        await Expect(page.Locator(".rail")).ToBeHiddenAsync();
        await Expect(page).ToHaveURLAsync(new Regex("wall=1"));
        await Chromium.KeepAsync(page, "dashboard-wall");
        await page.ClickAsync("[data-wall=off]");
        await Expect(page.Locator(".rail")).ToBeVisibleAsync();
    }
}
