using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Conversations;
using Hal9.Web.Shared;
using Hal9.Web.Shared.Tables;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Hal9.Web.Budgets;

/// <summary>The limits: how full they are, what becomes of them, whom they refused; and changing them where they stand.</summary>
public sealed partial class BudgetsPage(BudgetsReader reader, BudgetService door, CurrentActor currentActor, NavigationManager navigation, ISnackbar toasts, ILogger<BudgetsPage> log)
{
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(5);
    private static readonly DialogOptions DialogLook = new() { MaxWidth = MaxWidth.ExtraSmall, CloseOnEscapeKey = true };
    private Part<IReadOnlyList<BudgetLine>> lines = new();
    private Part<IReadOnlyList<RefusedRun>> refused = new();
    private Part<IReadOnlyList<RaiseLine>> raises = new();
    private Part<IReadOnlyList<AlertLine>> alerts = new();
    private Actor actor = default!;
    private bool mayEdit;
    private BudgetsQuery query = new();
    private IReadOnlyList<BudgetLine>? shown;
    private RowCount? count;
    private BudgetLine? removing;
    private Failure? failure;

    /// <summary>A <see cref="BudgetScopeKind"/>.</summary>
    [SupplyParameterFromQuery(Name = "kind")] public string? Kind { get; set; }

    /// <summary>A <see cref="BudgetPeriod"/>.</summary>
    [SupplyParameterFromQuery(Name = "period")] public string? Period { get; set; }

    /// <summary><c>1</c>: near their limit.</summary>
    [SupplyParameterFromQuery(Name = "near")] public string? Near { get; set; }

    /// <summary>What the name contains.</summary>
    [SupplyParameterFromQuery(Name = "q")] public string? Text { get; set; }

    /// <summary>The budget that is being changed.</summary>
    [SupplyParameterFromQuery(Name = "edit")] public string? Edit { get; set; }

    /// <summary>The budget that is raised for a time.</summary>
    [SupplyParameterFromQuery(Name = "raise")] public string? Raise { get; set; }

    /// <summary><c>1</c>: a new one is being made.</summary>
    [SupplyParameterFromQuery(Name = "new")] public string? New { get; set; }

    /// <summary>The column that decides the order.</summary>
    [SupplyParameterFromQuery(Name = "sort")] public string? Sort { get; set; }

    /// <summary><c>asc</c>: lowest first.</summary>
    [SupplyParameterFromQuery(Name = "order")] public string? Order { get; set; }

    /// <summary>Columns that are not shown.</summary>
    [SupplyParameterFromQuery(Name = "hide")] public string? Hidden { get; set; }

    [CascadingParameter] private ViewerClock Clock { get; set; } = ViewerClock.Utc;

    private BudgetLine? Edited => query.Edit is { } id ? lines.Value?.FirstOrDefault(line => line.Budget.Id == id) : null;

    private BudgetLine? Raised => query.Raise is { } id ? lines.Value?.FirstOrDefault(line => line.Budget.Id == id) : null;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        actor = await currentActor.GetAsync();
        mayEdit = actor.May(Permission.EditBudgets);
        if (Inherit<BudgetsParts>(actor) is { } known)
        {
            (lines, refused, raises, alerts) = known;
        }
        else
        {
            await LoadAllAsync();
            Bequeath(actor, new BudgetsParts(lines, refused, raises, alerts));
        }
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        query = BudgetsQuery.Parse(Kind, Period, Near, Text, Edit, New, TableQuery.Parse(Sort, Order, null, Hidden, BudgetsQuery.Sortable), Raise);
        Show();
    }

    /// <inheritdoc/>
    protected override Task OnAfterRenderAsync(bool firstRender) => firstRender ? WatchAsync(DueAsync(), _ => { }, LoadAllAsync) : Task.CompletedTask;

    private async IAsyncEnumerable<int> DueAsync()
    {
        using var timer = new PeriodicTimer(ReadEvery);
        while (await timer.WaitForNextTickAsync(Stopping))
        {
            yield return 0;
        }
    }

    private Task LoadAllAsync() => Task.WhenAll(LoadAsync(), LoadRefusedAsync(), LoadRaisesAsync(), LoadAlertsAsync());

    private Task LoadRaisesAsync() => raises.ReadAsync(() => reader.RaisesAsync(actor, Stopping), Clock, log, Stopping);

    private Task LoadAlertsAsync() => alerts.ReadAsync(() => reader.AlertsAsync(actor, Stopping), Clock, log, Stopping);

    private async Task<Failure?> RaiseAsync(Guid budgetId, AskRaise wish)
    {
        try
        {
            await door.AskAsync(actor, budgetId, wish, Stopping);
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            return Failure.Of(e, log);
        }
        await LoadAllAsync();
        navigation.NavigateTo(query.Closed().ToUrl());
        return null;
    }

    private async Task DecideAsync((BudgetRaise Raise, bool Approve) decision)
    {
        try
        {
            failure = null;
            await door.DecideAsync(actor, decision.Raise.Id, new DecideRaise(decision.Approve), Stopping);
            await LoadAllAsync();
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }

    private async Task LoadAsync()
    {
        await lines.ReadAsync(() => reader.ListAsync(actor, Clock.Now, Stopping), Clock, log, Stopping);
        Show();
    }

    private Task LoadRefusedAsync() => refused.ReadAsync(() => reader.RefusedAsync(actor, Stopping), Clock, log, Stopping);

    private void Show()
    {
        if (lines.Value is { } all)
        {
            shown = query.Apply(all);
            count = new RowCount(shown.Count, false, query.IsNarrowed ? all.Count : null);
        }
    }

    private async Task<Failure?> SaveAsync(PutBudget order)
    {
        var before = Edited?.Budget;
        try
        {
            await door.PutAsync(actor, order, Stopping);
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            return Failure.Of(e, log);
        }
        await LoadAsync();
        navigation.NavigateTo(query.Closed().ToUrl());
        if (before is not null)
        {
            Toasts.Undo(toasts, T["Saved"], T["Undo"], () => InvokeAsync(() => RestoreAsync(before)));
        }
        return null;
    }

    private async Task RemoveAsync()
    {
        if (removing?.Budget is not { } budget)
        {
            return;
        }
        removing = null;
        try
        {
            failure = null;
            await door.DeleteAsync(actor, budget.Id, Stopping);
            await LoadAsync();
            Toasts.Undo(toasts, T["Removed"], T["Undo"], () => InvokeAsync(() => RestoreAsync(budget)));
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }

    // What was spent is in the ledger and not in the budget, so one that is made anew has its usage at once.
    private async Task RestoreAsync(BudgetView budget)
    {
        try
        {
            failure = null;
            await door.PutAsync(actor, BudgetForm.Restore(budget), CancellationToken.None);
            await LoadAsync();
        }
        catch (Exception e)
        {
            failure = Failure.Of(e, log);
        }
        StateHasChanged();
    }
}

/// <summary>What the budgets page has read, as it goes from the prerendered page to its circuit.</summary>
internal sealed record BudgetsParts(
    Part<IReadOnlyList<BudgetLine>> Lines, Part<IReadOnlyList<RefusedRun>> Refused, Part<IReadOnlyList<RaiseLine>> Raises, Part<IReadOnlyList<AlertLine>> Alerts);
