using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Tests.Support;

namespace Hal9.Tests.Engine.Runs;

[Collection(EngineCollection.Name)]
public sealed class RunListTests(EngineHost engine)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(RunSort.Started, false, "g f e d c b a")]
    [InlineData(RunSort.Started, true, "a b c d e f g")]
    [InlineData(RunSort.Cost, false, "c g f b e d a")]
    [InlineData(RunSort.Cost, true, "a d e b f g c")]
    public async Task Pages_InAnyOrder_GiveEachRunOnce(RunSort sort, bool ascending, string order)
    {
        var actor = await engine.NewTenantAsync();
        long[] costs = [0, 20, 900, 10, 10, 20, 20];
        await StoredRuns.AddAsync(engine, actor, [.. costs.Select((nano, i) => StoredRuns.Of(actor, ((char)('a' + i)).ToString(), RunStatus.Succeeded, seconds: 1, nano: nano))]);
        var filter = new RunFilter { Sort = sort, Ascending = ascending, Limit = 2 };
        var seen = new List<string>();

        do
        {
            var page = await engine.Runs.ListAsync(actor, filter, Cancel);
            seen.AddRange(page.Items.Select(line => line.Goal));
            filter = filter with { After = page.Next };
        }
        while (filter.After is not null);

        Assert.Equal(order, string.Join(' ', seen));
    }

    [Fact]
    public async Task Count_AndAll_FollowTheFilter()
    {
        var actor = await engine.NewTenantAsync();
        await StoredRuns.AddAsync(engine, actor, [.. Enumerable.Range(0, 230).Select(i => StoredRuns.Of(actor, $"goal {i}", i % 2 == 0 ? RunStatus.Failed : RunStatus.Succeeded, seconds: 1, i % 10 == 0 ? RunMode.Quick : RunMode.Deep))]);
        var failed = new RunFilter(RunStatus.Failed) { Mode = RunMode.Deep };

        Assert.Equal(92, await engine.Runs.CountAsync(actor, failed, 1000, Cancel));
        Assert.Equal(50, await engine.Runs.CountAsync(actor, failed, 50, Cancel));
        Assert.Equal(230, await engine.Runs.ListAllAsync(actor, new RunFilter(), Cancel).CountAsync(Cancel));
        Assert.Equal(92, (await engine.Runs.ListAllAsync(actor, failed, Cancel).Select(line => line.Id).Distinct().ToListAsync(Cancel)).Count);
    }

    [Fact]
    public async Task Filter_ByTheEnd_TakesTheBeginAndLeavesTheEnd()
    {
        var actor = await engine.NewTenantAsync();
        var runs = new[] { StoredRuns.Of(actor, "before", RunStatus.Failed, 1), StoredRuns.Of(actor, "first", RunStatus.Failed, 20), StoredRuns.Of(actor, "last", RunStatus.Failed, 30), StoredRuns.Of(actor, "after", RunStatus.Failed, 40), StoredRuns.Of(actor, "open", RunStatus.Running, null) };
        await StoredRuns.AddAsync(engine, actor, runs);

        var ended = await engine.Runs.ListAsync(actor, new RunFilter { EndedFrom = runs[1].EndedAt, EndedBefore = runs[3].EndedAt }, Cancel);

        Assert.Equal(["last", "first"], ended.Items.Select(line => line.Goal));
    }

    [Theory]
    [InlineData(RunSort.Started, "12_0198c0de-0000-7000-8000-000000000000")]
    [InlineData(RunSort.Cost, "0198c0de-0000-7000-8000-000000000000")]
    [InlineData(RunSort.Cost, "x_y")]
    public async Task Cursor_OfAnotherOrder_IsRefused(RunSort sort, string cursor)
    {
        var actor = await engine.NewTenantAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => engine.Runs.ListAsync(actor, new RunFilter(After: cursor) { Sort = sort }, Cancel));
    }
}
