using System.Threading.Channels;
using Hal9.Engine.Runs;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Engine.Runs;

public sealed class PartialSaverTests
{
    private readonly FakeTimeProvider time = new();
    private readonly AnswerBuffer answer = new();
    private readonly Channel<string> saved = Channel.CreateUnbounded<string>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_After2Kb_IsSavedWithoutAnyTimePassing()
    {
        await using var saver = Start();
        var (first, second) = (new string('a', PartialSaver.MostUnsaved), new string('b', PartialSaver.MostUnsaved));

        answer.Append(first);
        Assert.Equal(first, await saved.Reader.ReadAsync(Cancel));
        answer.Append(second);

        Assert.Equal(first + second, await saved.Reader.ReadAsync(Cancel));
    }

    [Fact]
    public async Task Answer_OfFewBytes_IsSavedWithTheNextTick()
    {
        await using var saver = Start();
        answer.Append("a little");
        Assert.False(saved.Reader.TryPeek(out _));

        time.Advance(PartialSaver.Every);

        Assert.Equal("a little", await saved.Reader.ReadAsync(Cancel));
    }

    [Fact]
    public async Task Answer_ThatDoesNotGrow_IsNotSavedAgain()
    {
        await using var saver = Start();
        answer.Append("a little");
        time.Advance(PartialSaver.Every);
        await saved.Reader.ReadAsync(Cancel);

        time.Advance(PartialSaver.Every);
        answer.Append(", then enough" + new string('.', PartialSaver.MostUnsaved));

        Assert.StartsWith("a little, then enough", await saved.Reader.ReadAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Size_IsCountedInUtf8()
    {
        await using var saver = Start();

        answer.Append(new string('é', PartialSaver.MostUnsaved / 2));

        Assert.Equal(PartialSaver.MostUnsaved / 2, (await saved.Reader.ReadAsync(Cancel)).Length);
    }

    [Fact]
    public async Task Save_ThatFails_IsTriedAgainWithTheNextPart()
    {
        var failed = new TaskCompletionSource();
        await using var saver = Start(() => failed.TrySetResult() ? new SqliteException("disk I/O error", 10) : null);
        answer.Append("one");
        time.Advance(PartialSaver.Every);
        await failed.Task.WaitAsync(Cancel);

        answer.Append(" two" + new string('.', PartialSaver.MostUnsaved));

        Assert.StartsWith("one two", await saved.Reader.ReadAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_EndsIt()
    {
        await using var saver = Start();

        await saver.StopAsync();
        answer.Append(new string('a', PartialSaver.MostUnsaved));
        time.Advance(PartialSaver.Every);

        Assert.False(saved.Reader.TryPeek(out _));
    }

    private PartialSaver Start(Func<Exception?>? fault = null) => new(
        answer,
        async (text, cancellationToken) =>
        {
            if (fault?.Invoke() is { } e)
            {
                throw e;
            }
            await saved.Writer.WriteAsync(text, cancellationToken);
        },
        time,
        NullLogger.Instance);
}
