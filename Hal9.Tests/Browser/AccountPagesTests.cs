using System.Text.RegularExpressions;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

/// <summary>Set-up and sign-in in both themes, wide and narrow, with what can go wrong on them.</summary>
[Collection(WebCollection.Name)]
public sealed partial class AccountPagesTests(WebFixture host, Chromium chromium)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_HoldNoViolation()
    {
        await using var empty = await WebFixture.StartAsync();
        var found = new List<string>();
        var page = await chromium.OpenAsync(empty.Url);
        Watch(page, found);
        await page.GotoAsync(empty.Log.Select(line => SetupLink().Match(line)).First(m => m.Success).Value);
        await LookAsync(page, "Welcome", "setup");
        await page.FillAsync("#email", "dave@example.org");
        await page.FillAsync("#password", "passwordpassword");
        await page.FillAsync("#tenant", "Discovery One");
        await page.ClickAsync("button[type=submit]");
        await Expect(page.Locator("[role=alert]")).ToContainTextAsync("tries first");
        await LookAsync(page, "Welcome", "setup-refused", crossed: true);
        await page.GotoAsync("/setup?code=used");
        await LookAsync(page, "This link does not work any more", "setup-gone");

        var actor = await host.NewPersonAsync("look@example.org", Role.Member, Token);
        await host.Services.GetRequiredService<TenantService>().CreateAsync("Second", actor.UserId, Token);
        page = await chromium.OpenAsync(host.Url);
        Watch(page, found);
        await page.GotoAsync("/account/login");
        await LookAsync(page, "Sign in", "login");
        await SubmitAsync("not the password");
        await Expect(page.Locator("[role=alert]")).ToContainTextAsync("is not right");
        await Expect(page.Locator("#email")).ToHaveValueAsync("look@example.org");
        await LookAsync(page, "Sign in", "login-refused", crossed: true);
        await SubmitAsync(People.Password);
        await LookAsync(page, "Where do you want to work?", "tenants");
        await page.GotoAsync("/account/denied");
        await LookAsync(page, "You may not see this", "denied");

        Assert.Empty(found);

        async Task SubmitAsync(string password)
        {
            await page.FillAsync("#email", "look@example.org");
            await page.FillAsync("#password", password);
            await page.ClickAsync("button[type=submit]");
        }

        async Task LookAsync(IPage seen, string heading, string name, bool crossed = false)
        {
            await Expect(seen.Locator("main#content h1")).ToHaveTextAsync(heading);
            found.AddRange(await Chromium.LookAsync(seen, $"account-{name}", crossed));
        }
    }

    [Fact]
    public async Task Reference_OfTheApi_RunsUnderItsContentPolicy()
    {
        var found = new List<string>();
        var page = await chromium.OpenAsync(host.Url);
        Watch(page, found);
        await page.GotoAsync("/account/login?returnUrl=%2Fscalar");
        await page.FillAsync("#email", Hal9Settings.Email);
        await page.FillAsync("#password", Hal9Settings.Password);
        await page.ClickAsync("button[type=submit]");

        await Expect(page.Locator("h1").First).ToContainTextAsync("HAL9 Console");
        Assert.Empty(found);
    }

    private static void Watch(IPage page, List<string> found)
    {
        // A status of the page itself is said in the console, too; that is no fault of the page.
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource: the server responded with a status of 4", StringComparison.Ordinal))
            {
                found.Add($"console: {message.Text}");
            }
        };
        page.PageError += (_, error) => found.Add($"script: {error}");
        page.Response += (_, answer) =>
        {
            if (answer.Status >= 400 && !answer.Request.IsNavigationRequest)
            {
                found.Add($"{answer.Status} for {answer.Url}");
            }
        };
    }

    [GeneratedRegex(@"http://\S+/setup\?\S+")]
    private static partial Regex SetupLink();
}
