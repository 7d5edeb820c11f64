using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Runs;

/// <summary>The list of runs. Its filters and its place are in the address; the newest page lives.</summary>
public sealed partial class RunsPage(RunService runs, CurrentActor currentActor, NavigationManager navigation, ILogger<RunsPage> log)
{
    private Actor actor = default!;
    private RunsQuery query = new();
    private RunsQuery? loaded;
    private RunLines? lines;
    private string? next;
    private Failure? failure;
    private bool live = true;
    private bool pointed;

    /// <summary>A <see cref="Hal9.Engine.Events.RunStatus"/>.</summary>
    [SupplyParameterFromQuery(Name = "status")] public string? Status { get; set; }

    /// <summary>A <see cref="Hal9.Engine.Events.RunKind"/>.</summary>
    [SupplyParameterFromQuery(Name = "kind")] public string? Kind { get; set; }

    /// <summary>What the goal contains.</summary>
    [SupplyParameterFromQuery(Name = "q")] public string? Text { get; set; }

    /// <summary>Where the page begins.</summary>
    [SupplyParameterFromQuery(Name = "after")] public string? After { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => actor = await currentActor.GetAsync();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        query = RunsQuery.Parse(Status, Kind, Text, After);
        if (query != loaded)
        {
            loaded = query;
            lines = null;
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
            failure = null;
            next = page.Next;
            (lines ??= new RunLines()).Merge(page.Items, hold: pointed && lines.Shown.Count > 0);
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
