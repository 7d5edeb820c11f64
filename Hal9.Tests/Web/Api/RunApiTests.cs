using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Tests.Support;

namespace Hal9.Tests.Web.Api;

/// <summary>The contract of <c>/api/v1</c>, on the real host.</summary>
[Collection(Hal9HostCollection.Name)]
public sealed class RunApiTests(Hal9Host host) : IAsyncLifetime
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private HttpClient Http => host.Owner.Http;

    public ValueTask InitializeAsync()
    {
        host.Provider.Reset();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact(Timeout = 60_000)]
    public async Task Start_Is202WithLocationAndTheRunHasItsShape()
    {
        using var answer = await Http.PostAsJsonAsync("/api/v1/runs", new { goal = "Compare tea and coffee", mode = "standard", envelope = new { costUsd = "1.5", steps = 20 }, tags = new[] { "t" } }, Now);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>(Now)).GetProperty("id").GetGuid();
        Assert.Equal($"/api/v1/runs/{id}", answer.Headers.Location?.OriginalString);
        var run = await host.Owner.EndedRunAsync(id, Now);
        Assert.Equal("succeeded", run.GetProperty("status").GetString());
        Assert.Equal(HandPrice.NanoFor(host.Provider.Exchanges), run.GetProperty("costNanoUsd").GetInt64());
        Assert.Equal(run.GetProperty("costNanoUsd").GetInt64(), (long)(decimal.Parse(run.GetProperty("costUsd").GetString()!, System.Globalization.CultureInfo.InvariantCulture) * 1_000_000_000));
        Assert.EndsWith("Z", run.GetProperty("startedAt").GetString(), StringComparison.Ordinal);
        var root = Assert.Single(run.GetProperty("steps").EnumerateArray());
        Assert.Equal("L3", root.GetProperty("layer").GetString());
        Assert.All(root.GetProperty("steps").EnumerateArray(), step => Assert.Equal("L2", step.GetProperty("layer").GetString()));
        var call = root.GetProperty("modelCalls")[0];
        Assert.Equal(
            ["id", "attempt", "provider", "model", "status", "provenance", "inputTokens", "cachedTokens", "cacheWriteTokens", "outputTokens", "reasoningTokens", "reservedUsd", "reservedNanoUsd",
             "costUsd", "costNanoUsd", "priceVersion", "usageEstimated", "ms", "firstTokenMs", "error", "onLimit"],
            call.EnumerateObject().Select(p => p.Name));
        Assert.Equal("[]", root.GetProperty("toolCalls").GetRawText());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("""{"goal":"x","mod":"quick"}""", "mod")]
    [InlineData("""{"goal":"x","envelope":{"usd":1}}""", "envelope.usd")]
    [InlineData("""{"goal":"  "}""", "goal")]
    [InlineData("""{"mode":"quick"}""", "goal")]
    [InlineData("""{"goal":"x","mode":"direct"}""", "mode")]
    [InlineData("""{"goal":"x","envelope":{"costUsd":"-1"}}""", "envelope.costUsd")]
    [InlineData("""{"goal":"x","envelope":{"tokens":0}}""", "envelope.tokens")]
    [InlineData("""{"goal":"x","tags":[""]}""", "tags")]
    [InlineData("""{"goal":""", "body")]
    [InlineData("null", "body")]
    [InlineData("", "body")]
    public async Task Start_WithABadBody_IsAProblemThatNamesTheField(string json, string field)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await Http.PostAsync("/api/v1/runs", content, Now);

        var problem = await ProblemAsync(answer, 400, "invalid-request");
        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(e => e.Name));
        Assert.Empty(host.Provider.Exchanges);
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_WithoutRoom_Is429WithTheStoredRefusedRun()
    {
        var budget = await host.Owner.SendAsync(
            HttpMethod.Put, "/api/v1/budgets", new JsonObject { ["scope"] = new JsonObject { ["kind"] = "tenant" }, ["period"] = "month", ["limitUsd"] = 0 }, Now);
        try
        {
            using var answer = await Http.PostAsJsonAsync("/api/v1/runs", new { goal = "x" }, Now);

            var problem = await ProblemAsync(answer, 429, "budget-refused");
            Assert.Equal(budget.GetProperty("id").GetGuid(), problem.GetProperty("budgetId").GetGuid());
            Assert.Equal(budget.GetProperty("resetsAt").GetString(), problem.GetProperty("resetsAt").GetString());
            Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            var run = await host.Owner.RunAsync(problem.GetProperty("runId").GetGuid(), Now);
            Assert.Equal("refused", run.GetProperty("status").GetString());
            Assert.Equal(budget.GetProperty("id").GetGuid(), run.GetProperty("refusal").GetProperty("budgetId").GetGuid());
        }
        finally
        {
            using var _ = await Http.DeleteAsync($"/api/v1/budgets/{budget.GetProperty("id").GetString()}", Now);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Events_ResumeWhereTheReaderWas_LastEventIdWins()
    {
        var id = await host.Owner.StartRunAsync("Say hello", "quick", Now);
        var all = new List<SeenEvent>();
        await foreach (var e in host.Owner.EventsAsync(id, 0, Now))
        {
            all.Add(e);
        }
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/runs/{id}/events?from=1");
        request.Headers.Add("Last-Event-ID", "3");
        using var resumed = await Http.SendAsync(request, Now);
        var text = await resumed.Content.ReadAsStringAsync(Now);

        Assert.Equal(Enumerable.Range(1, all.Count).Select(n => (long)n), all.Select(e => e.Number));
        Assert.Equal(("RunStarted", "RunEnded"), (all[0].Type, all[^1].Type));
        Assert.Equal("text/event-stream", resumed.Content.Headers.ContentType?.MediaType);
        Assert.Equal(string.Concat(all.Skip(3).Select(e => $"id: {e.Number}\nevent: {e.Type}\ndata: {e.Data}\n\n")), text);
        var receipt = JsonDocument.Parse(all[^1].Data).RootElement;
        Assert.Equal(HandPrice.NanoFor(host.Provider.Exchanges), receipt.GetProperty("costNanoUsd").GetInt64());
        Assert.Equal(("RunEnded", "succeeded"), (receipt.GetProperty("type").GetString(), receipt.GetProperty("status").GetString()));
    }

    [Fact(Timeout = 60_000)]
    public async Task Cancel_ReturnsTheConfirmedState()
    {
        var gate = new ScriptedGate();
        host.Provider.Enqueue(ScriptedReply.Of("never") with { Hold = gate });
        var id = await host.Owner.StartRunAsync("Wait", "quick", Now);
        await gate.Reached.WaitAsync(Now);

        var run = await host.Owner.PostAsync($"/api/v1/runs/{id}/cancel", new JsonObject { ["reason"] = "changed my mind" }, Now);
        using var bare = await Http.PostAsync($"/api/v1/runs/{id}/cancel", null, Now);
        using var unknown = await Http.PostAsync($"/api/v1/runs/{Guid.CreateVersion7()}/cancel", null, Now);
        using var step = await Http.PostAsync($"/api/v1/runs/{id}/steps/{Guid.CreateVersion7()}/cancel", null, Now);

        Assert.Equal("cancelled", run.GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.OK, bare.StatusCode);
        await ProblemAsync(unknown, 404, "not-found");
        await ProblemAsync(step, 404, "not-found");
    }

    [Fact(Timeout = 60_000)]
    public async Task CancelOfAStep_StopsItsSubtreeOnly()
    {
        var gate = new ScriptedGate();
        host.Provider.Script(request => request.SchemaName == "work" ? new ScriptedReply { Hold = gate } : null);
        var id = await host.Owner.StartRunAsync("Do two things", "standard", Now);
        await gate.Reached.WaitAsync(Now);
        var running = (await host.Owner.RunAsync(id, Now)).GetProperty("steps")[0].GetProperty("steps").EnumerateArray().First(s => s.GetProperty("status").GetString() == "running");
        var step = running.GetProperty("id").GetString();

        var run = await host.Owner.PostAsync($"/api/v1/runs/{id}/steps/{step}/cancel", [], Now);
        gate.Open();
        var ended = await host.Owner.EndedRunAsync(id, Now);

        Assert.Equal("cancelled", Find(run, step).GetProperty("status").GetString());
        Assert.NotEqual("cancelled", ended.GetProperty("status").GetString());

        static JsonElement Find(JsonElement run, string? id) => run.GetProperty("steps")[0].GetProperty("steps").EnumerateArray().Single(s => s.GetProperty("id").GetString() == id);
    }

    [Fact(Timeout = 60_000)]
    public async Task SameIdempotencyKey_StartsOneRun()
    {
        var key = Guid.NewGuid().ToString();

        var starts = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => StartAsync(key)));

        Assert.Single(starts.Distinct());
        await host.Owner.EndedRunAsync(starts[0], Now);
        Assert.Single(host.Provider.Exchanges);
    }

    [Fact(Timeout = 60_000)]
    public async Task List_PagesByCursor_AndRefusesABadOne()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add(await host.Owner.StartRunAsync($"paging {i}", "quick", Now));
            await host.Owner.EndedRunAsync(ids[^1], Now);
        }

        var listed = await host.Owner.AllAsync("/api/v1/runs?limit=2&text=paging", Now);
        using var cursor = await Http.GetAsync("/api/v1/runs?after=nonsense", Now);
        using var limit = await Http.GetAsync("/api/v1/runs?limit=0", Now);
        using var status = await Http.GetAsync("/api/v1/runs?status=done", Now);

        Assert.Equal(ids.AsEnumerable().Reverse(), listed.Select(r => r.GetProperty("id").GetGuid()));
        await ProblemAsync(cursor, 400, "invalid-cursor");
        Assert.Equal(["limit"], (await ProblemAsync(limit, 400, "invalid-request")).GetProperty("errors").EnumerateObject().Select(e => e.Name));
        Assert.Equal(["status"], (await ProblemAsync(status, 400, "invalid-request")).GetProperty("errors").EnumerateObject().Select(e => e.Name));
    }

    [Fact(Timeout = 60_000)]
    public async Task WrongMethod_NamesTheRightOnes()
    {
        using var answer = await Http.GetAsync("/v1/chat/completions", Now);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(["POST"], answer.Content.Headers.Allow);
    }

    [Fact(Timeout = 60_000)]
    public async Task OpenEndpoint_WithAFormForABody_SaysSoInsteadOfAskingToSignIn()
    {
        using var anybody = new HttpClient { BaseAddress = new Uri(host.Url) };
        using var form = new FormUrlEncodedContent([new("email", "somebody@example.org")]);

        using var answer = await anybody.PostAsync("/api/v1/auth/token", form, Now);
        using var closed = await anybody.PostAsync("/api/v1/runs", form, Now);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, closed.StatusCode);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("GET", "/api/v1/runs/0190a1b2-0000-7000-8000-000000000000", 404, "not-found")]
    [InlineData("GET", "/api/v1/runs/not-an-id", 404, "not-found")]
    [InlineData("GET", "/api/v1/nothing-here", 404, "not-found")]
    [InlineData("DELETE", "/api/v1/budgets/0190a1b2-0000-7000-8000-000000000000", 404, "not-found")]
    [InlineData("GET", "/api/v1/conversations/0190a1b2-0000-7000-8000-000000000000/messages", 404, "not-found")]
    [InlineData("GET", "/api/v1/neurons/nobody", 404, "not-found")]
    [InlineData("POST", "/api/v1/runs/0190a1b2-0000-7000-8000-000000000000/pause", 501, "not-built")]
    [InlineData("GET", "/api/v1/costs?groupBy=team", 501, "not-built")]
    [InlineData("GET", "/api/v1/costs?groupBy=colour", 400, "invalid-request")]
    [InlineData("GET", "/api/v1/costs?from=yesterday", 400, "invalid-request")]
    [InlineData("GET", "/api/v1/ledger?after=-1", 400, "invalid-cursor")]
    [InlineData("PATCH", "/api/v1/runs", 405, "method-not-allowed")]
    [InlineData("GET", "/api/v1/runs/0190a1b2-0000-7000-8000-000000000000/cancel", 405, "method-not-allowed")]
    [InlineData("POST", "/api/v1/users", 405, "method-not-allowed")]
    [InlineData("POST", "/api/v1/nothing-here", 404, "not-found")]
    public async Task WhatIsNotThere_IsAProblemWithATypeThatExplains(string method, string path, int status, string kind)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await Http.SendAsync(request, Now);

        var problem = await ProblemAsync(answer, status, kind);
        using var help = await Http.GetAsync(problem.GetProperty("type").GetString(), Now);
        Assert.Equal(HttpStatusCode.OK, help.StatusCode);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("hour")]
    [InlineData("month")]
    public async Task Costs_UpToTheEndOfTime_AreThoseSoFar(string granularity)
    {
        using var answer = await Http.GetAsync($"/api/v1/costs?from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z&granularity={granularity}", Now);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task CostsLedgerAndBudgets_AgreeOnWhatARunCost()
    {
        var id = await host.Owner.StartRunAsync("Say hello", "quick", Now);
        var run = await host.Owner.EndedRunAsync(id, Now);
        var cost = run.GetProperty("costNanoUsd").GetInt64();

        var byRun = (await host.Owner.AllAsync("/api/v1/costs?groupBy=run", Now)).Single(c => c.GetProperty("key").GetString() == id.ToString());
        var settled = (await host.Owner.LedgerAsync(Now)).Where(e => e.GetProperty("runId").GetGuid() == id && e.GetProperty("kind").GetString() == "settle").Sum(e => e.GetProperty("amountNanoUsd").GetInt64());
        var verdict = await host.Owner.VerifyAsync(Now);

        Assert.True(cost > 0);
        Assert.Equal(cost, byRun.GetProperty("nanoUsd").GetInt64());
        Assert.Equal(run.GetProperty("costUsd").GetString(), byRun.GetProperty("usd").GetString());
        Assert.Equal(cost, settled);
        Assert.Equal("intact", verdict.GetProperty("verdict").GetString());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("""{"scope":{"kind":"team","id":"x"},"period":"day","limitUsd":"1"}""", 501)]
    [InlineData("""{"scope":{"kind":"tenant"},"period":"day","limitUsd":"1","ladder":["pause","clamp"]}""", 400)]
    [InlineData("""{"scope":{"kind":"model","id":"nobody/model"},"period":"day","limitUsd":"1"}""", 400)]
    [InlineData("""{"scope":{"kind":"tenant"},"period":"day"}""", 400)]
    [InlineData("""{"scope":null,"period":"day","limitUsd":"1"}""", 400)]
    [InlineData("""{"scope":{"kind":"tenant"},"period":"day","limitUsd":"1","marks":[90,10]}""", 400)]
    [InlineData("""{"scope":{"kind":"tenant","name":"x"},"period":"day","limitUsd":"1"}""", 400)]
    public async Task Budget_ThatIsNotOffered_IsRefused(string json, int status)
    {
        var before = await TermsAsync();
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await Http.PutAsync("/api/v1/budgets", content, Now);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(before, await TermsAsync());

        async Task<IReadOnlyList<string>> TermsAsync() => [.. (await host.Owner.AllAsync("/api/v1/budgets", Now)).Select(b => $"{b.GetProperty("scope")} {b.GetProperty("period")} {b.GetProperty("limitUsd")} {b.GetProperty("marks")}")];
    }

    [Fact(Timeout = 60_000)]
    public async Task Raise_AskedForGrantedAndEnded_ChangesTheLimitForThatTime()
    {
        var budget = await host.Owner.SendAsync(
            HttpMethod.Put, "/api/v1/budgets",
            new JsonObject { ["scope"] = new JsonObject { ["kind"] = "model", ["id"] = "Scripted/balanced" }, ["period"] = "total", ["limitUsd"] = "1", ["ladder"] = new JsonArray("clamp", "refuse") }, Now);
        var path = $"/api/v1/budgets/{budget.GetProperty("id").GetString()}";

        var raise = await host.Owner.PostAsync($"{path}/raises", new JsonObject { ["amountUsd"] = "0.5", ["reason"] = "month end", ["expiresAt"] = DateTimeOffset.UtcNow.AddHours(1).ToString("O") }, Now);
        var raised = (await host.Owner.AllAsync("/api/v1/budgets", Now)).Single(b => b.GetProperty("id").GetString() == budget.GetProperty("id").GetString());
        var ended = await host.Owner.PostAsync($"/api/v1/budgets/raises/{raise.GetProperty("id").GetString()}/decline", [], Now);
        var listed = Assert.Single(await host.Owner.AllAsync("/api/v1/budgets/raises?state=approved", Now));
        var after = (await host.Owner.AllAsync("/api/v1/budgets", Now)).Single(b => b.GetProperty("id").GetString() == budget.GetProperty("id").GetString());
        await Http.DeleteAsync(path, Now);

        Assert.Equal("scripted/balanced", budget.GetProperty("scope").GetProperty("id").GetString());
        Assert.Equal(("approved", "0.5"), (raise.GetProperty("state").GetString(), raised.GetProperty("raisedUsd").GetString()));
        Assert.Equal(raise.GetProperty("expiresAt").GetString(), raised.GetProperty("raisedUntil").GetString());
        Assert.Equal(JsonValueKind.Null, after.GetProperty("raisedUsd").ValueKind);
        Assert.Equal(ended.GetProperty("id").GetString(), listed.GetProperty("id").GetString());
        Assert.DoesNotContain(await host.Owner.AllAsync("/api/v1/budgets/alerts", Now), alert => alert.GetProperty("budgetId").GetString() == budget.GetProperty("id").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task Catalogue_HasAnETag()
    {
        using var first = await Http.GetAsync("/api/v1/neurons", Now);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/neurons");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var again = await Http.SendAsync(request, Now);
        var models = await host.Owner.AllAsync("/api/v1/models", Now);
        var hierarchies = await host.Owner.AllAsync("/api/v1/hierarchies", Now);

        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(7, (await first.Content.ReadFromJsonAsync<JsonElement>(Now)).GetProperty("items").GetArrayLength());
        Assert.Contains(models, m => m.GetProperty("id").GetString() == "scripted/strong" && m.GetProperty("priced").GetBoolean() && m.GetProperty("tiers")[0].GetString() == "strong");
        Assert.Equal("L4", Assert.Single(hierarchies).GetProperty("neurons")[0].GetProperty("layer").GetString());
    }

    private async Task<Guid> StartAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/runs") { Content = JsonContent.Create(new { goal = "Once", mode = "quick" }) };
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await Http.SendAsync(request, Now);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Now)).GetProperty("id").GetGuid();
    }

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage answer, int status, string kind)
    {
        var text = await answer.Content.ReadAsStringAsync(Now);
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal("/api/problems/" + kind, problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
        return problem;
    }
}
