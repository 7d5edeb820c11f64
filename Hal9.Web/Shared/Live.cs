namespace Hal9.Web.Shared;

/// <summary>Reads a stream and repaints at a bounded rate: bursts become one repaint.</summary>
internal static class Live
{
    /// <summary>
    /// Shows the items of a stream that gathers what happens while nobody reads it: the first at once, then on average at most one per
    /// <paramref name="every"/>. However much happens, it is read no more often than it is shown.
    /// </summary>
    /// <param name="stream">What happens, gathered.</param>
    /// <param name="every">The time that an item takes of the average.</param>
    /// <param name="show">Shows an item.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends this.</param>
    public static async Task PaceAsync<T>(IAsyncEnumerable<T> stream, TimeSpan every, Func<T, Task> show, TimeProvider time, CancellationToken cancellationToken)
    {
        // Without slack, what comes exactly as often as it may be shown would be as late as the latest one before it was, for ever.
        var slack = every / 2;
        var begin = time.GetTimestamp();
        var next = TimeSpan.Zero;
        await foreach (var item in stream.WithCancellation(cancellationToken))
        {
            var now = time.GetElapsedTime(begin);
            next = (next > now ? next : now) + every;
            await show(item);
            var rest = next - slack - time.GetElapsedTime(begin);
            if (rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, time, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Applies every item as it comes and repaints at most once per <paramref name="every"/>, and once more at the end. Called on a
    /// component's dispatcher it stays there, so <paramref name="apply"/> and <paramref name="repaint"/> never run at the same time as a render.
    /// </summary>
    /// <param name="stream">What happens; its end ends this.</param>
    /// <param name="every">The least time between two repaints.</param>
    /// <param name="apply">Takes an item in.</param>
    /// <param name="repaint">Shows what was taken in.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends this quietly.</param>
    public static async Task FollowAsync<T>(
        IAsyncEnumerable<T> stream, TimeSpan every, Action<T> apply, Func<Task> repaint, TimeProvider time, CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = new PeriodicTimer(every, time);
        var dirty = false;
        var painting = PaintAsync();
        try
        {
            await foreach (var item in stream.WithCancellation(failed.Token))
            {
                apply(item);
                dirty = true;
            }
        }
        catch (OperationCanceledException) when (failed.IsCancellationRequested)
        {
        }
        finally
        {
            timer.Dispose();
            await painting;
        }
        if (dirty && !cancellationToken.IsCancellationRequested)
        {
            await repaint();
        }

        async Task PaintAsync()
        {
            try
            {
                while (await timer.WaitForNextTickAsync(CancellationToken.None))
                {
                    if (dirty && !cancellationToken.IsCancellationRequested)
                    {
                        dirty = false;
                        await repaint();
                    }
                }
            }
            catch
            {
                await failed.CancelAsync();
                throw;
            }
        }
    }
}
