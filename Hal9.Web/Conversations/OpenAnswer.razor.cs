using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace Hal9.Web.Conversations;

/// <summary>
/// The one message that is being written. It alone repaints, at most every 50 ms, and only its last block changes. As a render, not as a
/// script call, because renders are kept and sent again when the connection was gone for a while.
/// </summary>
public sealed partial class OpenAnswer(IStringLocalizer<SharedTexts> shared)
{
    private static readonly TimeSpan RepaintEvery = TimeSpan.FromMilliseconds(50);
    private readonly CancellationTokenSource stopping = new();
    private MarkdownStream text = default!;
    private bool changed = true;

    /// <summary>All there is of the answer, then the rest. Read once, from the first render on.</summary>
    [Parameter, EditorRequired] public IAsyncEnumerable<string> Pieces { get; set; } = default!;

    /// <summary>The stream came to its end; the error it ended with, if it did.</summary>
    [Parameter] public EventCallback<Exception?> OnEnded { get; set; }

    /// <summary>The clock of the repaints.</summary>
    [Parameter] public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <inheritdoc/>
    protected override void OnInitialized() => text = new MarkdownStream(MarkdownWords.Of(shared));

    /// <inheritdoc/>
    protected override bool ShouldRender() => changed;

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        changed = false;
        if (!firstRender)
        {
            return;
        }
        Exception? error = null;
        try
        {
            await Live.FollowAsync(Pieces, RepaintEvery, text.Add, RepaintAsync, Time, stopping.Token);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            error = e;
        }
        if (!stopping.IsCancellationRequested)
        {
            await OnEnded.InvokeAsync(error);
        }
    }

    private Task RepaintAsync()
    {
        changed = true;
        return InvokeAsync(StateHasChanged);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
        GC.SuppressFinalize(this);
    }
}
