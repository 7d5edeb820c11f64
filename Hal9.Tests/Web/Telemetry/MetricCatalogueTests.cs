using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Hal9.Engine.Budgets;
using Hal9.Tests.Support;
using Hal9.Web.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Web.Telemetry;

public sealed class MetricCatalogueTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    // A name in the list of metrics that nothing ever measures would be a chart that stays empty for ever.
    [Fact(Timeout = 60_000)]
    public async Task Metrics_EachOfTheList_IsMeasured()
    {
        await using var provider = await ScriptedProvider.StartAsync();
        await using var host = await Hal9Host.StartAsync(provider);
        await host.Owner.LimitTenantAsync("1000", Now);
        await host.Owner.EndedRunAsync(await host.Owner.StartRunAsync("Say hello, then say good-bye", "deep", Now), Now);
        await host.Owner.ChatAsync(new JsonObject { ["model"] = "hal9/quick", ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Hi" }) }, Now);
        await host.Owner.SendAsync(
            HttpMethod.Put, "/api/v1/budgets", new JsonObject { ["scope"] = new JsonObject { ["kind"] = "neuron", ["id"] = "strategist" }, ["period"] = "week", ["limitTokens"] = 1 }, Now);
        using var person = await Hal9Client.SignInAsync(host.Url, Hal9Settings.Email, Hal9Settings.Password, Now);
        var scraper = await person.PostAsync("/api/v1/keys", new JsonObject { ["name"] = "scraper", ["scopes"] = new JsonArray("metrics") }, Now);
        var poor = await person.PostAsync("/api/v1/keys", new JsonObject { ["name"] = "poor", ["budgetUsd"] = "0.000001" }, Now);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", poor.GetProperty("key").GetString());
        using var refused = await http.PostAsync(
            host.Url + "/v1/chat/completions", new StringContent("""{"model":"scripted/strong","messages":[{"role":"user","content":"Hi"}]}""", Encoding.UTF8, "application/json"), Now);

        // Dearer than anybody could expect: its model is blocked from now on.
        provider.Script(_ => ScriptedReply.Of("Much.") with { Usage = new ScriptedUsage(90_000, 9_000) });
        await host.Owner.ChatAsync(new JsonObject { ["model"] = "scripted/fast", ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Hi" }) }, Now);
        provider.Script(_ => ScriptedReply.Of("Odd.") with { Usage = new ScriptedUsage(-1, 5) });
        await host.Owner.ChatAsync(new JsonObject { ["model"] = "scripted/balanced", ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Hi" }) }, Now);
        await person.PostAsync("/api/v1/prices/import", new JsonObject { ["entries"] = new JsonArray(new JsonObject { ["model"] = "nobody/model", ["inputUsd"] = 1, ["outputUsd"] = 2 }) }, Now);
        await host.Services.GetRequiredService<LedgerGuard>().LookAsync(Now);

        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", scraper.GetProperty("key").GetString());
        var text = await http.GetStringAsync(host.Url + "/metrics", Now);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        var lines = text.Split('\n');
        Assert.All(MetricCatalogue.All, spec => Assert.Contains(
            lines, line => line.StartsWith(spec.Name + "{", StringComparison.Ordinal) || line.StartsWith(spec.Name + "_count{", StringComparison.Ordinal)
                || (spec.Labels.Length == 0 && line.StartsWith(spec.Name + " ", StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal))));
        Assert.Contains(lines, line => line.StartsWith("hal9_budget_used_ratio{", StringComparison.Ordinal) && line.Contains("scope=\"tenant\"", StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("hal9_budget_used_ratio{", StringComparison.Ordinal) && line.Contains("scope=\"key\"", StringComparison.Ordinal));
        await Promtool.CheckAsync(text, Now);
    }
}
