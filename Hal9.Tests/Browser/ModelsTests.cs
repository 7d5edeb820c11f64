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
        await Expect(page.Locator(".check")).ToHaveCountAsync(8);
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

    [Fact]
    public async Task Owner_adds_a_provider_tests_it_and_takes_it_away_and_sees_that_the_configuration_wins()
    {
        host.Provider.Reset();
        var page = await chromium.SignInAsync(host.Url);
        await page.GotoAsync("/models");
        await Chromium.IsInteractiveAsync(page);
        await Expect(page.Locator(".tier-field")).ToHaveCountAsync(0);
        await page.ClickAsync("text=Add a provider");
        await page.FillAsync("#provider-form label:has-text('Name') input", "scripted");
        await page.ClickAsync("button[form=provider-form]");
        await Expect(page.Locator("#provider-Name")).ToContainTextAsync("it wins");
        await Expect(page.Locator("#provider-BaseUrl")).ToContainTextAsync("Needed");
        Assert.Empty(await Chromium.LookAsync(page, "models-add", crossed: true));

        await page.FillAsync("#provider-form label:has-text('Name') input", "mine");
        await page.FillAsync("#provider-form input[type=url]", host.Provider.BaseUrl);
        await page.FillAsync("#provider-form input[type=password]", "sk-never-shown-again-0123");
        await page.FillAsync("#provider-form textarea", "free-model");
        await page.ClickAsync("button[form=provider-form]");
        var card = page.Locator(".provider-card:has(h3:text-is('mine'))");
        await Expect(card).ToContainTextAsync("Set here");
        await Expect(card).ToContainTextAsync("sk-…0123");
        await Expect(page.Locator("#content")).Not.ToContainTextAsync("never-shown");
        Assert.Empty(await Chromium.LookAsync(page, "models-mine", crossed: true));
        await Expect(card).ToContainTextAsync("Not called yet");
        await page.Locator(".offers tr:has-text('mine/free-model') button").ClickAsync();
        await page.FillAsync("#price-form label:has-text('Input') >> nth=0 >> input", "0,5");
        await page.ClickAsync("button[form=price-form]");
        await Expect(page.Locator(".mud-dialog .field-error")).ToContainTextAsync("Output");
        Assert.Empty(await Chromium.LookAsync(page, "models-price", crossed: true));
        await page.FillAsync("#price-form label:has-text('Output') input", "2");
        await page.ClickAsync("button[form=price-form]");
        await Expect(page.Locator(".offers tr:has-text('mine/free-model')")).ToContainTextAsync("Price list");
        await Expect(page.Locator(".offers tr:has-text('mine/free-model') td.numeric").First).ToHaveTextAsync("$0.50");
        await card.Locator("button:has-text('Test')").ClickAsync();
        await Expect(card.Locator(".test-passed data")).ToContainTextAsync("$0.0");
        await page.ReloadAsync();
        await Chromium.IsInteractiveAsync(page);
        await Expect(card).ToContainTextAsync("Ready");
        await card.Locator("button:has-text('Edit')").ClickAsync();
        await Expect(page.Locator("#provider-form input[type=password]")).ToHaveValueAsync("");
        await Expect(page.Locator("#provider-form textarea")).ToHaveValueAsync("free-model");
        await page.Keyboard.PressAsync("Escape");

        await card.Locator("button:has-text('Remove')").ClickAsync();
        await Expect(page.Locator(".mud-dialog")).ToContainTextAsync("go back to what they were");
        Assert.Empty(await Chromium.LookAsync(page, "models-remove", crossed: true));
        await page.ClickAsync(".mud-dialog .button-danger");
        await Expect(card).ToHaveCountAsync(0);
    }
}
