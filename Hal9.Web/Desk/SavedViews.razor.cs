using Hal9.Engine.Desk;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Desk;

/// <summary>Views of a list that people named. A view is nothing but an address; it is read when the menu opens.</summary>
public sealed partial class SavedViews(SavedViewService door, CurrentActor currentActor, ILogger<SavedViews> log) : IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private IReadOnlyList<SavedView>? views;
    private Failure? failure;
    private bool removesAll;
    private string name = "";
    private bool shared;

    /// <summary>The list's path: <c>/runs</c>.</summary>
    [Parameter, EditorRequired] public string Path { get; set; } = "";

    /// <summary>The address of the view shown now, from its question mark on.</summary>
    [Parameter, EditorRequired] public string Query { get; set; } = "";

    private string Page => Path.TrimStart('/');

    /// <inheritdoc/>
    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    private Task LoadAsync() => DoAsync(_ => Task.CompletedTask);

    private async Task SaveAsync()
    {
        if (!string.IsNullOrWhiteSpace(name))
        {
            await DoAsync(actor => door.SaveAsync(actor, Page, name, Query, shared, stopping.Token));
            name = failure is null ? "" : name;
        }
    }

    private Task RemoveAsync(SavedView view) => DoAsync(actor => door.RemoveAsync(actor, view.Id, stopping.Token));

    private async Task DoAsync(Func<Actor, Task> change)
    {
        try
        {
            var actor = await currentActor.GetAsync();
            removesAll = actor.May(Permission.ManagePeople);
            await change(actor);
            (views, failure) = (await door.ListAsync(actor, Page, stopping.Token), null);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }
}
