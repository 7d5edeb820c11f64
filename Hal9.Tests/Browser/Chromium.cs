using System.Collections.Concurrent;
using System.Reflection;
using Deque.AxeCore.Commons;
using Hal9.Tests.Support;
using Microsoft.Playwright;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(Hal9.Tests.InBrowser.Chromium))]
[assembly: Hal9.Tests.InBrowser.ClosesItsWindows]

namespace Hal9.Tests.InBrowser;

/// <summary>One Chromium for all browser tests; where there is none they are skipped and say so.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private static readonly object AllRules = new { type = "tag", values = new[] { "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa" } };
    private static readonly object ColourRules = new { type = "rule", values = new[] { "color-contrast", "link-in-text-block" } };
    // Run in the page itself: the package's own call opens a second page for each run, which takes three times as long and serves frames only.
    // A theme is an attribute that changes colours and nothing else, so in the second one only the rules that look at colours can find something new.
    // A chart's plot is hidden from assistive technology (its table is what they read), and its hundreds of marks take longer than all the rest.
    private const string RunAxe = """
        async only => (await axe.run({ include: [["html"]], exclude: [[".chart-plot"]] }, { runOnly: only, resultTypes: ["violations"] }))
            .violations.map(v => `${v.id} (${v.impact}) ${v.nodes.map(n => n.html).join(" | ")}`)
        """;

    private const string SticksOut = """
        [document.documentElement, document.getElementById("content")].some(e => e && e.scrollWidth > Math.min(e.clientWidth, innerWidth))
        """;

    private static readonly string AxeScript = new BundledAxeScriptProvider().GetScript();
    private static readonly (string Theme, int Width, object Rules)[] Views = [("dark", 1440, AllRules), ("light", 1440, ColourRules), ("light", 390, AllRules), ("dark", 390, ColourRules)];
    private static readonly (string Theme, int Width, object Rules)[] Crossed = [Views[0], Views[2]];
    private static readonly bool KeepsPictures = Environment.GetEnvironmentVariable("HAL9_PICTURES") is not null;
    private static readonly ConcurrentDictionary<string, ConcurrentBag<IBrowserContext>> Windows = new();
    private static readonly ConcurrentBag<Task> Closing = [];
    private static readonly ConcurrentDictionary<string, Cookie[]> SignedIn = new();
    private readonly SemaphoreSlim launching = new(1);
    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>A new person's browser window.</summary>
    public async Task<IPage> OpenAsync(string url, string theme = "dark", int width = 1440)
    {
        var context = await (await LaunchedAsync()).NewContextAsync(new BrowserNewContextOptions { BaseURL = url, ViewportSize = new ViewportSize { Width = width, Height = 900 }, ReducedMotion = ReducedMotion.Reduce });
        Windows.GetOrAdd(TestContext.Current.Test!.UniqueID, _ => []).Add(context);
        await context.AddCookiesAsync([new Cookie { Name = "hal9-theme", Value = theme, Url = url }]);
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(30_000);
        return page;
    }

    /// <summary>Closes what a test has opened: a live page goes on working for nobody, and all of them together slow down those that come after.</summary>
    public static void CloseWindows(string testId)
    {
        if (Windows.TryRemove(testId, out var windows))
        {
            foreach (var window in windows)
            {
                Closing.Add(window.CloseAsync());
            }
        }
    }

    /// <summary>The same, signed in as the owner, at a new chat; each host's sign-in page is filled in once.</summary>
    public async Task<IPage> SignInAsync(string url, string theme = "dark", int width = 1440)
    {
        var page = await OpenAsync(url, theme, width);
        if (SignedIn.TryGetValue(url, out var cookies))
        {
            await page.Context.AddCookiesAsync(cookies);
            await page.GotoAsync("/chat");
        }
        else
        {
            await page.GotoAsync("/account/login?returnUrl=/chat");
            await page.FillAsync("#email", Hal9Settings.Email);
            await page.FillAsync("#password", Hal9Settings.Password);
            await page.ClickAsync("button[type=submit]");
        }
        await ChatIsReadyAsync(page);
        SignedIn.TryAdd(url, [.. (await page.Context.CookiesAsync()).Where(cookie => cookie.HttpOnly).Select(CopyOf)]);
        return page;
    }

    /// <summary>The circuit is open and the field takes text.</summary>
    public static Task ChatIsReadyAsync(IPage page) => page.Locator(".chat[data-ready]").WaitForAsync();

    /// <summary>The circuit is open: what is clicked and typed from now on arrives.</summary>
    public static Task IsInteractiveAsync(IPage page) => page.Locator("#content[data-interactive]").WaitForAsync();

    /// <summary>
    /// Looks at the page as it stands, dark and light, wide and narrow: what axe finds against WCAG 2.2 A and AA, and what sticks out.
    /// Keeps a picture of each view (<see cref="KeepAsync"/>).
    /// </summary>
    /// <param name="page">Where to look.</param>
    /// <param name="name">What the view is called in what is found.</param>
    /// <param name="crossed">For one more state of a page that has been looked at: dark and wide, then light and narrow, and not the other two.</param>
    /// <remarks>The theme is an attribute and the width a media query, so one visit serves all views; that the server renders the theme is a test of its own.</remarks>
    public static async Task<IReadOnlyList<string>> LookAsync(IPage page, string name, bool crossed = false)
    {
        var found = new List<string>();
        if (!await page.EvaluateAsync<bool>("() => typeof axe === 'object'"))
        {
            await page.EvaluateAsync(AxeScript);
        }
        foreach (var (theme, width, rules) in crossed && !KeepsPictures ? Crossed : Views)
        {
            var view = $"{name}-{theme}-{width}";
            await page.SetViewportSizeAsync(width, 900);
            await page.EvaluateAsync("theme => document.documentElement.dataset.theme = theme", theme);
            found.AddRange((await page.EvaluateAsync<string[]>(RunAxe, rules)).Select(v => $"{view}: {v}"));
            if (await page.EvaluateAsync<bool>(SticksOut))
            {
                found.Add($"{view}: sticks out");
            }
            await KeepAsync(page, view);
        }
        await page.SetViewportSizeAsync(1440, 900);
        await page.EvaluateAsync("document.documentElement.dataset.theme = 'dark'");
        return found;
    }

    /// <summary>Goes to another page within the open circuit, as a click on a link does: what is loaded stays loaded.</summary>
    public static Task GoAsync(IPage page, string address) => page.EvaluateAsync("address => Blazor.navigateTo(address)", address);

    /// <summary>Keeps a picture of the page for a person to look at, where HAL9_PICTURES is set: a picture takes longer than the test, and proves nothing to it.</summary>
    public static Task KeepAsync(IPage page, string name) => !KeepsPictures
        ? Task.CompletedTask
        : page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Hal9Settings.RepositoryRoot, "artifacts", "screenshots", name + ".png") });

    private static Cookie CopyOf(BrowserContextCookiesResult cookie) => new()
    {
        Name = cookie.Name, Value = cookie.Value, Domain = cookie.Domain, Path = cookie.Path, HttpOnly = cookie.HttpOnly, Secure = cookie.Secure, SameSite = cookie.SameSite,
    };

    private async Task<IBrowser> LaunchedAsync()
    {
        await launching.WaitAsync();
        try
        {
            if (browser is null)
            {
                var path = Places.FirstOrDefault(File.Exists);
                Assert.SkipWhen(path is null, "Chromium is not installed.");
                Assertions.SetDefaultExpectTimeout(30_000);
                playwright ??= await Playwright.CreateAsync();
                browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
                {
                    ExecutablePath = path,
                    Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--font-render-hinting=none"],
                });
            }
            return browser;
        }
        finally
        {
            launching.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        launching.Dispose();
        await Task.WhenAll(Closing);
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }
        playwright?.Dispose();
    }
}

/// <summary>After each test its browser windows are closed.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ClosesItsWindowsAttribute : BeforeAfterTestAttribute
{
    public override void After(MethodInfo methodUnderTest, IXunitTest test) => Chromium.CloseWindows(test.UniqueID);
}
