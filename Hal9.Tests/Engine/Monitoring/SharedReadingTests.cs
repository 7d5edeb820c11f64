using Hal9.Engine.Monitoring;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Engine.Monitoring;

public sealed class SharedReadingTests
{
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reading_AskedForByMany_IsOne_AndWhoeverAsksLaterGetsALaterOne()
    {
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var count = 0;
        var reading = new SharedReading<int>(
            async () =>
            {
                var number = ++count;
                begun.TrySetResult();
                await goOn.Task;
                return number;
            }, time);

        var first = reading.NextAsync(Token);
        await begun.Task.WaitAsync(Token);
        Task<int>[] later = [reading.NextAsync(Token), reading.NextAsync(Token)];
        goOn.SetResult();

        Assert.Equal(1, await first);
        Assert.All(await Task.WhenAll(later), number => Assert.Equal(2, number));
    }

    [Fact]
    public async Task Reading_ThatTakesLong_IsFollowedByAPause()
    {
        var count = 0;
        var reading = new SharedReading<int>(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(10));
                return Task.FromResult(++count);
            }, time);

        Assert.Equal(1, await reading.NextAsync(Token));
        var next = reading.NextAsync(Token);
        time.Advance(TimeSpan.FromMilliseconds(89));
        Assert.False(next.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        // The pause begins on another thread: until it does, the clock is moved on.
        while (!next.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }
        Assert.Equal(2, await next);
    }

    [Fact]
    public async Task Reading_ThatFailed_IsTriedAnew()
    {
        var count = 0;
        var reading = new SharedReading<int>(() => ++count == 1 ? throw new InvalidOperationException("broken") : Task.FromResult(count), time);

        await Assert.ThrowsAsync<InvalidOperationException>(() => reading.NextAsync(Token));

        Assert.Equal(2, await reading.NextAsync(Token));
    }
}
