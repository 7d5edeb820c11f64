using System.Threading.Channels;
using Hal9.Web.Api;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Web.Api;

public sealed class SseTests
{
    [Fact]
    public async Task WithPulse_QuietSource_PulsesBeforeFifteenSecondsAndLosesNothing()
    {
        var time = new FakeTimeProvider();
        var source = Channel.CreateUnbounded<int>();
        await using var pulses = source.Reader.ReadAllAsync(TestContext.Current.CancellationToken)
            .WithPulseAsync(time, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

        var quiet = pulses.MoveNextAsync();
        time.Advance(TimeSpan.FromSeconds(14));
        Assert.True(await quiet);
        Assert.True(pulses.Current.Quiet);
        var item = pulses.MoveNextAsync();
        await source.Writer.WriteAsync(7, TestContext.Current.CancellationToken);
        Assert.True(await item);

        Assert.Equal(new Pulse<int>(false, 7), pulses.Current);
        source.Writer.Complete();
        Assert.False(await pulses.MoveNextAsync());
    }

    [Fact]
    public async Task WithPulse_ReaderLeaves_SourceIsStopped()
    {
        var time = new FakeTimeProvider();
        var stopped = new TaskCompletionSource();
        var pulses = SourceAsync(TestContext.Current.CancellationToken).WithPulseAsync(time, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var quiet = pulses.MoveNextAsync();
        time.Advance(TimeSpan.FromSeconds(14));
        Assert.True(await quiet);

        await pulses.DisposeAsync();

        await stopped.Task.WaitAsync(TestContext.Current.CancellationToken);

        async IAsyncEnumerable<int> SourceAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            try
            {
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
                yield return 1;
            }
            finally
            {
                stopped.SetResult();
            }
        }
    }
}
