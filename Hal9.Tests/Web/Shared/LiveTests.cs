using System.Threading.Channels;
using Hal9.Web.Shared;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Web.Shared;

public sealed class LiveTests
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);
    private readonly FakeTimeProvider time = new();
    private readonly Channel<int> items = Channel.CreateUnbounded<int>();
    private readonly Channel<int> shown = Channel.CreateUnbounded<int>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pace_OfAStream_ShowsTheFirstAtOnce_AndTheNextWhenItsTimeHasCome()
    {
        var pacing = StartAsync();

        items.Writer.TryWrite(1);
        Assert.Equal(1, await shown.Reader.ReadAsync(Token));
        items.Writer.TryWrite(2);
        Assert.False(shown.Reader.TryRead(out _));
        time.Advance(Every);
        Assert.Equal(2, await shown.Reader.ReadAsync(Token));

        items.Writer.Complete();
        time.Advance(Every);
        await pacing;
    }

    [Fact]
    public async Task Pace_OfAStreamWithoutEnd_IsOneForEachSpan_OnAverage()
    {
        const int count = 30;
        for (var i = 0; i < count; i++)
        {
            items.Writer.TryWrite(i);
        }
        items.Writer.Complete();
        var begin = time.GetTimestamp();

        var pacing = StartAsync();
        for (var seen = 0; seen < count;)
        {
            if (shown.Reader.TryRead(out _))
            {
                seen++;
                continue;
            }
            time.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Yield();
        }

        Assert.True(time.GetElapsedTime(begin) >= ((count - 1) * Every) - (Every / 2));
        time.Advance(Every);
        await pacing;
    }

    [Fact]
    public async Task Pace_OfWhatComesAsOftenAsItMayBeShown_HoldsNothingUp()
    {
        var pacing = StartAsync();

        foreach (var lateness in new[] { 0, 40, 0, 10 })
        {
            time.Advance(TimeSpan.FromMilliseconds(lateness));
            items.Writer.TryWrite(lateness);
            Assert.Equal(lateness, await shown.Reader.ReadAsync(Token).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Token));
            time.Advance(Every - TimeSpan.FromMilliseconds(lateness));
        }

        items.Writer.Complete();
        time.Advance(Every);
        await pacing;
    }

    private Task StartAsync() => Live.PaceAsync(
        items.Reader.ReadAllAsync(), Every, item =>
        {
            shown.Writer.TryWrite(item);
            return Task.CompletedTask;
        }, time, CancellationToken.None);
}
