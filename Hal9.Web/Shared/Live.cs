namespace Hal9.Web.Shared;

/// <summary>Reads a stream and repaints at a bounded rate: bursts become one repaint.</summary>
internal static class Live
{
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
