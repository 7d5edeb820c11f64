using System.Runtime.CompilerServices;
using System.Text;
using Hal9.Engine.Events;

namespace Hal9.Engine.Runs;

/// <summary>
/// The answer of a live run while it streams. Readers keep their own place in it, so a late one gets all and a slow one holds nobody up.
/// When an attempt is lost the text begins anew under the next generation.
/// </summary>
internal sealed class AnswerBuffer
{
    private readonly Lock gate = new();
    private readonly StringBuilder text = new();
    private readonly Guid topic = Guid.CreateVersion7();
    private readonly RunFeed signals = new();
    private int generation = 1;
    private bool complete;

    public void Append(string piece)
    {
        lock (gate)
        {
            text.Append(piece);
        }
        signals.Signal(Guid.Empty, topic);
    }

    /// <summary>What was streamed is void.</summary>
    public void Restart()
    {
        lock (gate)
        {
            if (text.Length == 0)
            {
                return;
            }
            generation++;
            text.Clear();
        }
        signals.Signal(Guid.Empty, topic);
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

    public string Snapshot()
    {
        lock (gate)
        {
            return text.ToString();
        }
    }

    public int Length
    {
        get
        {
            lock (gate)
            {
                return text.Length;
            }
        }
    }

    public async IAsyncEnumerable<AnswerPiece> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watch = signals.WatchRun(topic);
        var (seen, place) = (0, 0);
        while (true)
        {
            AnswerPiece? piece = null;
            bool last;
            lock (gate)
            {
                if (seen != generation)
                {
                    (seen, place) = (generation, 0);
                    piece = new AnswerPiece(seen, "");
                }
                if (text.Length > place)
                {
                    piece = new AnswerPiece(seen, text.ToString(place, text.Length - place));
                    place = text.Length;
                }
                last = complete;
            }
            if (piece is { } p && (p.Text.Length > 0 || p.Generation > 1))
            {
                yield return p;
            }
            if (last)
            {
                yield break;
            }
            await watch.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
