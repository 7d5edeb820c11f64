using Hal9.Engine.Conversations;
using Hal9.Engine.Events;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Conversations;

[Collection(EngineCollection.Name)]
public sealed class ShareServiceTests(EngineHost engine)
{
    private ConversationService Conversations => engine.Services.GetRequiredService<ConversationService>();

    private ShareService Shares => engine.Services.GetRequiredService<ShareService>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Link_ShowsTheBranchAsItWas_ToTheTenantOnly_UntilRevoked()
    {
        var owner = await engine.NewTenantAsync();
        var colleague = owner with { UserId = Guid.CreateVersion7(), Role = Role.Analyst };
        var first = await SendAsync(owner, null, null, "one");
        var link = await Shares.ShareAsync(owner, first.ConversationId, first.AnswerId, Cancel);
        await SendAsync(owner, first.ConversationId, first.AnswerId, "private afterthought");
        await SendAsync(owner, first.ConversationId, null, "another branch");

        var seen = await Shares.OpenAsync(colleague, link.Id, Cancel);

        Assert.Equal([first.QuestionId, first.AnswerId], seen!.Branch.Select(m => m.Id));
        Assert.Null(await Shares.OpenAsync(await engine.NewTenantAsync(), link.Id, Cancel));
        Assert.Equal(link.Id, (await Shares.ShareAsync(owner, first.ConversationId, first.AnswerId, Cancel)).Id);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Shares.RevokeAsync(colleague, link.Id, Cancel));
        await Shares.RevokeAsync(owner, link.Id, Cancel);
        Assert.Null(await Shares.OpenAsync(colleague, link.Id, Cancel));
        Assert.Empty(await Shares.ListAsync(owner, null, Cancel));
        await Shares.RestoreAsync(owner, link.Id, Cancel);
        Assert.NotNull(await Shares.OpenAsync(colleague, link.Id, Cancel));
    }

    [Fact]
    public async Task ListAsync_IsOnesOwn_AndOfWhoManagesPeople_All()
    {
        var owner = await engine.NewTenantAsync();
        var member = owner with { UserId = Guid.CreateVersion7(), Role = Role.Member };
        var sent = await SendAsync(member, null, null, "mine");
        await Shares.ShareAsync(member, sent.ConversationId, sent.AnswerId, Cancel);

        Assert.Single(await Shares.ListAsync(member, null, Cancel));
        Assert.Single(await Shares.ListAsync(owner, sent.ConversationId, Cancel));
        Assert.Empty(await Shares.ListAsync(member with { UserId = Guid.CreateVersion7() }, null, Cancel));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Shares.ShareAsync(owner, sent.ConversationId, sent.AnswerId, Cancel));
    }

    [Fact]
    public async Task Transcript_OfABranch_SaysWhoWroteWhatFromWhereAndForHowMuch()
    {
        var owner = await engine.NewTenantAsync();
        var sent = await SendAsync(owner, null, null, "Plan\nit");
        await SendAsync(owner, sent.ConversationId, null, "Plan something else");

        var text = Transcript.Markdown((await Conversations.FindAsync(owner, sent.ConversationId, sent.AnswerId, Cancel))!);

        Assert.StartsWith("# Plan\n", text, StringComparison.Ordinal);
        Assert.Contains("Plan\nit\n", text, StringComparison.Ordinal);
        Assert.Matches(@"\*\*HAL9\*\* · \S+ \S+ UTC · live · 0\.\d+ USD\n", text);
        Assert.DoesNotContain("something else", text, StringComparison.Ordinal);
        Assert.Equal(4, (await Conversations.AllMessagesAsync(owner, sent.ConversationId, Cancel)).Count);
    }

    private async Task<SentMessage> SendAsync(Actor actor, Guid? conversation, Guid? parent, string text)
    {
        var sent = await Conversations.SendAsync(actor, conversation, parent, text, RunMode.Quick, Cancel);
        await engine.Runs.WaitAsync(actor, sent.RunId, Cancel);
        return sent;
    }
}
