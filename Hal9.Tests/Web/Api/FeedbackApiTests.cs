using System.Net;
using System.Text.Json.Nodes;
using Hal9.Tests.Support;

namespace Hal9.Tests.Web.Api;

[Collection(Hal9HostCollection.Name)]
public sealed class FeedbackApiTests(Hal9Host host)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Feedback_IsGivenChangedListedAndTakenBack()
    {
        host.Provider.Reset();
        var run = await host.Owner.StartRunAsync("Say hello", "quick", Now);
        var ended = await host.Owner.EndedRunAsync(run, Now);
        var step = ended.GetProperty("steps")[0].GetProperty("id").GetGuid();

        var thumb = await GiveAsync("thumb", -1, comment: "too long");
        var changed = await GiveAsync("thumb", 1);
        await GiveAsync("rating", 0.25, step);
        await GiveAsync("edit", "Hello.");

        Assert.Equal(thumb.GetProperty("id").GetGuid(), changed.GetProperty("id").GetGuid());
        var all = await host.Owner.AllAsync($"/api/v1/feedback?runId={run}", Now);
        Assert.Equal(["thumb 1", "rating 0.25", "edit Hello."], all.Select(f => $"{f.GetProperty("kind")} {f.GetProperty("value")}"));
        using var gone = await host.Owner.Http.DeleteAsync($"/api/v1/feedback/{thumb.GetProperty("id")}", Now);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        Assert.Equal(2, (await host.Owner.AllAsync($"/api/v1/feedback?runId={run}", Now)).Count);

        Task<System.Text.Json.JsonElement> GiveAsync(string kind, JsonNode value, Guid? of = null, string? comment = null) =>
            host.Owner.PostAsync("/api/v1/feedback", new JsonObject { ["runId"] = run, ["stepId"] = of, ["kind"] = kind, ["value"] = value, ["comment"] = comment }, Now);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("thumb", "2", HttpStatusCode.BadRequest)]
    [InlineData("thumb", "\"up\"", HttpStatusCode.BadRequest)]
    [InlineData("stars", "1", HttpStatusCode.BadRequest)]
    [InlineData("thumb", "1", HttpStatusCode.NotFound)]
    public async Task Feedback_ThatDoesNotFit_IsAProblem(string kind, string value, HttpStatusCode status)
    {
        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => host.Owner.PostAsync(
            "/api/v1/feedback", new JsonObject { ["runId"] = Guid.CreateVersion7(), ["kind"] = kind, ["value"] = JsonNode.Parse(value) }, Now));

        Assert.Equal(status, refusal.StatusCode);
    }
}
