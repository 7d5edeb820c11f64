namespace Hal9.Engine.Monitoring;

/// <summary>
/// One reading for all who look: however many pages ask, reading takes at most a tenth of the time. What is given was read after it was asked for, so
/// nobody who asks because something happened gets what was before it.
/// </summary>
internal sealed class SharedReading<T>(Func<Task<T>> read, TimeProvider time)
{
    // A reading that takes t is followed by a pause of nine times t, and this at most: pages are painted four times a second.
    private const int Pauses = 9;
    private static readonly TimeSpan MostPause = TimeSpan.FromMilliseconds(225);
    private readonly Lock gate = new();
    private Task<T>? coming;
    private TimeSpan pause;
    private long ended;

    /// <summary>The reading that begins next.</summary>
    public Task<T> NextAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            coming ??= Task.Run(ReadAsync, CancellationToken.None);
            return coming.WaitAsync(cancellationToken);
        }
    }

    private async Task<T> ReadAsync()
    {
        TimeSpan rest;
        lock (gate)
        {
            rest = pause == TimeSpan.Zero ? pause : pause - time.GetElapsedTime(ended);
        }
        if (rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, time).ConfigureAwait(false);
        }
        lock (gate)
        {
            coming = null;
        }
        var begun = time.GetTimestamp();
        try
        {
            return await read().ConfigureAwait(false);
        }
        finally
        {
            lock (gate)
            {
                ended = time.GetTimestamp();
                var next = Pauses * time.GetElapsedTime(begun, ended);
                pause = next < MostPause ? next : MostPause;
            }
        }
    }
}
