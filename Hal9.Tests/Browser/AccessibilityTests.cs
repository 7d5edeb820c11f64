using Hal9.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

/// <summary>Every page in both themes, wide and narrow: nothing that axe finds, nothing that sticks out, no error in the console.</summary>
[Collection(PagesHostCollection.Name)]
public sealed class AccessibilityTests(Hal9Host host, Chromium chromium)
{
    [Fact]
    public async Task Pages_HoldNoViolation()
    {
        host.Provider.Reset();
        var run = await host.Owner.StartRunAsync("Compare tea and coffee. List the criteria, then decide.", "deep", TestContext.Current.CancellationToken);
        await host.Owner.EndedRunAsync(run, TestContext.Current.CancellationToken);
        var found = new List<string>();
        var page = await chromium.SignInAsync(host.Url);
        page.Console += (_, message) => { if (message.Type == "error" && !message.Text.Contains("404", StringComparison.Ordinal)) { found.Add($"console: {message.Text}"); } };
        page.PageError += (_, error) => found.Add($"script: {error}");

        await LookAsync("welcome", null, ".welcome");
        await page.FillAsync("#message", "Say hello");
        await page.PressAsync("#message", "Enter");
        await LookAsync("conversation", null, ".answer-foot");
        await GoAsync("/?refresh=off", ".chart-plot [data-ready]");
        await page.ClickAsync(".chart-head button >> nth=0");
        await page.ClickAsync(".range summary");
        await LookAsync("dashboard", null, ".chart-table tbody tr");
        await LookAsync("dashboard-wall", "/?wall=1&refresh=off", ".wall .chart-plot [data-ready]", crossed: true);
        await LookAsync("dashboard-nothing", "/?from=2026-01-01&to=2026-01-02&refresh=off", "main:not(:has(.wall)) .chart", crossed: true);
        await LookAsync("models", "/models", ".provider-card");
        await LookAsync("models-none", "/models?q=nothing-has-this-name", ".empty", crossed: true);
        await LookAsync("settings", "/settings", ".check");
        await LookAsync("runs", "/runs", ".table");
        await LookAsync("runs-ended", "/runs?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z", ".filter-chip", crossed: true);
        await LookAsync("runs-none", "/runs?q=nothing-has-this-goal", ".empty", crossed: true);
        await LookAsync("run-tree", $"/runs/{run}", ".tree-row");
        await page.ClickAsync(".cli-line summary");
        await LookAsync("run-on-the-command-line", null, ".cli-line .code", crossed: true);
        await LookAsync("run-timeline", $"/runs/{run}?tab=timeline", ".waterfall");
        await LookAsync("run-thread", $"/runs/{run}?tab=thread", ".turn-answer");
        await LookAsync("run-raw", $"/runs/{run}?tab=raw", "#raw-json");
        await GoAsync($"/runs/{run}", ".call-more");
        await page.ClickAsync(".call-more > summary >> nth=0");
        await page.ClickAsync(".prompt-part > summary >> nth=0");
        await LookAsync("run-call", null, ".bill tfoot");
        await LookAsync("run-events", $"/runs/{run}?tab=events", ".event");
        await LookAsync("hierarchy", "/hierarchy", ".node");
        await LookAsync("hierarchy-panel", "/hierarchy?neuron=analyst", ".panel .signals li", crossed: true);
        await LookAsync("hierarchy-table", "/hierarchy?view=table", ".table");
        await LookAsync("missing", "/nothing/here", ".empty");

        Assert.Empty(found);

        async Task LookAsync(string name, string? address, string sign, bool crossed = false)
        {
            await GoAsync(address, sign);
            found.AddRange(await Chromium.LookAsync(page, name, crossed));
        }

        async Task GoAsync(string? address, string sign)
        {
            if (address is not null)
            {
                await Chromium.GoAsync(page, address);
            }
            await Expect(page.Locator(sign).First).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task Page_WithFaults_IsFoundOut()
    {
        var page = await chromium.OpenAsync(host.Url);
        await page.SetContentAsync("""
            <html lang="en"><title>Faults</title><style>p { color: #111 } [data-theme=dark] p { background: #222 } @media (width < 400px) { p { width: 500px } }</style>
            <main><p>Words</p><button></button></main></html>
            """);

        var found = await Chromium.LookAsync(page, "faults");

        Assert.Equal(["faults-dark-1440", "faults-light-390"], found.Where(f => f.Contains("button-name", StringComparison.Ordinal)).Select(f => f.Split(':')[0]));
        Assert.Equal(["faults-dark-1440", "faults-dark-390"], found.Where(f => f.Contains("color-contrast", StringComparison.Ordinal)).Select(f => f.Split(':')[0]));
        Assert.Equal(["faults-light-390", "faults-dark-390"], found.Where(f => f.EndsWith("sticks out", StringComparison.Ordinal)).Select(f => f.Split(':')[0]));
    }

    [Fact]
    public async Task Theme_IsRenderedByTheServer_AndSwitchesInTheBrowser()
    {
        var page = await chromium.SignInAsync(host.Url, "light");
        Assert.Equal("light", await page.GetAttributeAsync("html", "data-theme"));

        await page.ClickAsync(".user");
        await page.CheckAsync("[data-theme-choice][value=dark]");
        await page.ReloadAsync();

        Assert.Equal("dark", await page.GetAttributeAsync("html", "data-theme"));
        Assert.Equal("rgb(11, 13, 17)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
    }

    [Fact]
    public async Task Addresses_OfNothing_AreAnsweredWith404()
    {
        var page = await chromium.SignInAsync(host.Url);

        foreach (var address in new[] { "/nothing/here", $"/runs/{Guid.NewGuid()}", $"/chat/{Guid.NewGuid()}", "/design" })
        {
            Assert.Equal(404, (await page.GotoAsync(address))!.Status);
            await Expect(page.Locator("h1")).ToHaveTextAsync("Not found");
        }
    }
}
