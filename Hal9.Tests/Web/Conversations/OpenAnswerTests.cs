using System.Threading.Channels;
using Bunit;
using Hal9.Tests.Support;
using Hal9.Web.Conversations;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Web.Conversations;

public sealed class OpenAnswerTests : PartsContext
{
    private readonly Channel<string> pieces = Channel.CreateUnbounded<string>();
    private readonly FakeTimeProvider time = new();

    [Fact]
    public async Task Pieces_OfABurst_BecomeOneRepaint()
    {
        var answer = Render<OpenAnswer>(p => p.Add(a => a.Pieces, pieces.Reader.ReadAllAsync(Token)).Add(a => a.Time, time));
        var before = answer.RenderCount;
        for (var i = 0; i < 500; i++)
        {
            await answer.InvokeAsync(() => pieces.Writer.TryWrite("word "));
        }
        await Taken();

        time.Advance(TimeSpan.FromMilliseconds(50));

        await answer.WaitForStateAsync(() => answer.Markup.Contains("word word", StringComparison.Ordinal));
        Assert.Equal(before + 1, answer.RenderCount);
    }

    [Fact]
    public async Task Pieces_AtTheirEnd_AreAllShownAndToldOnce()
    {
        var ended = new TaskCompletionSource<Exception?>();
        var answer = Render<OpenAnswer>(p => p.Add(a => a.Pieces, pieces.Reader.ReadAllAsync(Token)).Add(a => a.Time, time).Add(a => a.OnEnded, ended.SetResult));

        pieces.Writer.TryWrite("**all** of it");
        pieces.Writer.Complete();

        Assert.Null(await ended.Task.WaitAsync(Token));
        Assert.Contains("<strong>all</strong> of it", answer.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pieces_ThatBreak_TellTheError()
    {
        var ended = new TaskCompletionSource<Exception?>();
        Render<OpenAnswer>(p => p.Add(a => a.Pieces, pieces.Reader.ReadAllAsync(Token)).Add(a => a.Time, time).Add(a => a.OnEnded, ended.SetResult));

        pieces.Writer.Complete(new InvalidOperationException("gone"));

        Assert.IsType<InvalidOperationException>(await ended.Task.WaitAsync(Token));
    }

    private static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    // The reader has caught up when nothing waits in the channel.
    private async Task Taken()
    {
        while (pieces.Reader.Count > 0)
        {
            await Task.Yield();
        }
    }
}
