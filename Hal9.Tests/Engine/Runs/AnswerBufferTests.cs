using Hal9.Engine.Runs;

namespace Hal9.Tests.Engine.Runs;

public sealed class AnswerBufferTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadAsync_LateReader_GetsAll()
    {
        var answer = new AnswerBuffer();
        answer.Append("one ");
        answer.Append("two");
        answer.Complete(null);

        var pieces = await answer.ReadAsync(Cancel).ToListAsync(Cancel);

        Assert.Equal("one two", string.Concat(pieces));
    }

    [Fact]
    public async Task ReadAsync_WhileItStreams_MissesNothingAndEnds()
    {
        var answer = new AnswerBuffer();
        var reading = Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await answer.ReadAsync(Cancel).ToListAsync(Cancel), Cancel)).ToArray();

        for (var i = 0; i < 2_000; i++)
        {
            answer.Append($"{i} ");
        }
        answer.Complete(null);

        var expected = string.Concat(Enumerable.Range(0, 2_000).Select(i => $"{i} "));
        Assert.All(await Task.WhenAll(reading), pieces => Assert.Equal(expected, string.Concat(pieces)));
    }

    [Fact]
    public async Task Complete_NothingStreamed_GivesTheWholeText()
    {
        var answer = new AnswerBuffer();

        answer.Complete("all at once");

        Assert.Equal("all at once", (await answer.ReadAsync(Cancel).SingleAsync(Cancel)));
    }
}
