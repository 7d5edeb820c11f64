using System.Text.RegularExpressions;
using Hal9.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

[Collection(PagesHostCollection.Name)]
public sealed class CostsTests(Hal9Host host, Chromium chromium)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Analyst_breaks_costs_down_goes_into_a_row_and_to_its_runs_by_keyboard()
    {
        host.Provider.Reset();
        await host.Owner.EndedRunAsync(await host.Owner.StartRunAsync("Costs: compare tea and coffee.", "deep", Token), Token);
        var page = await chromium.SignInAsync(host.Url);
        var found = new List<string>();

        await page.Keyboard.PressAsync("Escape");
        await page.EvaluateAsync("document.activeElement?.blur()");
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("x");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Costs");
        await Expect(page.Locator(".chart-plot [data-ready]")).ToHaveCountAsync(1);
        await Chromium.IsInteractiveAsync(page);
        await Expect(page.Locator(".tile:has-text('Per complex query') .tile-foot")).ToContainTextAsync("the aim of $0.10");
        found.AddRange(await Chromium.LookAsync(page, "costs"));

        await page.SelectOptionAsync(".cost-bar select >> nth=0", "Neuron");
        await Expect(page).ToHaveURLAsync(new Regex(@"/costs\?by=neuron$"));
        await Expect(page.Locator(".table tbody tr", new() { HasText = "strategist" }).Locator("data").First).ToContainTextAsync("$");
        await page.ReloadAsync();
        await Expect(page.Locator("[data-rows] tbody tr", new() { HasText = "strategist" })).ToHaveCountAsync(1);
        await Chromium.IsInteractiveAsync(page);
        await page.Keyboard.PressAsync("/");
        await Expect(page.Locator("input[type=search]").First).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("strategist");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".table-count")).ToContainTextAsync("1 of ");
        await page.EvaluateAsync("document.activeElement.blur()");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex(@"/costs\?neuron=strategist$"));
        await Expect(page.Locator(".filter-chip strong")).ToHaveTextAsync("strategist");
        await page.Locator("[data-rows] .cost-runs").First.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"/runs\?from=.*neuron=strategist"));
        await Expect(page.Locator("[data-rows] .row-link").First).ToContainTextAsync("Costs: compare tea and coffee.");

        await page.GotoAsync("/costs?from=2025-01-01&to=2025-02-01");
        await Expect(page.Locator(".empty h2")).ToHaveTextAsync("Nothing was spent in this time");
        await Chromium.IsInteractiveAsync(page);
        found.AddRange(await Chromium.LookAsync(page, "costs-nothing", crossed: true));
        Assert.Empty(found);
    }

    [Fact]
    public async Task A_months_statement_can_be_printed_and_says_where_the_chain_stood()
    {
        host.Provider.Reset();
        await host.Owner.EndedRunAsync(await host.Owner.StartRunAsync("Say hello for the statement.", "quick", Token), Token);
        var page = await chromium.SignInAsync(host.Url);
        await page.GotoAsync("/costs");
        await page.ClickAsync(".page-head-actions a:has-text('Statement')");
        await Expect(page.Locator("h1")).ToContainTextAsync("Statement of");
        await Expect(page.Locator(".statement tbody tr").First).ToContainTextAsync("/");
        await Chromium.IsInteractiveAsync(page);
        var found = await Chromium.LookAsync(page, "statement");
        var month = await host.Owner.GetAsync($"/api/v1/ledger/statement?month={DateTimeOffset.UtcNow:yyyy-MM}", Token);
        await Expect(page.Locator(".statement-chain dd").Last).ToHaveTextAsync(month.GetProperty("closing").GetProperty("hash").GetString()!);
        await Expect(page.Locator("tfoot td")).ToHaveTextAsync(month.GetProperty("totalUsd").GetString()!);

        await page.EmulateMediaAsync(new() { Media = Microsoft.Playwright.Media.Print });
        await Expect(page.Locator(".rail")).ToBeHiddenAsync();
        await Expect(page.Locator("[data-print]")).ToBeHiddenAsync();
        await page.EmulateMediaAsync(new() { Media = Microsoft.Playwright.Media.Screen });
        await page.EvaluateAsync("window.printed = 0; window.print = () => window.printed++; null");
        await page.ClickAsync("[data-print]");
        Assert.Equal(1, await page.EvaluateAsync<int>("window.printed"));
        Assert.Empty(found);
    }
}
