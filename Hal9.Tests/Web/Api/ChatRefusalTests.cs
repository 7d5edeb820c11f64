using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Hal9.Tests.Support;

namespace Hal9.Tests.Web.Api;

/// <summary>What a client that tries again by itself is told when it is refused.</summary>
[Collection(Hal9HostCollection.Name)]
public sealed partial class ChatRefusalTests : IDisposable
{
    private readonly Hal9Host host;

    public ChatRefusalTests(Hal9Host host)
    {
        this.host = host;
        host.Provider.Reset();
    }

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => host.Provider.Reset();

    [Theory(Timeout = 60_000)]
    [InlineData("total")]
    [InlineData("day")]
    public async Task BudgetWithoutRoom_SaysWhenToAskAgainAndNotToTryBefore(string period)
    {
        var budget = await host.Owner.SendAsync(
            HttpMethod.Put, "/api/v1/budgets", new JsonObject { ["scope"] = new JsonObject { ["kind"] = "tenant" }, ["period"] = period, ["limitUsd"] = 0 }, Now);
        try
        {
            var before = await BlocksAsync();

            var (status, _, headers) = await host.Owner.ChatAsync(ChatTests.Ask("scripted/fast", "x"), Now);

            Assert.Equal(HttpStatusCode.TooManyRequests, status);
            Assert.True(headers.RetryAfter?.Delta > TimeSpan.Zero);
            Assert.Equal("false", Assert.Single(headers.GetValues("x-should-retry")));
            Assert.True(await BlocksAsync() > before);
        }
        finally
        {
            using var gone = await host.Owner.Http.DeleteAsync($"/api/v1/budgets/{budget.GetProperty("id").GetString()}", Now);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task ProvidersRateLimit_WithoutAWait_IsGivenOne()
    {
        host.Provider.Script(_ => ScriptedReply.Fail(Fault.Status(429, "rate_limit_error", "Slow down.")));

        var (status, _, headers) = await host.Owner.ChatAsync(ChatTests.Ask("scripted/fast", "x"), Now);

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.True(headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.False(headers.Contains("x-should-retry"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SameIdempotencyKey_AfterAFailureThatMayPass_AsksAgain(bool stream)
    {
        var key = Guid.NewGuid().ToString();
        host.Provider.Script(_ => ScriptedReply.Fail(Fault.Status(500, "server_error", "Down.")));
        var failed = await SendAsync(key, stream);
        host.Provider.Script(_ => ScriptedReply.Of("Up again."));

        var answered = await SendAsync(key, stream);
        var repeated = await SendAsync(key, stream);

        Assert.Equal((HttpStatusCode.BadGateway, HttpStatusCode.OK), (failed.Status, answered.Status));
        Assert.Contains("Up again.", answered.Body, StringComparison.Ordinal);
        Assert.Equal(answered.Run, repeated.Run);
    }

    private async Task<(HttpStatusCode Status, string Body, string Run)> SendAsync(string key, bool stream)
    {
        var body = ChatTests.Ask("scripted/fast", "Once.");
        body["stream"] = stream;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await host.Owner.Http.SendAsync(request, Now);
        return (answer.StatusCode, (await answer.Content.ReadAsStringAsync(Now)).Replace("\"},\"finish_reason\":null", "", StringComparison.Ordinal), answer.Headers.GetValues("x-hal9-run-id").Single());
    }

    private async Task<double> BlocksAsync()
    {
        var text = await host.Owner.Http.GetStringAsync("/metrics", Now);
        return Blocks().Matches(text).Sum(block => double.Parse(block.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("^hal9_budget_blocks_total\\{.*\\} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Blocks();
}
