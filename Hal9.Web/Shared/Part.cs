namespace Hal9.Web.Shared;

/// <summary>A part of a page that is read by itself: a failure is its own, and what was read before stays, marked as old.</summary>
/// <typeparam name="T">What it shows.</typeparam>
public sealed class Part<T>
    where T : class
{
    private int asked;

    /// <summary>What was read last; null: nothing yet.</summary>
    public T? Value { get; private set; }

    /// <summary>Why the last reading failed.</summary>
    public Failure? Failure { get; private set; }

    /// <summary>When what is shown was true.</summary>
    public DateTimeOffset? ReadAt { get; private set; }

    /// <summary>Reads it; an answer to a question that is no longer asked is dropped.</summary>
    public async Task ReadAsync(Func<Task<T>> read, ViewerClock clock, ILogger log, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(clock);
        var mine = ++asked;
        try
        {
            var value = await read();
            if (mine == asked)
            {
                (Value, Failure, ReadAt) = (value, null, clock.Now);
            }
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            var failure = Failure.Of(e, log);
            if (mine == asked)
            {
                Failure = failure;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    /// <summary>Something else is asked for: what is there does not answer it.</summary>
    public void Forget()
    {
        asked++;
        (Value, Failure, ReadAt) = (null, null, null);
    }
}
