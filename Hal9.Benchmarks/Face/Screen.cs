using System.Globalization;
using Hal9.Tests.Support;
using Microsoft.Playwright;

namespace Hal9.Benchmarks.Face;

/// <summary>A real browser window, signed in, that takes times in the page itself, so that what drives it is in none of them.</summary>
internal sealed class Screen(IBrowserContext context, IPage page) : IAsyncDisposable
{
    private const string Observe = """
        window.shift = 0;
        window.moved = [];
        window.keys = [];
        window.long = 0;
        new PerformanceObserver(all => all.getEntries().forEach(e => { if (!e.hadRecentInput) { window.shift += e.value; window.moved.push(...e.sources.map(s => [e.value, s])); } })).observe({ type: "layout-shift", buffered: true });
        new PerformanceObserver(all => all.getEntries().forEach(e => { if (e.interactionId) { window.keys.push(e.duration); } })).observe({ type: "event", durationThreshold: 16 });
        new PerformanceObserver(all => all.getEntries().forEach(e => window.long += e.duration)).observe({ type: "longtask" });
        """;

    private const string Until = """
        async ([act, sign]) => {
            const find = new Function(`return ${sign}`);
            if (find()) { throw new Error(`${sign} is there already`); }
            const begun = performance.now();
            new Function(act)();
            while (!find()) {
                if (performance.now() - begun > 20000) { throw new Error(`${sign} never came`); }
                await new Promise(requestAnimationFrame);
            }
            await new Promise(requestAnimationFrame);
            return performance.now() - begun;
        }
        """;

    private const string Live = """
        async () => {
            while (!document.querySelector("#content[data-interactive]")) { await new Promise(requestAnimationFrame); }
            return performance.now();
        }
        """;

    public IPage Page => page;

    public static async Task<Screen> OpenAsync(IBrowser browser, Uri server, int width, int height, float scale)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = server.ToString(), ViewportSize = new ViewportSize { Width = width, Height = height }, DeviceScaleFactor = scale,
        });
        await context.AddInitScriptAsync(Observe);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/account/login?returnUrl=/chat");
        await page.FillAsync("#email", Hal9Settings.Email);
        await page.FillAsync("#password", Hal9Settings.Password);
        await page.ClickAsync("button[type=submit]");
        await page.Locator("#content[data-interactive]").WaitForAsync();
        return new Screen(context, page);
    }

    /// <summary>Opens an address; milliseconds until the first content was painted, and until what is clicked arrives.</summary>
    public async Task<(double Painted, double Live)> GoAsync(string address)
    {
        await page.GotoAsync(address);
        var live = await page.EvaluateAsync<double>(Live);
        return (await page.EvaluateAsync<double>("() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"), live);
    }

    /// <summary>Milliseconds from an act to the frame in which its effect stands.</summary>
    public Task<double> UntilAsync(string act, string sign) => page.EvaluateAsync<double>(Until, new[] { act, sign });

    /// <summary>Layout shift since the page was opened, without what the viewer caused.</summary>
    public Task<double> ShiftAsync() => page.EvaluateAsync<double>("() => window.shift");

    /// <summary>What moved most since the page was opened, in words.</summary>
    public Task<string> MovedAsync() => page.EvaluateAsync<string>("""
        () => window.moved.sort((a, b) => b[0] - a[0]).slice(0, 4).map(([, s]) => {
            const e = s.node?.nodeType === 1 ? s.node : s.node?.parentElement;
            return `${e?.tagName.toLowerCase() ?? "gone"}.${(e?.getAttribute("class") ?? "").split(" ").join(".")} (${Math.round(s.currentRect.x - s.previousRect.x)}, ${Math.round(s.currentRect.y - s.previousRect.y)})`;
        }).join("; ")
        """);

    /// <summary>What reaches beyond the window although nothing scrolls there, in words.</summary>
    public Task<string[]> SticksOutAsync() => page.EvaluateAsync<string[]>("""
        () => {
            const found = [document.documentElement, document.getElementById("content")].filter(e => e && e.scrollWidth > Math.min(e.clientWidth, innerWidth)).map(e => `${e.tagName} is ${e.scrollWidth} wide`);
            const scrolls = e => e && e !== document.documentElement && (getComputedStyle(e).overflowX !== "visible" || scrolls(e.parentElement));
            for (const e of document.querySelectorAll("#content :is(a, button, input, select, textarea, h1, h2, h3, p, dd)")) {
                const box = e.getBoundingClientRect();
                if (box.width > 0 && box.right > innerWidth + 1 && !scrolls(e.parentElement)) { found.push(`${e.tagName} ${e.textContent.trim().slice(0, 30)} ends at ${Math.round(box.right)}`); }
            }
            return found;
        }
        """);

    /// <summary>The names of all that can be pressed and is not hidden.</summary>
    public async Task<IReadOnlySet<string>> ControlsAsync() => (await page.EvaluateAsync<string[]>("""
        () => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
            .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.closest("dialog:not([open])") && e.getBoundingClientRect().width > 0)
            .map(e => (e.getAttribute("aria-label") ?? e.textContent ?? "").trim().replace(/\s+/g, " ") || e.id).filter(name => name && !/\d/.test(name))
        """)).ToHashSet(StringComparer.Ordinal);

    public static string Milliseconds(double value) => value.ToString("0", CultureInfo.InvariantCulture) + " ms";

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
