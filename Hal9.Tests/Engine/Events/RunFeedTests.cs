using Hal9.Engine.Events;

namespace Hal9.Tests.Engine.Events;

public sealed class RunFeedTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WaitAsync_SignalBeforeTheWait_IsNotLost()
    {
        var feed = new RunFeed();
        var (tenant, run) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        using var watch = feed.WatchRun(run);

        feed.Signal(tenant, run);
        feed.Signal(tenant, run);

        await watch.WaitAsync(Cancel);
    }

    [Fact]
    public async Task WatchTenantAsync_BurstOfOneRun_IsToldOnce()
    {
        var feed = new RunFeed();
        var (tenant, run, other) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await using var watch = feed.WatchTenantAsync(tenant, Cancel).GetAsyncEnumerator(Cancel);
        var first = watch.MoveNextAsync();

        for (var i = 0; i < 1000; i++)
        {
            feed.Signal(tenant, run);
        }
        feed.Signal(Guid.CreateVersion7(), Guid.CreateVersion7());
        Assert.True(await first);
        Assert.Equal(run, watch.Current);
        feed.Signal(tenant, other);
        while (watch.Current != other)
        {
            Assert.True(await watch.MoveNextAsync());
            Assert.Contains(watch.Current, new[] { run, other });
        }
    }

    [Fact]
    public void Dispose_LastWatch_ForgetsTheRun()
    {
        var feed = new RunFeed();
        var run = Guid.CreateVersion7();

        feed.WatchRun(run).Dispose();
        using var again = feed.WatchRun(run);

        feed.Signal(Guid.CreateVersion7(), run);
    }
}
