using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Budgets;
using Hal9.Web.Shared;
using Hal9.Web.Shared.Tables;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Runs;

/// <summary>The list of runs. Its filters and its place are in the address; the newest page lives.</summary>
public sealed partial class RunsPage(RunService runs, CostNames names, CurrentActor currentActor, NavigationManager navigation, ILogger<RunsPage> log)
{
    private const int MostCounted = 1000;
    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(5);
    private Actor actor = default!;
    private CostNaming people = CostNaming.None;
    private RunsQuery query = new();
    private RunsQuery? loaded;
    private RunLines? lines;
    private string? next;
    private RowCount? count;
    private Failure? failure;
    private DateTimeOffset? readAt;
    private DateTimeOffset countedAt;
    private CancelDialog.CancelQuestion? asked;
    private bool live = true;
    private bool pointed;

    /// <summary>A <see cref="Hal9.Engine.Events.RunStatus"/>.</summary>
    [SupplyParameterFromQuery(Name = "status")] public string? Status { get; set; }

    /// <summary>A <see cref="Hal9.Engine.Events.RunKind"/>.</summary>
    [SupplyParameterFromQuery(Name = "kind")] public string? Kind { get; set; }

    /// <summary>What the goal contains.</summary>
    [SupplyParameterFromQuery(Name = "q")] public string? Text { get; set; }

    /// <summary>A <see cref="Hal9.Engine.Events.RunMode"/>.</summary>
    [SupplyParameterFromQuery(Name = "mode")] public string? Mode { get; set; }

    /// <summary>Ended at this instant or later.</summary>
    [SupplyParameterFromQuery(Name = "from")] public string? EndedFrom { get; set; }

    /// <summary>Ended before this instant.</summary>
    [SupplyParameterFromQuery(Name = "to")] public string? EndedTo { get; set; }

    /// <summary>Whose.</summary>
    [SupplyParameterFromQuery(Name = "user")] public string? User { get; set; }

    /// <summary>With which API key.</summary>
    [SupplyParameterFromQuery(Name = "key")] public string? Key { get; set; }

    /// <summary>With a call to this model.</summary>
    [SupplyParameterFromQuery(Name = "model")] public string? Model { get; set; }

    /// <summary>With a call to this provider.</summary>
    [SupplyParameterFromQuery(Name = "provider")] public string? Provider { get; set; }

    /// <summary>With a step of this neuron.</summary>
    [SupplyParameterFromQuery(Name = "neuron")] public string? Neuron { get; set; }

    /// <summary>With a step on this layer.</summary>
    [SupplyParameterFromQuery(Name = "layer")] public string? InLayer { get; set; }

    /// <summary>With this label.</summary>
    [SupplyParameterFromQuery(Name = "tag")] public string? Tag { get; set; }

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
    protected override async Task OnInitializedAsync() => actor = await currentActor.GetAsync();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        query = RunsQuery.Parse(Status, Kind, Mode, Text, TableQuery.Parse(Sort, Order, After, Hidden, RunsQuery.Sortable), EndedFrom, EndedTo) with
        {
            Of = RunsQuery.ReadOf(User, Key, Model, Provider, Neuron, InLayer), Tag = string.IsNullOrWhiteSpace(Tag) ? null : Tag,
        };
        // Other columns are no other rows.
        if (query with { Table = query.Table with { Hidden = null } } is var rows && rows != loaded)
        {
            loaded = rows;
            (lines, count, countedAt) = (null, null, default);
            people = await names.OfAsync(actor, query.Of, Stopping);
            await LoadAsync();
        }
    }

    /// <inheritdoc/>
    protected override Task OnAfterRenderAsync(bool firstRender) =>
        firstRender ? WatchAsync(runs.WatchAllAsync(actor, Stopping), _ => { }, RefreshAsync) : Task.CompletedTask;

    private Task RefreshAsync() => live && query.IsNewest && lines is not null ? LoadAsync() : Task.CompletedTask;

    private async Task LoadAsync()
    {
        var asked = query;
        try
        {
            var page = await runs.ListAsync(actor, asked.ToFilter(), Stopping);
            if (asked != query)
            {
                return;
            }
            (failure, next, readAt) = (null, page.Next, Clock.Now);
            (lines ??= new RunLines()).Merge(page.Items, hold: pointed && lines.Shown.Count > 0);
            await CountAsync(asked);
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }

    // Counting reads more rows than a page does: not at each change.
    private async Task CountAsync(RunsQuery asked)
    {
        if (Clock.Now - countedAt < CountEvery)
        {
            return;
        }
        countedAt = Clock.Now;
        var counted = await runs.CountAsync(actor, asked.ToFilter(), MostCounted + 1, Stopping);
        var all = asked.IsNarrowed && counted <= MostCounted ? await runs.CountAsync(actor, new RunFilter(), MostCounted + 1, Stopping) : 0;
        if (asked == query)
        {
            count = new RowCount(Math.Min(counted, MostCounted), counted > MostCounted, asked.IsNarrowed && all is > 0 and <= MostCounted ? all : null);
        }
    }

    private bool MaySteer(RunLine line) => !line.Status.IsFinal() && (actor.May(Permission.SteerRuns) || (line.UserId == actor.UserId && actor.May(Permission.UseRuns)));

    private async Task CancelAsync(string? reason)
    {
        var run = asked!.RunId;
        asked = null;
        try
        {
            await runs.CancelAsync(actor, run, null, reason, Stopping);
            await LoadAsync();
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }

    private void Show(RunsQuery wanted) => navigation.NavigateTo(wanted.ToUrl());

    private async Task ToggleLive()
    {
        live = !live;
        await RefreshAsync();
    }
}
