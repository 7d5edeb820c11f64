using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Tests.Support;

namespace Hal9.Tests.Web.Api;

/// <summary>The contract of code generation, on the real host, as far as nothing is built: what is built and tested is for the journeys.</summary>
[Collection(Hal9HostCollection.Name)]
public sealed class CodegenApiTests(Hal9Host host) : IAsyncLifetime
{
    private const string Projects = "/api/v1/codegen/projects";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private HttpClient Http => host.Owner.Http;

    public ValueTask InitializeAsync()
    {
        host.Provider.Reset();
        host.Provider.Script(ScriptedCoder.Answer);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        host.Provider.Script(null);
        return ValueTask.CompletedTask;
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_Is202AndTheProjectHasItsShapeAndWaits()
    {
        using var answer = await Http.PostAsJsonAsync(Projects, new { brief = "A todo list", language = "csharp", approval = "manual", envelope = new { costUsd = "1.5" } }, Now);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>(Now)).GetProperty("id").GetGuid();
        Assert.Equal($"{Projects}/{id}", answer.Headers.Location?.OriginalString);
        var project = await RestedAsync(id);
        Assert.Equal(
            ["id", "runIds", "title", "brief", "language", "template", "approval", "phase", "status", "verdict", "reason", "questions", "criteria", "rungs", "failures", "attempts", "sandboxLevel",
             "mutants", "costUsd", "costNanoUsd", "envelopeUsd", "envelopeNanoUsd", "provenance", "createdAt", "updatedAt"],
            project.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("waitingForAnswers", "intake", "csharp-console", "1.5"), (Text(project, "status"), Text(project, "phase"), Text(project, "template"), Text(project, "envelopeUsd")));
        Assert.Equal(JsonValueKind.Null, project.GetProperty("verdict").ValueKind);
        Assert.Equal(HandPrice.NanoFor(host.Provider.Exchanges), project.GetProperty("costNanoUsd").GetInt64());

        await host.Owner.PostAsync($"{Projects}/{id}/answer", new JsonObject { ["answers"] = new JsonObject { ["name"] = "Chores" } }, Now);
        project = await RestedAsync(id);
        Assert.Equal(("waitingForApproval", "spec", "Chores"), (Text(project, "status"), Text(project, "phase"), Text(project, "title")));
        Assert.Equal(6, project.GetProperty("criteria").GetArrayLength());
        Assert.All(project.GetProperty("criteria").EnumerateArray(), c => Assert.Equal("open", Text(c, "status")));
        Assert.Equal(2, project.GetProperty("runIds").GetArrayLength());

        var stopped = await host.Owner.PostAsync($"{Projects}/{id}/stop", new JsonObject { ["reason"] = "enough" }, Now);
        Assert.Equal(("stopped", "enough"), (Text(stopped, "status"), Text(stopped, "reason")));
        Assert.Contains((await host.Owner.GetAsync(Projects, Now)).GetProperty("items").EnumerateArray(), item => item.GetProperty("id").GetGuid() == id);
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(HttpMethod.Post, $"{Projects}/{id}/approve"));
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(HttpMethod.Get, $"{Projects}/{id}/archive"));
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(HttpMethod.Get, $"{Projects}/{id}/bundle"));
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(HttpMethod.Get, $"{Projects}/{id}/evidence"));
        Assert.Equal(0, (await host.Owner.GetAsync($"{Projects}/{id}/files", Now)).GetProperty("items").GetArrayLength());
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_WithTheSameKey_IsTheSameProject()
    {
        var key = Guid.NewGuid().ToString();
        var first = await StartAsync("""{"brief":"A todo list","approval":"manual"}""", key);
        var second = await StartAsync("""{"brief":"A todo list","approval":"manual"}""", key);
        var other = await StartAsync("""{"brief":"Another list of todos","approval":"manual"}""", key);

        Assert.Equal((HttpStatusCode.Accepted, first.Body), (second.Status, second.Body));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("""{"brief":" "}""", "brief")]
    [InlineData("""{"language":"csharp"}""", "brief")]
    [InlineData("""{"brief":"x","language":"cobol"}""", "language")]
    [InlineData("""{"brief":"x","template":"winforms"}""", "template")]
    [InlineData("""{"brief":"x","language":"python","template":"csharp-lib"}""", "template")]
    [InlineData("""{"brief":"x","approval":"never"}""", "approval")]
    [InlineData("""{"brief":"x","envelope":{"costUsd":"-1"}}""", "envelope.costUsd")]
    [InlineData("""{"brief":"x","envelope":{"tokens":0}}""", "envelope.tokens")]
    [InlineData("""{"brief":"x","envelope":{"seconds":0}}""", "envelope.seconds")]
    [InlineData("""{"brief":"x","steps":1}""", "steps")]
    public async Task Start_OutOfRange_Is400NamingTheField(string body, string field)
    {
        var (status, text) = await StartAsync(body, null);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.True(JsonDocument.Parse(text).RootElement.GetProperty("errors").TryGetProperty(field, out _), text);
    }

    [Fact(Timeout = 60_000)]
    public async Task Project_ThatThereIsNot_Is404Everywhere()
    {
        var none = $"{Projects}/{Guid.NewGuid()}";
        foreach (var path in new[] { "", "/files", "/archive", "/bundle", "/evidence" })
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Get, none + path));
        }
        foreach (var (path, body) in new[] { ("/approve", null), ("/continue", null), ("/stop", null), ("/answer", """{"answers":{}}"""), ("/changes", """{"text":"x"}""") })
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Post, none + path, body));
        }
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Put, none + "/spec", "{}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(HttpMethod.Put, none + "/files", """{"path":"a","content":"b"}"""));
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_WithoutRoomInABudget_Is429AndKeepsNothingOfTheKey()
    {
        using var person = await Hal9Client.SignInAsync(host.Url, Hal9Settings.Email, Hal9Settings.Password, Now);
        var made = await person.PostAsync("/api/v1/keys", new JsonObject { ["name"] = $"poor {Guid.NewGuid()}", ["budgetUsd"] = "0" }, Now);
        using var poor = Hal9Client.WithKey(host.Url, made.GetProperty("key").GetString()!);

        using var answer = await poor.Http.PostAsJsonAsync(Projects, new { brief = "A todo list", approval = "manual" }, Now);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>(Now)).TryGetProperty("budgetId", out _));
    }

    [Fact(Timeout = 60_000)]
    public async Task Verify_WhatIsNoProof_SaysSo()
    {
        var check = await host.Owner.PostAsync("/api/v1/codegen/verify", new JsonObject { ["payload"] = "e30", ["protected"] = "e30", ["signature"] = "AA", ["proof"] = new JsonObject() }, Now);

        Assert.False(check.GetProperty("holds").GetBoolean());
        Assert.NotEqual("", Text(check, "fault"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(HttpMethod.Post, "/api/v1/codegen/verify", "{}"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Quote_SpendsNothingAndHasTheEnvelopeAsItsWorst()
    {
        var quote = await host.Owner.PostAsync("/api/v1/codegen/quote", new JsonObject { ["brief"] = "A todo list", ["envelope"] = new JsonObject { ["costUsd"] = "0.75" } }, Now);

        Assert.Equal("0.75", Text(quote, "worstUsd"));
        Assert.Empty(host.Provider.Exchanges);
    }

    private async Task<JsonElement> RestedAsync(Guid id)
    {
        var project = await host.Owner.GetAsync($"{Projects}/{id}", Now);
        await host.Owner.EndedRunAsync(project.GetProperty("runIds").EnumerateArray().Last().GetGuid(), Now);
        return await host.Owner.GetAsync($"{Projects}/{id}", Now);
    }

    private async Task<(HttpStatusCode Status, string Body)> StartAsync(string body, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Projects) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }
        using var answer = await Http.SendAsync(request, Now);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Now));
    }

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var answer = await Http.SendAsync(request, Now);
        return answer.StatusCode;
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
