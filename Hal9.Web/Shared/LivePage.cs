using Hal9.Engine.Tenancy;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Shared;

/// <summary>The only base class of pages: owns the stopping token, watches streams with at most four repaints a second, and cleans up.</summary>
public abstract class LivePage : ComponentBase, IAsyncDisposable
{
    private static readonly TimeSpan RepaintEvery = TimeSpan.FromMilliseconds(250);
    private readonly CancellationTokenSource stopping = new();

    [Inject] private Handover Handover { get; set; } = default!;

    /// <summary>Carries what was read for the prerendered page to its circuit: a token, the rest stays on the server.</summary>
    [Microsoft.AspNetCore.Components.PersistentState] public Guid? Handed { get; set; }

    /// <summary>Cancelled when the page goes away.</summary>
    protected CancellationToken Stopping => stopping.Token;

    /// <summary>Applies each item on the renderer's thread and repaints at most every 250 ms; real errors go to the error boundary.</summary>
    /// <param name="stream">What happens.</param>
    /// <param name="apply">Takes an item in.</param>
    /// <param name="refresh">Runs before each repaint, for what must be read anew.</param>
    /// <param name="cancellationToken">Ends this watch before the page goes away.</param>
    protected async Task WatchAsync<T>(IAsyncEnumerable<T> stream, Action<T> apply, Func<Task>? refresh = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(apply);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(Stopping, cancellationToken);
        await GuardAsync(Live.FollowAsync(stream, RepaintEvery, apply, RepaintAsync, TimeProvider.System, either.Token), either.Token);

        async Task RepaintAsync()
        {
            if (refresh is not null)
            {
                await refresh();
            }
            StateHasChanged();
        }
    }

    /// <summary>Shows the items of a stream that gathers by itself: the first at once, then on average at most one per <paramref name="every"/>; errors as above.</summary>
    /// <param name="stream">What happens, gathered.</param>
    /// <param name="every">The time between two items, on average.</param>
    /// <param name="show">Shows an item, on the renderer's thread; a repaint is its own affair.</param>
    protected Task PaceAsync<T>(IAsyncEnumerable<T> stream, TimeSpan every, Func<T, Task> show) =>
        GuardAsync(Live.PaceAsync(stream, every, show, TimeProvider.System, Stopping), Stopping);

    /// <summary>What the prerendered page had read, so that the circuit's first paint is the same as it; null: there is nothing, read it.</summary>
    /// <param name="actor">Whose page it is.</param>
    protected T? Inherit<T>(Actor actor)
        where T : class => Handover.Take<T>(Handed, actor);

    /// <summary>Keeps what was read for the circuit, if this is the prerendered page.</summary>
    /// <param name="actor">Whose page it is.</param>
    /// <param name="what">What was read; this page changes nothing of it any more.</param>
    protected void Bequeath(Actor actor, object what)
    {
        if (!RendererInfo.IsInteractive)
        {
            Handed = Handover.Leave(actor, what);
        }
    }

    private async Task GuardAsync(Task watching, CancellationToken cancellationToken)
    {
        try
        {
            await watching;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            await DispatchExceptionAsync(e);
        }
    }

    /// <summary>Lets go of what the page has in the browser.</summary>
    protected virtual ValueTask LeaveAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await LeaveAsync();
        stopping.Dispose();
        GC.SuppressFinalize(this);
    }
}
