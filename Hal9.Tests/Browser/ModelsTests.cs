using System.Text.RegularExpressions;
using Hal9.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

[Collection(PagesHostCollection.Name)]
public sealed class ModelsTests(Hal9Host host, Chromium chromium)
{
    [Fact]
    public async Task Administrator_tests_a_provider_sees_what_it_cost_and_why_it_refused_and_looks_at_the_settings()
    {
        host.Provider.Reset();
        var page = await chromium.SignInAsync(host.Url);
        await page.ClickAsync(".rail >> text=Models");
        await Expect(page.Locator(".provider-card")).ToHaveCountAsync(3);
        var card = page.Locator(".provider-card:has(h3:has-text('scripted'))");
        await Expect(card.Locator("dd.mono").First).ToContainTextAsync("http://127.0.0.1");
        await Expect(page.Locator("#content")).Not.ToContainTextAsync("sk-scripted");
        await Chromium.IsInteractiveAsync(page);

        await card.Locator("button:has-text('Test')").ClickAsync();
        await Expect(card.Locator(".test-passed data")).ToContainTextAsync("$0.0");
        await Expect(card.Locator("dd.numeric").First).ToContainTextAsync("of ");
        host.Provider.Script(_ => new ScriptedReply { Fault = new Fault(FaultKind.Status) { StatusCode = 401 } });
        await card.Locator("button:has-text('Test')").ClickAsync();
        await Expect(card.Locator(".test-failed q")).ToContainTextAsync("HTTP 401");
        await Chromium.KeepAsync(page, "models-tested");
        host.Provider.Reset();
        await card.Locator(".test-failed >> text=Open run").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/runs/[0-9a-f-]{36}"));

        await page.GotoAsync("/models?q=strong");
        await Expect(page.Locator(".offers tbody tr")).Not.ToHaveCountAsync(0);
        await page.ReloadAsync();
        await Expect(page.Locator(".offers tbody tr").First).ToContainTextAsync("strong");

        await page.ClickAsync(".rail >> text=Settings");
        await Expect(page.Locator(".check")).ToHaveCountAsync(6);
        await Expect(page.Locator(".settings-table")).ToContainTextAsync("Hal9:Runs:EnvelopeUsd");
        await Expect(page.Locator("tr:has-text('scripted:ApiKey') .settings-value")).ToContainTextAsync("••••");
        await Expect(page.Locator("#content")).Not.ToContainTextAsync(Hal9Settings.Password);
        await page.FillAsync("input[type=search]", "envelope");
        await page.PressAsync("input[type=search]", "Enter");
        await Expect(page).ToHaveURLAsync(new Regex(@"/settings\?q=envelope$"));
        await Expect(page.Locator(".settings-table tbody tr")).ToHaveCountAsync(4);
        await page.ReloadAsync();
        await Expect(page.Locator(".settings-table tbody tr")).ToHaveCountAsync(4);
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("text=Diagnostics bundle"));
        Assert.EndsWith(".zip", download.SuggestedFilename, StringComparison.Ordinal);
        await Chromium.KeepAsync(page, "settings");
    }
}
