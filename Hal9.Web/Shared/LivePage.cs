using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Shared;

/// <summary>The only base class of pages: owns the stopping token, watches streams with at most four repaints a second, and cleans up.</summary>
public abstract class LivePage : ComponentBase, IAsyncDisposable
{
    private static readonly TimeSpan RepaintEvery = TimeSpan.FromMilliseconds(250);
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Cancelled when the page goes away.</summary>
    protected CancellationToken Stopping => stopping.Token;

    /// <summary>Applies each item on the renderer's thread and repaints at most every 250 ms; real errors go to the error boundary.</summary>
    protected async Task WatchAsync<T>(IAsyncEnumerable<T> stream, Action<T> apply)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(apply);
        var painted = true;
        using var timer = new PeriodicTimer(RepaintEvery);
        var painting = PaintAsync();
        try
        {
            await foreach (var item in stream.WithCancellation(Stopping))
            {
                await InvokeAsync(() => apply(item));
                painted = false;
            }
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            await DispatchExceptionAsync(e);
        }
        finally
        {
            timer.Dispose();
            await painting;
            if (!Stopping.IsCancellationRequested)
            {
                await InvokeAsync(StateHasChanged);
            }
        }

        async Task PaintAsync()
        {
            while (await timer.WaitForNextTickAsync())
            {
                if (!painted && !Stopping.IsCancellationRequested)
                {
                    painted = true;
                    await InvokeAsync(StateHasChanged);
                }
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        stopping.Dispose();
        GC.SuppressFinalize(this);
    }
}
