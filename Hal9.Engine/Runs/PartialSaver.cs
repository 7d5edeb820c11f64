using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Hal9.Engine.Runs;

/// <summary>Keeps what has streamed on disk, whether or not anybody watches: every 500 ms or every 2 KB, whichever comes first.</summary>
internal sealed partial class PartialSaver : IAsyncDisposable
{
    /// <summary>The longest that streamed text is not on disk.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    /// <summary>The most that is not on disk, in bytes of UTF-8.</summary>
    public const int MostUnsaved = 2048;

    private readonly AnswerBuffer answer;
    private readonly Func<string, CancellationToken, Task> save;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task work;

    /// <summary>Begins to watch the answer.</summary>
    public PartialSaver(AnswerBuffer answer, Func<string, CancellationToken, Task> save, TimeProvider time, ILogger logger)
    {
        this.answer = answer;
        this.save = save;
        this.time = time;
        this.logger = logger;
        work = WorkAsync();
    }

    /// <summary>After this nothing is saved any more: what comes next is the whole.</summary>
    public async Task StopAsync()
    {
        // No callback hangs on this source: it only stops a save from waiting for room, so that this need not hop to another thread.
        stopping.Cancel();
        stop.TrySetResult();
        await work.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        stopping.Dispose();
    }

    private async Task WorkAsync()
    {
        var saved = 0L;
        using var timer = new PeriodicTimer(Every, time);
        var tick = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
        try
        {
            while (true)
            {
                await Task.WhenAny(stop.Task, tick, answer.ReachAsync(saved + MostUnsaved)).ConfigureAwait(false);
                if (stop.Task.IsCompleted)
                {
                    return;
                }
                if (tick.IsCompleted)
                {
                    tick = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
                }
                if (answer.Bytes != saved)
                {
                    (var text, saved) = answer.Snapshot();
                    await SaveAsync(text).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private async Task SaveAsync(string text)
    {
        try
        {
            await save(text, stopping.Token).ConfigureAwait(false);
        }
        catch (DbException e)
        {
            // The answer goes on, and the next save has all of it: a disk that is full for a moment ends no run.
            LogNotSaved(logger, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The part of an answer that has streamed could not be saved; it is tried again with the next part")]
    private static partial void LogNotSaved(ILogger logger, Exception exception);
}
