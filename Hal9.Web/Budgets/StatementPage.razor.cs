using System.Globalization;
using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Budgets;

/// <summary>A month of the ledger on paper: what was booked by model and price, and where the chain stood before and after.</summary>
public sealed partial class StatementPage(LedgerService ledger, CurrentActor currentActor, ILogger<StatementPage> log)
{
    private Part<Statement> statement = new();
    private Actor actor = default!;
    private DateOnly month;
    private DateOnly current;
    private DateOnly? loaded;

    /// <summary>Which, as <c>2026-11</c>; this one when it is left out or is none.</summary>
    [SupplyParameterFromQuery(Name = "month")] public string? Month { get; set; }

    [CascadingParameter] private ViewerClock Clock { get; set; } = ViewerClock.Utc;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        actor = await currentActor.GetAsync();
        if (Inherit<Part<Statement>>(actor) is { Value: { } known } read)
        {
            (statement, loaded) = (read, known.Month);
        }
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(Clock.Now, Clock.Zone).DateTime);
        current = new DateOnly(today.Year, today.Month, 1);
        month = DateOnly.TryParseExact($"{Month}-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var asked) && asked.Year > 2000 && asked <= current ? asked : current;
        if (month != loaded)
        {
            statement.Forget();
            loaded = month;
            await LoadAsync();
            Bequeath(actor, statement);
        }
    }

    private Task LoadAsync() => statement.ReadAsync(() => ledger.StatementAsync(actor, Urls.MonthText(month), Stopping), Clock, log, Stopping);

    private static string Name(DateOnly month) => TimeText.Month(month);
}
