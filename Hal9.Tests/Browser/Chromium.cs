using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Hal9.Tests.Support;
using Microsoft.Playwright;

namespace Hal9.Tests.InBrowser;

/// <summary>One Chromium for all browser tests; where there is none they are skipped and say so.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private static readonly string[] Rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (Places.FirstOrDefault(File.Exists) is not { } path)
        {
            return;
        }
        Assertions.SetDefaultExpectTimeout(30_000);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = path,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    /// <summary>A new person's browser window.</summary>
    public async Task<IPage> OpenAsync(string url, string theme = "dark", int width = 1440)
    {
        Assert.SkipWhen(browser is null, "Chromium is not installed.");
        var context = await browser!.NewContextAsync(new BrowserNewContextOptions { BaseURL = url, ViewportSize = new ViewportSize { Width = width, Height = 900 }, ReducedMotion = ReducedMotion.Reduce });
        await context.AddCookiesAsync([new Cookie { Name = "hal9-theme", Value = theme, Url = url }]);
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(30_000);
        return page;
    }

    /// <summary>The same, signed in as the owner.</summary>
    public async Task<IPage> SignInAsync(string url, string theme = "dark", int width = 1440)
    {
        var page = await OpenAsync(url, theme, width);
        await page.GotoAsync("/account/login");
        await page.FillAsync("#email", Hal9Settings.Email);
        await page.FillAsync("#password", Hal9Settings.Password);
        await page.ClickAsync("button[type=submit]");
        await ChatIsReadyAsync(page);
        return page;
    }

    /// <summary>The circuit is open and the field takes text.</summary>
    public static Task ChatIsReadyAsync(IPage page) => page.Locator(".chat[data-ready]").WaitForAsync();

    /// <summary>What axe finds against WCAG 2.2 A and AA.</summary>
    public static async Task<IEnumerable<string>> ViolationsAsync(IPage page, string where)
    {
        var result = await page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = [.. Rules] } });
        return result.Violations.Select(v => $"{where}: {v.Id} ({v.Impact}) {string.Join(" | ", v.Nodes.Select(n => n.Html))}");
    }

    /// <summary>Keeps a picture of the page for a person to look at.</summary>
    public static Task KeepAsync(IPage page, string name) =>
        page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Hal9Settings.RepositoryRoot, "artifacts", "screenshots", name + ".png") });

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }
        playwright?.Dispose();
    }
}
