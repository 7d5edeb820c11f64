using Hal9.Engine.Desk;
using Hal9.Engine.Tenancy;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Desk;

/// <summary>What became of one's own runs, wherever in the console one is.</summary>
public sealed partial class NoticeBell(NoticeService door, Words words, ILogger<NoticeBell> log) : IDisposable
{
    // A bell is not a live table: this bounds what many open tabs read.
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource stopping = new();
    private IReadOnlyList<Notice>? notices;
    private Failure? failure;
    private string announcement = "";

    /// <summary>Whose runs.</summary>
    [Parameter, EditorRequired] public Actor Actor { get; set; } = default!;

    private int Unread => notices?.Count(notice => !notice.IsRead) ?? 0;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => LoadAsync();

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }
        try
        {
            await Live.FollowAsync(door.WatchAsync(Actor, stopping.Token), ReadEvery, static _ => { }, RefreshAsync, TimeProvider.System, stopping.Token);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
            StateHasChanged();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    private async Task RefreshAsync()
    {
        var known = notices?.Select(notice => (notice.RunId, notice.Status)).ToHashSet();
        await LoadAsync();
        if (known is not null && notices?.FirstOrDefault(notice => !notice.IsRead && !known.Contains((notice.RunId, notice.Status))) is { } fresh)
        {
            announcement = $"{words.Of(StatusLook.Of(fresh.Status))}: {fresh.Goal}";
        }
        StateHasChanged();
    }

    private async Task LoadAsync()
    {
        try
        {
            (notices, failure) = (await door.ListAsync(Actor, stopping.Token), null);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }

    private async Task ReadAsync(Notice notice)
    {
        if (!notice.IsRead)
        {
            await DoAsync(() => door.MarkReadAsync(Actor, notice.RunId, stopping.Token));
        }
    }

    private Task ReadAllAsync() => DoAsync(() => door.MarkAllReadAsync(Actor, stopping.Token));

    private async Task DoAsync(Func<Task> change)
    {
        try
        {
            await change();
            await LoadAsync();
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }
}
