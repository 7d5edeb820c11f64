using System.Net;
using Hal9.Engine.Conversations;
using Hal9.Engine.Events;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Web.Api;

[Collection(WebCollection.Name)]
public sealed class ConversationApiTests(WebFixture host)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Lists_AreFiltered_AndWordsAreFound()
    {
        var actor = await host.NewPersonAsync("shelf@example.org", Role.Member, Now);
        var (conversations, shelf) = (host.Services.GetRequiredService<ConversationService>(), host.Services.GetRequiredService<ShelfService>());
        var one = await conversations.SendAsync(actor, null, null, "Count the aardvarks: one two three", RunMode.Quick, Now);
        var two = await conversations.SendAsync(actor, null, null, "Count the beetles: one two", RunMode.Quick, Now);
        await shelf.MoveAsync(actor, one.ConversationId, "Animals", Now);
        await shelf.TagAsync(actor, one.ConversationId, ["count"], Now);
        await shelf.ArchiveAsync(actor, two.ConversationId, Now);
        using var client = await Hal9Client.SignInAsync(host.Url, "shelf@example.org", People.Password, Now);

        Assert.Equal(1, await CountAsync("/api/v1/conversations"));
        Assert.Equal(1, await CountAsync("/api/v1/conversations?archived=true"));
        Assert.Equal(1, await CountAsync("/api/v1/conversations?folder=Animals&tag=count&q=aardv&pinned=false"));
        Assert.Equal(0, await CountAsync("/api/v1/conversations?pinned=true"));
        var found = await client.AllAsync("/api/v1/search?q=beetl", Now);
        Assert.Contains(found, hit => hit.GetProperty("messageId").GetGuid() == two.QuestionId && hit.GetProperty("archived").GetBoolean());
        Assert.Contains(found[^1].GetProperty("snippet").EnumerateArray(), piece => piece.GetProperty("hit").GetBoolean() && piece.GetProperty("text").GetString() == "beetles");
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/api/v1/search?q=%20", Now));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var cursor = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/api/v1/search?q=a&after=x", Now));
        Assert.Equal(HttpStatusCode.BadRequest, cursor.StatusCode);

        async Task<int> CountAsync(string path) => (await client.AllAsync(path, Now)).Count;
    }
}
