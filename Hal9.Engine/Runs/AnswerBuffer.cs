using System.Runtime.CompilerServices;
using System.Text;
using Hal9.Engine.Events;

namespace Hal9.Engine.Runs;

/// <summary>
/// The answer of a live run while it streams. Readers keep their own place in it, so a late one gets all and a slow one holds nobody up. It only
/// grows: no attempt is repeated after its first content, and a run that is taken over after a crash begins with a new, empty one.
/// </summary>
internal sealed class AnswerBuffer
{
    private readonly Lock gate = new();
    private readonly StringBuilder text = new();
    private readonly Guid topic = Guid.CreateVersion7();
    private readonly RunFeed signals = new();
    private TaskCompletionSource? grown;
    private long bytes;
    private long mark;
    private bool complete;

    /// <summary>Its size in UTF-8.</summary>
    public long Bytes
    {
        get
        {
            lock (gate)
            {
                return bytes;
            }
        }
    }

    public void Append(string piece)
    {
        lock (gate)
        {
            text.Append(piece);
            bytes += Encoding.UTF8.GetByteCount(piece);
            if (bytes >= mark)
            {
                grown?.TrySetResult();
                grown = null;
            }
        }
        signals.Signal(Guid.Empty, topic);
    }

    /// <summary>Completes when it has so many bytes. One waits at a time: a new mark replaces the last.</summary>
    public Task ReachAsync(long size)
    {
        lock (gate)
        {
            if (bytes >= size)
            {
                return Task.CompletedTask;
            }
            mark = size;
            grown ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return grown.Task;
        }
    }

    /// <summary>Nothing more comes; when nothing was streamed, the whole text is.</summary>
    public void Complete(string? whole)
    {
        lock (gate)
        {
            if (text.Length == 0 && whole is not null)
            {
                text.Append(whole);
            }
            complete = true;
        }
        signals.Signal(Guid.Empty, topic);
    }

    public (string Text, long Bytes) Snapshot()
    {
        lock (gate)
        {
            return (text.ToString(), bytes);
        }
    }

    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watch = signals.WatchRun(topic);
        var place = 0;
        while (true)
        {
            string? piece = null;
            bool last;
            lock (gate)
            {
                if (text.Length > place)
                {
                    piece = text.ToString(place, text.Length - place);
                    place = text.Length;
                }
                last = complete;
            }
            if (piece is not null)
            {
                yield return piece;
            }
            if (last)
            {
                yield break;
            }
            await watch.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
