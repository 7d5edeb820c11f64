using Hal9.Engine.Conversations;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Engine.Budgets;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Tests.Engine.Conversations;

/// <summary>The history of a tenant with ten thousand messages; <c>Hal9.Benchmarks -- history</c> asks the same of a million.</summary>
public sealed class HistoryServiceTests(FilledTenant filled) : IClassFixture<FilledTenant>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private HistoryService Service => new(filled.Lab.Tenants, new HistoryStore(filled.Lab.Tenants), new SearchService(filled.Database), TimeProvider.System);

    public static TheoryData<HistoryFilter> Filters =>
    [
        new HistoryFilter(),
        new HistoryFilter { Ascending = true },
        new HistoryFilter { Sort = HistorySort.Cost },
        new HistoryFilter { Sort = HistorySort.Cost, Ascending = true, Show = HistoryShow.Unreviewed },
        new HistoryFilter { Show = HistoryShow.Errors },
        new HistoryFilter { Show = HistoryShow.Down },
        new HistoryFilter { Kind = HistoryKind.Run, Mode = RunMode.Deep, Tag = "ci" },
        new HistoryFilter { Kind = HistoryKind.Conversation, Tag = "idea" },
        new HistoryFilter { Archived = true },
        new HistoryFilter { From = FilledTenant.Now.AddDays(-9), Before = FilledTenant.Now.AddDays(-4) },
    ];

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task ListAsync_PageByPage_GivesEachThatFitsOnceInItsOrder(HistoryFilter filter)
    {
        var listed = new List<HistoryLine>();
        await foreach (var line in Service.ListAllAsync(filled.Actor, filter, Cancel))
        {
            listed.Add(line);
        }

        var wanted = (await AllAsync()).Where(row => Fits(row, filter)).ToList();
        Assert.NotEmpty(wanted);
        Assert.Equal(wanted.Select(row => row.Id).Order(), listed.Select(line => line.Id).Order());
        var keys = listed.Select(line => filter.Sort is HistorySort.Cost ? line.Cost.Nano : line.At.ToUnixTimeMilliseconds()).ToList();
        Assert.Equal(filter.Ascending ? keys.Order() : keys.OrderDescending(), keys);
        Assert.Equal(listed.Count, await Service.CountAsync(filled.Actor, filter, 100_000, Cancel));
        Assert.Equal(Math.Min(5, listed.Count), await Service.CountAsync(filled.Actor, filter, 5, Cancel));
    }

    [Fact]
    public async Task ListAsync_InShortPages_MissesNothingWhereConversationsAndRunsMeet()
    {
        var seen = new List<Guid>();
        for (string? after = null; ;)
        {
            var page = await Service.ListAsync(filled.Actor, new HistoryFilter { After = after, Limit = 7, From = FilledTenant.Now.AddDays(-2) }, Cancel);
            seen.AddRange(page.Items.Select(line => line.Id));
            if ((after = page.Next) is null)
            {
                break;
            }
        }

        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(seen.Count, await Service.CountAsync(filled.Actor, new HistoryFilter { From = FilledTenant.Now.AddDays(-2) }, 100_000, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => Service.ListAsync(filled.Actor, new HistoryFilter { After = "nonsense" }, Cancel));
    }

    [Fact]
    public async Task ListAsync_WithWords_GivesTheMessagesThatHaveThem_NewestFirst()
    {
        var word = filled.Filled.UsualWord;
        var found = new List<HistoryLine>();
        await foreach (var line in Service.ListAllAsync(filled.Actor, new HistoryFilter { Text = word }, Cancel))
        {
            found.Add(line);
        }

        await using var db = filled.Lab.Tenants.Open(filled.Actor.TenantId);
        var wanted = await db.Set<MessageRow>().Where(m => m.Content.Contains(word)).Select(m => m.Id).ToListAsync(Cancel);
        Assert.Equal(wanted.Order(), found.Select(line => line.RowId).Order());
        Assert.Equal(found.Select(line => line.Found!.At).OrderDescending(), found.Select(line => line.Found!.At));
        Assert.Contains(found[0].Found!.Snippet, piece => piece.IsHit && piece.Text == word);
        var errors = await Service.ListAsync(filled.Actor, new HistoryFilter { Text = word, Show = HistoryShow.Errors, Limit = 200 }, Cancel);
        Assert.All(errors.Items, line => Assert.Contains(line.Id, found.Select(f => f.Id)));
        Assert.True(errors.Items.Count < found.Count);
    }

    [Fact]
    public async Task History_OfAMember_IsTheirOwn()
    {
        var member = new Actor(filled.Actor.TenantId, filled.Filled.People[1], Role.Member);

        var own = await Service.ListAsync(member, new HistoryFilter { UserId = filled.Filled.People[0], Limit = 200 }, Cancel);
        var found = await Service.ListAsync(member, new HistoryFilter { Text = filled.Filled.UsualWord, Limit = 200 }, Cancel);

        Assert.All(own.Items.Concat(found.Items), line => Assert.Equal(member.UserId, line.UserId));
        Assert.NotEmpty(own.Items);
        Assert.Empty((await Service.ListAsync(member with { TenantId = Guid.NewGuid() }, new HistoryFilter(), Cancel)).Items);
        await Assert.ThrowsAsync<AccessDenied>(() => Service.ListAsync(member with { Scopes = ["costs"] }, new HistoryFilter(), Cancel));
    }

    [Fact]
    public async Task Changes_OfMany_ReachWhatTheActorMaySteer_AndAreUndone()
    {
        var admin = filled.Actor;
        var ids = (await Service.ListAsync(admin, new HistoryFilter { Kind = HistoryKind.Conversation, Limit = 20 }, Cancel)).Items.Select(line => line.Id).ToList();
        var run = (await Service.ListAsync(admin, new HistoryFilter { Kind = HistoryKind.Run, Limit = 1 }, Cancel)).Items[0].Id;
        var member = new Actor(admin.TenantId, filled.Filled.People[2], Role.Member);

        var tagged = await Service.TagAsync(admin, [.. ids, run], " review ", true, Cancel);
        var again = await Service.TagAsync(admin, ids, "Review", true, Cancel);
        var archived = await Service.ArchiveAsync(admin, ids, true, Cancel);
        var foreign = await Service.ArchiveAsync(member, ids, false, Cancel);

        Assert.Equal(ids.Order(), tagged.Order());
        Assert.Empty(again);
        Assert.Equal(ids.Order(), archived.Order());
        Assert.All((await Service.ListAsync(admin, new HistoryFilter { Archived = true, Tag = "review", Limit = 200 }, Cancel)).Items, line => Assert.Contains(line.Id, ids));
        Assert.True(foreign.Count < ids.Count);
        await Service.ArchiveAsync(admin, archived, false, Cancel);
        Assert.Equal(ids.Order(), (await Service.TagAsync(admin, ids, "review", false, Cancel)).Order());
        await Assert.ThrowsAsync<AccessDenied>(() => Service.ArchiveAsync(admin with { Role = Role.Analyst }, ids, true, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => Service.TagAsync(admin, ids, " ", true, Cancel));
    }

    private async Task<List<HistoryLine>> AllAsync()
    {
        await using var db = filled.Lab.Tenants.Open(filled.Actor.TenantId);
        var tags = (await db.Set<ConversationTagRow>().ToListAsync(Cancel)).ToLookup(t => t.ConversationId, t => t.Tag);
        var labels = (await db.Set<Hal9.Engine.Budgets.CostTagRow>().ToListAsync(Cancel)).ToLookup(t => t.RunId, t => t.Tag);
        var talks = await db.Set<ConversationRow>().ToListAsync(Cancel);
        var runs = await db.Set<RunRow>().Where(r => r.ConversationId == null).ToListAsync(Cancel);
        return
        [
            .. talks.Select(c => new HistoryLine(c.Id, HistoryKind.Conversation, c.Title, c.UserId, c.LastMode, c.Failures > 0 ? RunStatus.Failed : RunStatus.Succeeded, c.Answers, c.Cost, c.ThumbsDown, c.Reviews, c.UpdatedAt) { IsArchived = c.ArchivedAt is not null, Tags = [.. tags[c.Id]] }),
            .. runs.Select(r => new HistoryLine(r.Id, HistoryKind.Run, r.Goal, r.UserId, r.Mode, r.Status, 1, r.Cost, r.ThumbsDown, r.Reviews, r.StartedAt) { Tags = [.. labels[r.Id]] }),
        ];
    }

    private static bool Fits(HistoryLine row, HistoryFilter filter) =>
        (filter.Kind is null || row.Kind == filter.Kind) && row.IsArchived == filter.Archived && (filter.Mode is null || row.Mode == filter.Mode) && (filter.Tag is null || row.Tags.Contains(filter.Tag))
        && !(row.At < filter.From) && !(row.At >= filter.Before) && (filter.Archived is false || row.Kind is HistoryKind.Conversation)
        && filter.Show switch
        {
            HistoryShow.Errors => row.Status is RunStatus.Failed,
            HistoryShow.Down => row.ThumbsDown > 0,
            HistoryShow.Unreviewed => row.Reviews == 0 && (row.Kind is HistoryKind.Conversation || row.Status is RunStatus.Succeeded),
            _ => true,
        };
}
