using Hal9.Engine.Budgets;
using Hal9.Engine.Conversations;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Budgets;
using Hal9.Web.Shared;
using Hal9.Web.Shared.Tables;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Hal9.Web.Conversations;

/// <summary>What happened: conversations, and runs without one. Filters, words, place and what is looked at are in the address.</summary>
public sealed partial class HistoryPage(HistoryService history, CostNames names, CurrentActor currentActor, NavigationManager navigation, ISnackbar toasts, ILogger<HistoryPage> log)
{
    private const int MostCounted = 1000;
    private const int MostSelected = 100;
    private static readonly HistoryQuery Costly = new() { Table = new TableQuery("cost") };
    private readonly HashSet<Guid> selected = [];
    private Part<Page<HistoryLine>> lines = new();
    private Actor actor = default!;
    private HistoryQuery query = new();
    private HistoryQuery? loaded;
    private RowCount? count;
    private CostNaming people = CostNaming.None;
    private Failure? failure;

    /// <summary>A <see cref="HistoryKind"/>.</summary>
    [SupplyParameterFromQuery(Name = "kind")] public string? Kind { get; set; }

    /// <summary>A <see cref="HistoryShow"/>.</summary>
    [SupplyParameterFromQuery(Name = "show")] public string? Show { get; set; }

    /// <summary>Words to look for.</summary>
    [SupplyParameterFromQuery(Name = "q")] public string? Text { get; set; }

    /// <summary>Whose.</summary>
    [SupplyParameterFromQuery(Name = "user")] public string? User { get; set; }

    /// <summary>A <see cref="Hal9.Engine.Events.RunMode"/>.</summary>
    [SupplyParameterFromQuery(Name = "mode")] public string? Mode { get; set; }

    /// <summary>With this label.</summary>
    [SupplyParameterFromQuery(Name = "tag")] public string? Tag { get; set; }

    /// <summary><c>1</c>: what is put away.</summary>
    [SupplyParameterFromQuery(Name = "archived")] public string? Archived { get; set; }

    /// <summary>Last used at this instant or later.</summary>
    [SupplyParameterFromQuery(Name = "from")] public string? UsedFrom { get; set; }

    /// <summary>Last used before this instant.</summary>
    [SupplyParameterFromQuery(Name = "to")] public string? UsedTo { get; set; }

    /// <summary>What the panel shows.</summary>
    [SupplyParameterFromQuery(Name = "peek")] public string? Peek { get; set; }

    /// <summary>The column that decides the order.</summary>
    [SupplyParameterFromQuery(Name = "sort")] public string? Sort { get; set; }

    /// <summary><c>asc</c>: lowest first.</summary>
    [SupplyParameterFromQuery(Name = "order")] public string? Order { get; set; }

    /// <summary>Columns that are not shown.</summary>
    [SupplyParameterFromQuery(Name = "hide")] public string? Hidden { get; set; }

    /// <summary>Where the page begins.</summary>
    [SupplyParameterFromQuery(Name = "after")] public string? After { get; set; }

    [CascadingParameter] private ViewerClock Clock { get; set; } = ViewerClock.Utc;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        actor = await currentActor.GetAsync();
        if (Inherit<HistoryParts>(actor) is { } known)
        {
            (loaded, lines, count, people) = known;
        }
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        query = HistoryQuery.Parse(Kind, Show, Text, User, Mode, Tag, Archived, UsedFrom, UsedTo, Peek, TableQuery.Parse(Sort, Order, After, Hidden, HistoryQuery.Sortable));
        // Other columns and another row in the panel are no other rows.
        if (query with { Peek = null, Table = query.Table with { Hidden = null } } is var rows && rows != loaded)
        {
            var isOther = loaded is not null && loaded with { Table = new TableQuery() } != rows with { Table = new TableQuery() };
            if (loaded is not null)
            {
                lines.Forget();
                selected.Clear();
            }
            loaded = rows;
            count = isOther ? null : count;
            await LoadAsync();
            Bequeath(actor, new HistoryParts(loaded, lines, count, people));
        }
    }

    private async Task LoadAsync()
    {
        var asked = query;
        await lines.ReadAsync(() => history.ListAsync(actor, asked.ToFilter(), Stopping), Clock, log, Stopping);
        if (lines.Value is { } page && asked.Table == query.Table)
        {
            people = await names.OfAsync(
                actor, [.. page.Items.Select(line => line.UserId).Concat(asked.UserId is { } user ? [user] : []).Distinct().Select(id => (CostGroup.User, id.ToString()))], Stopping);
            count ??= await CountAsync(asked);
        }
    }

    // Counted up to a thousand: more is not read off a list, and takes longer than the list itself.
    private async Task<RowCount?> CountAsync(HistoryQuery asked)
    {
        try
        {
            return await history.CountAsync(actor, asked.ToFilter(), MostCounted + 1, Stopping) is { } counted ? new RowCount(Math.Min(counted, MostCounted), counted > MostCounted) : null;
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    private void Select((Guid Id, bool On) row)
    {
        if (!row.On)
        {
            selected.Remove(row.Id);
        }
        else if (selected.Count < MostSelected)
        {
            selected.Add(row.Id);
        }
    }

    private Task ArchiveAsync(IReadOnlyList<Guid> ids, bool archived) => TryAsync(async () =>
    {
        var changed = await history.ArchiveAsync(actor, ids, archived, Stopping);
        selected.Clear();
        await LoadAsync();
        Say(archived ? T.Count("ArchivedOf", changed.Count) : T.Count("RestoredOf", changed.Count), changed, () => history.ArchiveAsync(actor, changed, !archived, CancellationToken.None));
    });

    private Task TagAsync(IReadOnlyList<Guid> ids, string tag, bool on) => TryAsync(async () =>
    {
        var changed = await history.TagAsync(actor, ids, tag, on, Stopping);
        await LoadAsync();
        Say(on ? T.Count("TaggedOf", changed.Count) : T.Count("UntaggedOf", changed.Count), changed, () => history.TagAsync(actor, changed, tag, !on, CancellationToken.None));
    });

    private void Say(string said, IReadOnlyList<Guid> changed, Func<Task> undo)
    {
        if (changed.Count == 0)
        {
            toasts.Add(T["NothingChanged"], Severity.Normal, options => options.HideIcon = true);
            return;
        }
        Toasts.Undo(toasts, said, T["Undo"], () => InvokeAsync(async () =>
        {
            await TryAsync(undo);
            await LoadAsync();
            StateHasChanged();
        }));
    }

    private async Task TryAsync(Func<Task> act)
    {
        try
        {
            failure = null;
            await act();
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }

    /// <summary>The address with the row before or after the one in the panel.</summary>
    private string? Beside(int by)
    {
        var ids = lines.Value?.Items.Select(line => line.Id).Distinct().ToList() ?? [];
        var at = query.Peek is { } peek ? ids.IndexOf(peek) : -1;
        return at >= 0 && at + by >= 0 && at + by < ids.Count ? (query with { Peek = ids[at + by] }).ToUrl() : null;
    }
}

/// <summary>What the history has read, as it goes from the prerendered page to its circuit.</summary>
internal sealed record HistoryParts(HistoryQuery? Loaded, Part<Page<HistoryLine>> Lines, RowCount? Count, CostNaming People);
