using Hal9.Engine.Desk;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Desk;

[Collection(EngineCollection.Name)]
public sealed class NoticeServiceTests(EngineHost engine)
{
    private readonly NoticeService notices = engine.Services.GetRequiredService<NoticeService>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_TellsOfOnesOwnRuns_ThatFailedOrTookLongOrWait()
    {
        var actor = await engine.NewTenantAsync();
        await StoredRuns.AddAsync(engine, actor,
            StoredRuns.Of(actor, "quick success", RunStatus.Succeeded, seconds: 2),
            StoredRuns.Of(actor, "long success", RunStatus.Succeeded, seconds: 11),
            StoredRuns.Of(actor, "quick failure", RunStatus.Failed, seconds: 1),
            StoredRuns.Of(actor, "refused", RunStatus.Refused, seconds: 0),
            StoredRuns.Of(actor, "waits", RunStatus.Waiting, seconds: null),
            StoredRuns.Of(actor, "still at work", RunStatus.Running, seconds: null),
            StoredRuns.Of(actor, "stopped by oneself", RunStatus.Cancelled, seconds: 30),
            StoredRuns.Of(actor, "a program's call", RunStatus.Failed, seconds: 1, RunMode.Direct),
            StoredRuns.Of(actor with { UserId = Guid.CreateVersion7() }, "somebody else's", RunStatus.Failed, seconds: 1));

        var told = await notices.ListAsync(actor, Cancel);

        Assert.Equal(["long success", "quick failure", "refused", "waits"], told.Select(notice => notice.Goal).Order());
        Assert.All(told, notice => Assert.False(notice.IsRead));
    }

    [Fact]
    public async Task MarkRead_OfOne_LeavesTheOthers_AndOfAll_LeavesWhatComesLaterAndWhatWaits()
    {
        var actor = await engine.NewTenantAsync();
        var (first, second) = (StoredRuns.Of(actor, "first", RunStatus.Failed, seconds: 1), StoredRuns.Of(actor, "second", RunStatus.Failed, seconds: 1));
        await StoredRuns.AddAsync(engine, actor, first, second, StoredRuns.Of(actor, "waits", RunStatus.Waiting, seconds: null));

        await notices.MarkReadAsync(actor, first.Id, Cancel);
        await notices.MarkReadAsync(actor, first.Id, Cancel);
        Assert.Equal(["first"], await ReadAsync());
        await notices.MarkAllReadAsync(actor, Cancel);
        await notices.MarkAllReadAsync(actor, Cancel);
        Assert.Equal(["first", "second"], await ReadAsync());
        var later = StoredRuns.Of(actor, "later", RunStatus.Failed, seconds: 3600);
        await StoredRuns.AddAsync(engine, actor, later);
        Assert.Equal(["first", "second"], await ReadAsync());

        async Task<IEnumerable<string>> ReadAsync() => (await notices.ListAsync(actor, Cancel)).Where(notice => notice.IsRead).Select(notice => notice.Goal).Order();
    }

    [Fact]
    public async Task MarkRead_OfSomebodyElsesRun_KeepsNothing()
    {
        var actor = await engine.NewTenantAsync();
        var run = StoredRuns.Of(actor, "mine", RunStatus.Failed, seconds: 1);
        await StoredRuns.AddAsync(engine, actor, run);

        await notices.MarkReadAsync(actor with { UserId = Guid.CreateVersion7() }, run.Id, Cancel);

        Assert.False(Assert.Single(await notices.ListAsync(actor, Cancel)).IsRead);
    }
}
