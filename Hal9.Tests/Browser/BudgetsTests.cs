using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Hal9.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hal9.Tests.InBrowser;

[Collection(PagesHostCollection.Name)]
public sealed class BudgetsTests(Hal9Host host, Chromium chromium)
{
    [Fact]
    public async Task Operator_makes_a_budget_changes_it_undoes_that_and_removes_it()
    {
        host.Provider.Reset();
        var page = await chromium.SignInAsync(host.Url);
        var found = new List<string>();
        await page.GotoAsync("/budgets?kind=user");
        await Chromium.IsInteractiveAsync(page);
        await page.ClickAsync(".page-head-actions .button-primary");
        await Expect(page).ToHaveURLAsync(new Regex(@"/budgets\?kind=user&new=1$"));
        await page.SelectOptionAsync(".budget-form select >> nth=0", "User");
        await Expect(page.Locator(".budget-form select >> nth=1")).ToContainTextAsync(Hal9Settings.Email);
        await page.SelectOptionAsync(".budget-form select >> nth=1", new SelectOptionValue { Label = Hal9Settings.Email });
        await page.ClickAsync(".budget-form button[type=submit]");
        await Expect(page.Locator(".budget-fault").First).ToBeVisibleAsync();
        found.AddRange(await Chromium.LookAsync(page, "budgets-new", crossed: true));
        await page.FillAsync(".budget-form .field.numeric >> nth=0", "750");
        await page.ClickAsync(".budget-form button[type=submit]");

        var row = page.Locator("[data-rows] tbody tr", new() { HasText = Hal9Settings.Email });
        await Expect(row).ToContainTextAsync("$750.00");
        await Expect(page).ToHaveURLAsync(new Regex(@"/budgets\?kind=user$"));
        found.AddRange(await Chromium.LookAsync(page, "budgets"));
        await row.Locator("a[aria-label^='Raise']").ClickAsync();
        await page.FillAsync(".budget-form .field.numeric >> nth=0", "50");
        await page.ClickAsync(".budget-form button[type=submit]");
        await Expect(row.Locator(".budget-raised")).ToHaveTextAsync("+ $50.00 for a time");
        var raise = page.Locator(".row-short", new() { Has = page.Locator(".raise-approved"), HasText = "$50.00" });
        await Expect(raise).ToHaveCountAsync(1);
        found.AddRange(await Chromium.LookAsync(page, "budgets-raised", crossed: true));
        await raise.Locator("text=End it").ClickAsync();
        await Expect(row.Locator(".budget-raised")).ToHaveCountAsync(0);
        await row.Locator("a[aria-label^='Change']").ClickAsync();
        await page.FillAsync(".budget-form .field.numeric >> nth=0", "900");
        await page.ClickAsync(".budget-form button[type=submit]");
        await Expect(row).ToContainTextAsync("$900.00");
        await page.ClickAsync(".mud-snackbar button");
        await Expect(row).ToContainTextAsync("$750.00");

        await row.Locator("button[aria-label^='Remove']").ClickAsync();
        await page.ClickAsync(".mud-dialog .button-danger");
        await Expect(row).ToHaveCountAsync(0);
        await page.GotoAsync("/budgets?q=nobody-has-this-name");
        await Expect(page.Locator(".empty, .table-count").First).ToBeVisibleAsync();
        Assert.Empty(found);
    }

    [Fact]
    public async Task Who_is_refused_in_the_chat_raises_the_limit_there_and_asks_again()
    {
        host.Provider.Reset();
        var budget = await host.Owner.SendAsync(
            HttpMethod.Put, "/api/v1/budgets", new JsonObject { ["scope"] = new JsonObject { ["kind"] = "tenant" }, ["period"] = "week", ["limitUsd"] = "0.000001" }, TestContext.Current.CancellationToken);
        try
        {
            var page = await chromium.SignInAsync(host.Url);
            await page.GotoAsync("/chat?mode=quick");
            await Chromium.ChatIsReadyAsync(page);
            await page.FillAsync("#message", "What is left of the week?");
            await page.Keyboard.PressAsync("Enter");
            var refused = page.Locator(".notice-waiting");
            await refused.Locator("button", new() { HasText = "Raise the limit" }).ClickAsync();
            var found = await Chromium.LookAsync(page, "chat-raise");
            await refused.Locator(".field.numeric").FillAsync("0.50");
            await refused.Locator("button[type=submit]").ClickAsync();
            await Expect(refused.Locator("[role=status]")).ToHaveTextAsync("Raised. Ask again.");
            await refused.Locator(".notice-actions button").ClickAsync();

            await Expect(page.Locator(".answer .prose")).ToBeVisibleAsync();
            Assert.Empty(found);
        }
        finally
        {
            await host.Owner.Http.DeleteAsync(new Uri($"/api/v1/budgets/{budget.GetProperty("id").GetString()}", UriKind.Relative), CancellationToken.None);
        }
    }
}
