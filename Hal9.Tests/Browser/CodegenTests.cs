using System.Text.RegularExpressions;
using Hal9.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

/// <summary>The whole product with the built-in model behind every tier: no key, no network.</summary>
public sealed class CodegenTests(Chromium chromium)
{
    // The ladder builds and tests for real: on a machine that is busy with other tests it takes its time.
    private const float MostWait = 110_000;

    [Fact(Timeout = 180_000)]
    public async Task Somebody_without_a_key_sees_code_go_red_and_back_to_green()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var host = await Hal9Host.StartAsync(provider, settings =>
        {
            foreach (var tier in new[] { "Strong", "Balanced", "Fast" })
            {
                settings[$"Hal9:Models:Tiers:{tier}"] = "offline/hal9";
            }
        });
        var found = new List<string>();
        var page = await chromium.SignInAsync(host.Url);
        page.PageError += (_, error) => found.Add($"script: {error}");
        await page.GotoAsync("/codegen");
        await Chromium.IsInteractiveAsync(page);
        await page.ClickAsync(".codegen-new .notice button >> nth=0");
        await Expect(page.Locator("#brief")).ToHaveValueAsync("A todo list for the command line");
        found.AddRange(await Chromium.LookAsync(page, "codegen"));
        await page.ClickAsync(".codegen-new button[type=submit]");

        await Expect(page).ToHaveURLAsync(new Regex("/codegen/[0-9a-f-]{36}$"));
        await Expect(page.Locator(".phase[aria-current=step]")).ToBeVisibleAsync();
        await Expect(page.Locator(".provenance-offline").First).ToBeVisibleAsync();
        await Expect(page.Locator(".page-head .chip-good")).ToBeVisibleAsync(new() { Timeout = MostWait });
        var level = await host.Owner.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        await Expect(page.Locator(".page-head .verdict")).ToHaveTextAsync(level.ToString().Contains("Full", StringComparison.Ordinal) ? "Verified" : "Inconclusive");
        found.AddRange(await Chromium.LookAsync(page, "codegen-plan"));

        await page.ClickAsync(".tabs .tab >> nth=3");
        await Expect(page.Locator(".attempt .chip-good")).ToHaveCountAsync(1);
        found.AddRange(await Chromium.LookAsync(page, "codegen-repairs", crossed: true));
        await page.ClickAsync(".tabs .tab >> nth=2");
        await Expect(page.Locator(".rung")).ToHaveCountAsync(9);
        found.AddRange(await Chromium.LookAsync(page, "codegen-checks", crossed: true));
        await page.ClickAsync(".tabs .tab >> nth=1");
        await page.ClickAsync(".tree-file:has-text('TodoList.cs') >> nth=0");
        await Expect(page.Locator(".code-text")).ToContainTextAsync("var id = ++last;");
        found.AddRange(await Chromium.LookAsync(page, "codegen-files"));
        await page.ClickAsync("text=Compare with 1");
        await Expect(page.Locator(".diff-line[data-change=Modified]").First).ToContainTextAsync("items.Count + 1");
        found.AddRange(await Chromium.LookAsync(page, "codegen-diff", crossed: true));
        await page.ClickAsync(".tabs .tab >> nth=4");
        await Expect(page.Locator(".rows-short code").First).ToBeVisibleAsync();
        found.AddRange(await Chromium.LookAsync(page, "codegen-history", crossed: true));
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("a[href$='/archive']"));
        Assert.EndsWith(".zip", download.SuggestedFilename, StringComparison.Ordinal);
        Assert.Empty(found);
    }
}
