using Hal9.Engine.Events;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Engine.Monitoring;

public sealed class SignalFeedTests
{
    private static readonly Guid Tenant = Guid.CreateVersion7();
    private readonly FakeTimeProvider time = new();
    private readonly SignalFeed feed;

    public SignalFeedTests() => feed = new SignalFeed(time);

    [Fact]
    public async Task Watch_AfterAndBeforePublishing_GetsWindowThenRest()
    {
        feed.Publish(Tenant, Signal(1));
        feed.Publish(Guid.CreateVersion7(), Signal(99));

        using var watch = feed.Watch(Tenant, out var before);
        feed.Publish(Tenant, Signal(2), Signal(3));
        var next = await watch.NextAsync(TestContext.Current.CancellationToken);

        Assert.Equal([1], before.Select(s => s.Number));
        Assert.Equal([2, 3], next.Signals.Select(s => s.Number));
        Assert.Equal(0, next.Missed);
    }

    [Fact]
    public async Task Watch_FarBehind_LosesTheOldestAndIsToldHowMany()
    {
        using var watch = feed.Watch(Tenant, out _);
        for (var i = 1; i <= SignalFeed.MostBehind + 7; i++)
        {
            feed.Publish(Tenant, Signal(i));
        }

        var next = await watch.NextAsync(TestContext.Current.CancellationToken);

        Assert.Equal(7, next.Missed);
        Assert.Equal(SignalFeed.MostBehind, next.Signals.Count);
        Assert.Equal(8, next.Signals[0].Number);
    }

    [Fact]
    public void Window_OverTimeAndCount_StaysBounded()
    {
        feed.Publish(Tenant, Signal(1));
        time.Advance(SignalFeed.Span + TimeSpan.FromSeconds(1));
        feed.Publish(Tenant, Signal(2));

        Assert.Equal([2], feed.Recent(Tenant).Select(s => s.Number));

        feed.Publish(Tenant, [.. Enumerable.Range(3, SignalFeed.MostKept).Select(i => Signal(i))]);

        Assert.Equal(SignalFeed.MostKept, feed.Recent(Tenant).Count);
        Assert.Equal(3, feed.Recent(Tenant)[0].Number);
    }

    [Fact]
    public void Window_ReadByMany_IsOneListUntilTheNextSignal()
    {
        feed.Publish(Tenant, Signal(1));

        var first = feed.Recent(Tenant);
        using var watch = feed.Watch(Tenant, out var before);
        feed.Publish(Tenant, Signal(2));

        Assert.Same(first, before);
        Assert.Equal([1], first.Select(s => s.Number));
        Assert.Equal([1, 2], feed.Recent(Tenant).Select(s => s.Number));
    }

    private NeuronSignal Signal(long number) => new(time.GetUtcNow(), Guid.Empty, number, NeuronAct.Started, "analyst");
}
