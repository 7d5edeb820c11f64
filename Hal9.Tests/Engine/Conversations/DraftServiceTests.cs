using Hal9.Engine.Conversations;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Conversations;

[Collection(EngineCollection.Name)]
public sealed class DraftServiceTests(EngineHost engine)
{
    private DraftService Drafts => engine.Services.GetRequiredService<DraftService>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SaveAsync_KeepsTheLastOnePerPersonAndConversation()
    {
        var actor = await engine.NewTenantAsync();
        var colleague = actor with { UserId = Guid.CreateVersion7() };
        var talk = Guid.CreateVersion7();

        await Drafts.SaveAsync(actor, null, "new", Cancel);
        await Drafts.SaveAsync(actor, talk, "one", Cancel);
        await Drafts.SaveAsync(actor, talk, "two", Cancel);
        await Drafts.SaveAsync(colleague, talk, "theirs", Cancel);

        Assert.Equal("new", (await Drafts.FindAsync(actor, null, Cancel))!.Text);
        Assert.Equal("two", (await Drafts.FindAsync(actor, talk, Cancel))!.Text);
        Assert.Equal("theirs", (await Drafts.FindAsync(colleague, talk, Cancel))!.Text);
        Assert.Null(await Drafts.FindAsync(await engine.NewTenantAsync(), talk, Cancel));
    }

    [Fact]
    public async Task SaveAsync_Empty_ForgetsIt()
    {
        var actor = await engine.NewTenantAsync();
        await Drafts.SaveAsync(actor, null, "half a thou", Cancel);

        await Drafts.SaveAsync(actor, null, "", Cancel);

        Assert.Null(await Drafts.FindAsync(actor, null, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => Drafts.SaveAsync(actor, null, new string('x', 100_001), Cancel));
        await Assert.ThrowsAsync<AccessDenied>(() => Drafts.SaveAsync(actor with { Role = Role.Analyst }, null, "x", Cancel));
    }
}
