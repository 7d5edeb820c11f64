using Hal9.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

/// <summary>Every page in both themes, wide and narrow: nothing that axe finds, nothing that sticks out, no error in the console.</summary>
[Collection(Hal9HostCollection.Name)]
public sealed class AccessibilityTests(Hal9Host host, Chromium chromium) : IClassFixture<Chromium>
{
    public static TheoryData<string, int> Views => new MatrixTheoryData<string, int>(["dark", "light"], [1440, 390]);

    [Theory]
    [MemberData(nameof(Views))]
    public async Task Pages_HoldNoViolation(string theme, int width)
    {
        host.Provider.Reset();
        var run = await host.Owner.StartRunAsync("Compare tea and coffee. List the criteria, then decide.", "deep", TestContext.Current.CancellationToken);
        await host.Owner.EndedRunAsync(run, TestContext.Current.CancellationToken);
        var signIn = await chromium.OpenAsync(host.Url, theme, width);
        await signIn.GotoAsync("/account/login");
        var found = (await Chromium.ViolationsAsync(signIn, "sign-in")).ToList();
        var page = await chromium.SignInAsync(host.Url, theme, width);
        page.Console += (_, message) => { if (message.Type == "error" && !message.Text.Contains("404", StringComparison.Ordinal)) { found.Add($"console: {message.Text}"); } };
        page.PageError += (_, error) => found.Add($"script: {error}");

        await LookAsync("welcome", null, ".welcome");
        await page.FillAsync("#message", "Say hello");
        await page.PressAsync("#message", "Enter");
        await LookAsync("conversation", null, ".answer-foot");
        await LookAsync("runs", "/runs", ".table");
        await LookAsync("runs-none", "/runs?q=nothing-has-this-goal", ".empty");
        await LookAsync("run-tree", $"/runs/{run}", ".tree-row");
        await LookAsync("run-timeline", $"/runs/{run}?tab=timeline", ".waterfall");
        await LookAsync("run-events", $"/runs/{run}?tab=events", ".event");
        await LookAsync("missing", "/nothing/here", ".empty");

        Assert.Empty(found);

        async Task LookAsync(string name, string? address, string sign)
        {
            if (address is not null)
            {
                await page.GotoAsync(address);
            }
            await Expect(page.Locator(sign).First).ToBeVisibleAsync();
            found.AddRange(await Chromium.ViolationsAsync(page, name));
            if (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth || document.getElementById('content').scrollWidth > document.getElementById('content').clientWidth"))
            {
                found.Add($"{name}: sticks out at {width} px");
            }
            await Chromium.KeepAsync(page, $"{name}-{theme}-{width}");
        }
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
