using Hal9.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

[Collection(PagesHostCollection.Name)]
public sealed class HierarchyTests(Hal9Host host, Chromium chromium)
{
    [Fact]
    public async Task Operator_sees_neurons_at_work_what_passes_between_them_and_looks_back()
    {
        host.Provider.Reset();
        var gate = new ScriptedGate();
        host.Provider.Script(request => request.Schema is null ? new ScriptedReply { HoldWithin = gate, HoldAfterChunks = 1 } : null);
        var page = await chromium.SignInAsync(host.Url);
        await page.GotoAsync("/hierarchy");
        await page.Locator(".hierarchy[data-ready][data-listening]").WaitForAsync();
        await Expect(page.Locator(".edge")).ToHaveCountAsync(10);
        await page.EvaluateAsync("""
            () => {
                window.seen = new Set();
                new MutationObserver(all => all.forEach(m => m.target.classList.forEach(c => window.seen.add(c)))).observe(document.querySelector(".map-edges"), { subtree: true, attributes: true, attributeFilter: ["class"] });
            }
            """);

        var run = await host.Owner.StartRunAsync("Compare tea and coffee, then decide.", "deep", TestContext.Current.CancellationToken);
        await Expect(page.Locator("[data-neuron=strategist] .chip-working")).ToBeVisibleAsync();
        await page.WaitForFunctionAsync("() => ['edge-down', 'edge-up', 'edge-back'].every(kind => window.seen.has(kind))");
        await Chromium.KeepAsync(page, "hierarchy-live");
        gate.Open();
        await host.Owner.EndedRunAsync(run, TestContext.Current.CancellationToken);
        await Expect(page.Locator("[data-neuron=strategist] .chip-paused")).ToBeVisibleAsync();

        await page.ClickAsync("text=Table");
        await Expect(page.Locator(".table tbody tr")).ToHaveCountAsync(7);
        await host.Owner.EndedRunAsync(await host.Owner.StartRunAsync("Compare tea and coffee again.", "deep", TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        await Expect(page.Locator("tr:has-text('strategist') td:nth-child(6)")).Not.ToHaveTextAsync("1");
        await page.ClickAsync(".map-views >> text=Map");
        await Expect(page.Locator(".edge")).ToHaveCountAsync(10);

        await page.FocusAsync("[data-neuron=strategist]");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".panel h2")).ToContainTextAsync("analyst");
        await page.ClickAsync(".panel .signals li:first-child >> text=Follow");
        await Expect(page.Locator(".node-dim")).Not.ToHaveCountAsync(0);
        await Expect(page.Locator("[data-neuron=strategist].node-dim")).ToHaveCountAsync(0);

        await page.Locator("#map-back").FillAsync("-900");
        await Expect(page.Locator("[data-neuron=analyst] .node-facts")).ToContainTextAsync("0 steps");
        await page.ClickAsync("text=Back to now");
        await Expect(page.Locator("[data-neuron=analyst] .node-facts")).Not.ToContainTextAsync("0 steps");
    }
}
