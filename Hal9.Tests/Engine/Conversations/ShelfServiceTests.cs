using Hal9.Engine.Conversations;
using Hal9.Engine.Events;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Conversations;

[Collection(EngineCollection.Name)]
public sealed class ShelfServiceTests(EngineHost engine)
{
    private ConversationService Conversations => engine.Services.GetRequiredService<ConversationService>();

    private ShelfService Shelf => engine.Services.GetRequiredService<ShelfService>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ArchiveAsync_HidesUntilRestored()
    {
        var actor = await engine.NewTenantAsync();
        var id = await SendAsync(actor, "Hi");

        await Shelf.ArchiveAsync(actor, id, Cancel);
        Assert.Empty(await ListAsync(actor, ConversationFilter.All));
        Assert.Equal([id], await ListAsync(actor, new ConversationFilter(Archived: true)));
        Assert.Equal(1, (await Shelf.NamesAsync(actor, Cancel)).Archived);
        await Shelf.RestoreAsync(actor, id, Cancel);
        await Shelf.RenameAsync(actor, id, " New name ", Cancel);

        Assert.Equal("New name", (await Shelf.ListAsync(actor, ConversationFilter.All, null, 10, Cancel)).Items.Single().Title);
    }

    [Fact]
    public async Task ListAsync_IsNarrowedByPinFolderLabelAndTitle()
    {
        var actor = await engine.NewTenantAsync();
        var (plan, tea, rest) = (await SendAsync(actor, "Plan 100% of it"), await SendAsync(actor, "Tea or coffee"), await SendAsync(actor, "Plan 1000 things"));
        await Shelf.PinAsync(actor, plan, true, Cancel);
        await Shelf.MoveAsync(actor, tea, " Kitchen ", Cancel);
        await Shelf.TagAsync(actor, tea, ["hot", "drinks "], Cancel);
        await Shelf.TagAsync(actor, rest, ["hot"], Cancel);

        Assert.Equal([plan], await ListAsync(actor, new ConversationFilter(Pinned: true)));
        Assert.Equal([rest, tea], await ListAsync(actor, new ConversationFilter(Pinned: false)));
        Assert.Equal([tea], await ListAsync(actor, new ConversationFilter(Folder: "Kitchen")));
        Assert.Equal([tea], await ListAsync(actor, new ConversationFilter(Tag: "drinks")));
        Assert.Equal([plan], await ListAsync(actor, new ConversationFilter(Text: "100%")));
        var names = await Shelf.NamesAsync(actor, Cancel);
        Assert.Equal(("Kitchen", "drinks hot"), (string.Join(' ', names.Folders), string.Join(' ', names.Tags)));
        var shown = await Conversations.FindAsync(actor, tea, null, Cancel);
        Assert.Equal(("Kitchen", "drinks hot", false), (shown!.Folder, string.Join(' ', shown.Tags), shown.IsPinned));
        await Shelf.TagAsync(actor, tea, [], Cancel);
        await Shelf.MoveAsync(actor, tea, null, Cancel);
        Assert.Empty((await Shelf.NamesAsync(actor, Cancel)).Folders);
    }

    [Fact]
    public async Task ListAsync_PageByPage_GivesEachOnce()
    {
        var actor = await engine.NewTenantAsync();
        for (var i = 0; i < 5; i++)
        {
            await SendAsync(actor, $"Number {i}");
        }

        var seen = new List<Guid>();
        string? after = null;
        do
        {
            var page = await Shelf.ListAsync(actor, ConversationFilter.All, after, 2, Cancel);
            seen.AddRange(page.Items.Select(line => line.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(5, seen.Distinct().Count());
        Assert.Equal(5, seen.Count);
    }

    [Fact]
    public async Task Changes_OfSomebodyElses_AreRefused()
    {
        var owner = await engine.NewTenantAsync();
        var id = await SendAsync(owner, "Hi");
        var colleague = owner with { UserId = Guid.CreateVersion7() };

        await Assert.ThrowsAsync<KeyNotFoundException>(() => Shelf.PinAsync(colleague, id, true, Cancel));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Shelf.TagAsync(colleague, id, ["mine"], Cancel));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Shelf.MoveAsync(colleague, id, "mine", Cancel));
        await Assert.ThrowsAsync<AccessDenied>(() => Shelf.PinAsync(owner with { Role = Role.Analyst }, id, true, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => Shelf.MoveAsync(owner, id, new string('x', 61), Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => Shelf.TagAsync(owner, id, [.. Enumerable.Range(0, 11).Select(n => $"t{n}")], Cancel));
    }

    private async Task<IEnumerable<Guid>> ListAsync(Actor actor, ConversationFilter filter) => (await Shelf.ListAsync(actor, filter, null, 10, Cancel)).Items.Select(line => line.Id);

    private async Task<Guid> SendAsync(Actor actor, string text)
    {
        var sent = await Conversations.SendAsync(actor, null, null, text, RunMode.Quick, Cancel);
        await engine.Runs.WaitAsync(actor, sent.RunId, Cancel);
        return sent.ConversationId;
    }
}
