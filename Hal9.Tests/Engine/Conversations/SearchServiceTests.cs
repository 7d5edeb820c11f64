using Hal9.Engine.Conversations;
using Hal9.Engine.Events;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Conversations;

[Collection(EngineCollection.Name)]
public sealed class SearchServiceTests(EngineHost engine) : IDisposable
{
    private SearchService Search => engine.Services.GetRequiredService<SearchService>();

    private ConversationService Conversations => engine.Services.GetRequiredService<ConversationService>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => engine.Provider.Reset();

    [Fact]
    public async Task FindAsync_WordsOfQuestionAndAnswer_AreFound_NewestFirst()
    {
        var actor = await engine.NewTenantAsync();
        engine.Provider.Script(_ => ScriptedReply.Of("The **kettle** whistles in Zürich."));
        var sent = await SendAsync(actor, "Why does my kettle whistle?");

        var both = await FindAsync(actor, "KETTLE whist");
        var answer = Assert.Single(await FindAsync(actor, "zurich"));

        Assert.Equal([sent.AnswerId, sent.QuestionId], both.Select(found => found.MessageId));
        Assert.Equal((sent.ConversationId, "Why does my kettle whistle?", MessageRole.Assistant), (answer.ConversationId, answer.Title, answer.Role));
        Assert.Equal(["Zürich"], answer.Snippet.Where(piece => piece.IsHit).Select(piece => piece.Text));
        Assert.Empty(await FindAsync(actor, "kettle teapot"));
    }

    [Fact]
    public async Task FindAsync_EditedBranch_IsFoundToo()
    {
        var actor = await engine.NewTenantAsync();
        var first = await SendAsync(actor, "about hedgehogs");
        var edited = await Conversations.SendAsync(actor, first.ConversationId, null, "about squirrels", RunMode.Quick, Cancel);
        await engine.Runs.WaitAsync(actor, edited.RunId, Cancel);

        var found = Assert.Single(await FindAsync(actor, "hedgehogs"), f => f.Role == MessageRole.User);

        Assert.Equal(first.QuestionId, found.MessageId);
    }

    [Fact]
    public async Task FindAsync_SeesOnesOwn_AndWithTheRightThoseOfAll_NeverAnotherTenants()
    {
        var owner = await engine.NewTenantAsync();
        var stranger = await engine.NewTenantAsync();
        await SendAsync(owner, "platypus");
        var member = owner with { UserId = Guid.CreateVersion7(), Role = Role.Member };
        var analyst = owner with { UserId = Guid.CreateVersion7(), Role = Role.Analyst };

        Assert.NotEmpty(await FindAsync(owner, "platypus"));
        Assert.Empty(await FindAsync(member, "platypus"));
        Assert.Empty(await FindAsync(stranger, "platypus"));
        Assert.NotEmpty((await Search.FindAsync(analyst, "platypus", false, null, 10, Cancel)).Items);
        Assert.Empty((await Search.FindAsync(analyst, "platypus", true, null, 10, Cancel)).Items);
        Assert.Empty((await Search.FindAsync(member, "platypus", false, null, 10, Cancel)).Items);
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("* OR ^ NEAR(")]
    [InlineData("content:x AND -y")]
    [InlineData("'; DROP TABLE messages; --")]
    public async Task FindAsync_SignsOfAQueryLanguage_AreOnlySigns(string text)
    {
        var actor = await engine.NewTenantAsync();
        await SendAsync(actor, "harmless");

        Assert.Empty(await FindAsync(actor, text));
    }

    [Fact]
    public async Task FindAsync_PageByPage_GivesEachOnce()
    {
        var actor = await engine.NewTenantAsync();
        engine.Provider.Script(_ => ScriptedReply.Of("otter"));
        for (var i = 0; i < 3; i++)
        {
            await SendAsync(actor, $"otter {i}");
        }

        var first = await Search.FindAsync(actor, "otter", true, null, 4, Cancel);
        var second = await Search.FindAsync(actor, "otter", true, first.Next, 4, Cancel);

        Assert.Equal(6, first.Items.Concat(second.Items).Select(found => found.MessageId).Distinct().Count());
        Assert.Null(second.Next);
    }

    [Fact]
    public void Query_OfBothDatabases_AsksForTheBeginningsOfAllWords()
    {
        var (tenant, user) = (Guid.Parse("00000000-0000-7000-8000-00000000000a"), Guid.Parse("00000000-0000-7000-8000-00000000000b"));

        Assert.Equal("owner : (t0000000000007000800000000000000a) AND content : (\"naïve\"* AND \"plan\"*)", MessageIndex.Query("naïve, (plan)!", DataProvider.Sqlite, tenant, null));
        Assert.Equal(
            "owner : (t0000000000007000800000000000000a AND u0000000000007000800000000000000b) AND content : (\"t0\"*)", MessageIndex.Query("t0", DataProvider.Sqlite, tenant, user));
        Assert.Equal("naïve:* & plan:*", MessageIndex.Query("naïve, (plan)!", DataProvider.PostgreSql, tenant, user));
        Assert.Null(MessageIndex.Query(" -- ", DataProvider.Sqlite, tenant, null));
    }

    private async Task<IReadOnlyList<FoundMessage>> FindAsync(Actor actor, string text) => (await Search.FindAsync(actor, text, true, null, 50, Cancel)).Items;

    private async Task<SentMessage> SendAsync(Actor actor, string text)
    {
        var sent = await Conversations.SendAsync(actor, null, null, text, RunMode.Quick, Cancel);
        await engine.Runs.WaitAsync(actor, sent.RunId, Cancel);
        return sent;
    }
}
