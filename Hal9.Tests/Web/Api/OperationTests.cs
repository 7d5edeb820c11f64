using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Tests.Support;

namespace Hal9.Tests.Web.Api;

/// <summary>What those who run the product rely on: metrics, probes, the document of the interface.</summary>
[Collection(Hal9HostCollection.Name)]
public sealed class OperationTests(Hal9Host host)
{
    private const string Snapshot = "docs/openapi.json";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Metrics_NeedTheirScope_AndAScrapeAfterARunSatisfiesPromtool()
    {
        host.Provider.Reset();
        await host.Owner.EndedRunAsync(await host.Owner.StartRunAsync("Say hello", "quick", Now), Now);
        using var person = await Hal9Client.SignInAsync(host.Url, Hal9Settings.Email, Hal9Settings.Password, Now);
        var scraper = await person.PostAsync("/api/v1/keys", new JsonObject { ["name"] = "scraper", ["scopes"] = new JsonArray("metrics") }, Now);
        var chatter = await person.PostAsync("/api/v1/keys", new JsonObject { ["name"] = "chatter", ["scopes"] = new JsonArray("chat") }, Now);

        var anonymous = await ScrapeAsync(null);
        var wrong = await ScrapeAsync(chatter.GetProperty("key").GetString());
        var (status, text) = await ScrapeAsync(scraper.GetProperty("key").GetString());

        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.Status);
        Assert.Equal(HttpStatusCode.Forbidden, wrong.Status);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("gen_ai_client_token_usage_bucket{gen_ai_operation_name=\"chat\"", text, StringComparison.Ordinal);
        Assert.Contains("gen_ai_client_operation_duration_seconds_count{", text, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration_seconds_count{http_request_method=\"POST\"", text, StringComparison.Ordinal);
        Assert.Contains("hal9_build_info{version=", text, StringComparison.Ordinal);
        // Meters belong to the process: engines of other tests may be at work in it.
        Assert.Matches("""hal9_neurons\{layer="L2",state="busy"\} \d+""", text);
        Assert.Contains("hal9_runs_total{kind=\"api\",status=\"succeeded\"}", text, StringComparison.Ordinal);
        Assert.Contains("hal9_cost_usd_total{tenant=", text, StringComparison.Ordinal);
        await Promtool.CheckAsync(text, Now);
    }

    [Fact(Timeout = 60_000)]
    public async Task Probes_SayAWordToEverybody_AndDetailToAdministrators()
    {
        using var anybody = new HttpClient { BaseAddress = new Uri(host.Url) };

        foreach (var probe in new[] { "live", "ready", "startup" })
        {
            Assert.Equal("Healthy", await anybody.GetStringAsync($"/health/{probe}", Now));
        }
        var detail = await host.Owner.GetAsync("/health/ready", Now);
        Assert.Equal("Healthy", detail.GetProperty("status").GetString());
        Assert.Equal(
            ["database", "disk", "ledger", "providers", "sandbox", "schema", "silo", "start"],
            detail.GetProperty("checks").EnumerateArray().Select(c => c.GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
    }

    // After a wanted change: HAL9_WRITE_SNAPSHOTS=1 writes the document anew, and the diff is reviewed.
    [Fact(Timeout = 60_000)]
    public async Task Document_EqualsTheCommittedSnapshot()
    {
        var document = (await JsonNode.ParseAsync(await host.Owner.Http.GetStreamAsync("/openapi/v1.json", Now), cancellationToken: Now))!;
        var text = document.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";
        var file = Path.Combine(Hal9Settings.RepositoryRoot, Snapshot);
        if (Environment.GetEnvironmentVariable("HAL9_WRITE_SNAPSHOTS") == "1")
        {
            await File.WriteAllTextAsync(file, text, Now);
        }

        Assert.StartsWith("3.1", document["openapi"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal((await File.ReadAllTextAsync(file, Now)).ReplaceLineEndings("\n"), text);
    }

    [Fact(Timeout = 60_000)]
    public async Task Document_DescribesEveryOperation()
    {
        var document = await host.Owner.GetAsync("/openapi/v1.json", Now);

        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                Assert.True(operation.Value.TryGetProperty("summary", out _), $"{operation.Name} {path.Name} has no summary.");
                Assert.True(operation.Value.TryGetProperty("operationId", out _), $"{operation.Name} {path.Name} has no operationId.");
                Assert.True(operation.Value.TryGetProperty("tags", out _), $"{operation.Name} {path.Name} has no tag.");
            }
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task DocumentAndItsPage_AreNotOpen()
    {
        using var anybody = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(host.Url) };
        using var document = await anybody.GetAsync("/openapi/v1.json", Now);
        using var page = await anybody.GetAsync("/scalar/v1", Now);

        Assert.Equal(HttpStatusCode.Unauthorized, document.StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task Page_LoadsFromThisHostOnly()
    {
        using var browser = new Browser(host.Url);
        await browser.SubmitAsync("/account/login", [("Form.Email", Hal9Settings.Email), ("Form.Password", Hal9Settings.Password)], Now);
        using var page = await browser.Http.GetAsync("/scalar/v1", Now);
        using var document = await browser.Http.GetAsync("/openapi/v1.json", Now);
        var html = await page.Content.ReadAsStringAsync(Now);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(HttpStatusCode.OK, document.StatusCode);
        Assert.DoesNotContain("://", System.Text.RegularExpressions.Regex.Replace(html, "\"?https?://www\\.w3\\.org[^\"]*", ""), StringComparison.Ordinal);
        var nonce = System.Text.RegularExpressions.Regex.Match(html, "nonce=\"([^\"]+)\"").Groups[1].Value;
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self' 'nonce-" + WebUtility.HtmlDecode(nonce) + "';", policy, StringComparison.Ordinal);
        var script = System.Text.RegularExpressions.Regex.Match(html, "<script[^>]* src=\"([^\"]+)\"").Groups[1].Value;
        using var code = await browser.Http.GetAsync(new Uri(new Uri(host.Url + "/scalar/"), script), Now);
        Assert.Equal(HttpStatusCode.OK, code.StatusCode);
    }

    private async Task<(HttpStatusCode Status, string Text)> ScrapeAsync(string? key)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        using var answer = await http.GetAsync(host.Url + "/metrics", Now);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Now));
    }
}
