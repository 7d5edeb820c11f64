using Hal9.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

/// <summary>Pages that read much before they show it: what stands there when they come stays where it is when they begin to live.</summary>
[Collection(PagesHostCollection.Name)]
public sealed class SteadinessTests(Hal9Host host, Chromium chromium)
{
    // Letters that come late may move a word by a hair. 0.1 is what the web calls good.
    private const double MostShift = 0.01;

    // What moved without the viewer's doing since the page began, as the browser itself counts it.
    private const string Shift = """
        () => new Promise(done => {
            let sum = 0;
            new PerformanceObserver(all => all.getEntries().forEach(e => sum += e.hadRecentInput ? 0 : e.value)).observe({ type: "layout-shift", buffered: true });
            setTimeout(() => done(sum), 100);
        })
        """;

    [Fact]
    public async Task Pages_OpenedByTheirAddress_DoNotJump()
    {
        var page = await chromium.SignInAsync(host.Url);
        var found = new List<string>();

        foreach (var (address, sign) in new[] { ("/?refresh=off", ".chart-plot [data-ready]"), ("/models", ".provider-card"), ("/settings", ".check"), ("/hierarchy", ".hierarchy[data-ready]") })
        {
            await page.GotoAsync(address);
            await Chromium.IsInteractiveAsync(page);
            await Expect(page.Locator(sign).First).ToBeVisibleAsync();
            if (await page.EvaluateAsync<double>(Shift) is > MostShift and var shift)
            {
                found.Add($"{address} by {shift}");
            }
        }

        Assert.Empty(found);
    }
}
