using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Monitoring;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Hal9.Web.Shared.Charts;
using Hal9.Web.Shared.Times;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Monitoring;

/// <summary>The start page: how things go, in parts that are read and fail each by itself. Time, refreshing and wall mode are in the address.</summary>
public sealed partial class DashboardPage(DashboardReader reader, CurrentActor currentActor, NavigationManager navigation, ILogger<DashboardPage> log)
{
    private Part<RunStatistics> runs = new();
    private Part<SpendSeries> spend = new();
    private Part<TodaySpend> today = new();
    private Part<WorkNow> now = new();
    private Part<IReadOnlyList<ProviderActivity>> providers = new();
    private Part<IReadOnlyList<RunLine>> failures = new();
    private Part<FirstSteps> steps = new();
    private Actor actor = default!;
    private DashboardQuery query = DashboardQuery.Parse(null, null, null, null);
    private TimeGrid? grid;
    private DateTimeOffset readAt;
    private IReadOnlyList<DateTimeOffset> times = [];
    private IReadOnlyList<ChartSeries> runSeries = [];
    private IReadOnlyList<ChartSeries> durationSeries = [];
    private IReadOnlyList<ChartSeries> spendSeries = [];
    private IReadOnlyList<ChartSeries> tokenSeries = [];

    /// <summary>Where the time begins.</summary>
    [SupplyParameterFromQuery(Name = "from")] public string? From { get; set; }

    /// <summary>Where it ends.</summary>
    [SupplyParameterFromQuery(Name = "to")] public string? To { get; set; }

    /// <summary>How often it is read anew.</summary>
    [SupplyParameterFromQuery(Name = "refresh")] public string? Refresh { get; set; }

    /// <summary><c>1</c>: it hangs on a wall.</summary>
    [SupplyParameterFromQuery(Name = "wall")] public string? Wall { get; set; }

    [CascadingParameter] private ViewerClock Clock { get; set; } = ViewerClock.Utc;

    private DateTimeOffset? StaleSince =>
        new[] { Stale(runs), Stale(spend), Stale(today), Stale(now), Stale(providers), Stale(failures) }.Min();

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        actor = await currentActor.GetAsync();
        if (Inherit<DashboardParts>(actor) is { } known)
        {
            (query, grid, readAt, runs, spend, today, now, providers, failures, steps) = known;
            ShowRuns();
            ShowSpend();
        }
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var wanted = DashboardQuery.Parse(From, To, Refresh, Wall);
        var isOther = wanted.Range != query.Range || grid is null;
        query = wanted;
        if (isOther)
        {
            runs.Forget();
            spend.Forget();
            await LoadAsync();
            Bequeath(actor, new DashboardParts(query, grid, readAt, runs, spend, today, now, providers, failures, steps));
        }
    }

    /// <inheritdoc/>
    protected override Task OnAfterRenderAsync(bool firstRender) => firstRender ? WatchAsync(DueAsync(), _ => { }, LoadAsync) : Task.CompletedTask;

    // The interval may change while the page is open: each second it is asked whether it is time.
    private async IAsyncEnumerable<int> DueAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync(Stopping))
        {
            if (query.Interval is { } every && Clock.Now - readAt >= every)
            {
                yield return 0;
            }
        }
    }

    private async Task LoadAsync()
    {
        readAt = Clock.Now;
        var (from, to) = query.Range.At(readAt);
        grid = TimeGrid.Of(from, to, readAt);
        await Task.WhenAll(
            LoadRunsAsync(), LoadSpendAsync(), LoadTodayAsync(), LoadNowAsync(), LoadProvidersAsync(), LoadFailuresAsync(),
            steps.ReadAsync(async () => await reader.FirstStepsAsync(actor, Stopping) ?? new FirstSteps(true, 1, true, true), Clock, log, Stopping));
    }

    private async Task LoadRunsAsync()
    {
        await runs.ReadAsync(() => reader.RunsAsync(actor, grid!, Stopping), Clock, log, Stopping);
        ShowRuns();
    }

    private void ShowRuns()
    {
        if (runs is { Value: { } value, Failure: null })
        {
            times = [.. value.Points.Select(point => point.At)];
            runSeries =
            [
                Series(T["Succeeded"], "good", value.Points, p => p.Runs - p.Failed - p.Refused - p.Cancelled),
                Series(T["Failed"], "failing", value.Points, p => p.Failed),
                Series(T["Refused"], "waiting", value.Points, p => p.Refused),
                Series(T["Cancelled"], "paused", value.Points, p => p.Cancelled),
            ];
            durationSeries =
            [
                new ChartSeries(T["P50"], "first", [.. value.Points.Select(p => p.P50?.TotalMilliseconds)], [.. value.Points.Select(p => LengthOf(p.P50))]),
                new ChartSeries(T["P95"], "second", [.. value.Points.Select(p => p.P95?.TotalMilliseconds)], [.. value.Points.Select(p => LengthOf(p.P95))]),
            ];
        }
    }

    private async Task LoadSpendAsync()
    {
        await spend.ReadAsync(() => reader.SpendAsync(actor, grid!, Stopping), Clock, log, Stopping);
        ShowSpend();
    }

    private void ShowSpend()
    {
        if (spend is { Value: { } value, Failure: null })
        {
            times = [.. value.Points.Select(point => point.At)];
            spendSeries = [new ChartSeries(T["Spend"], "second", [.. value.Points.Select(p => (double?)p.Amount.Amount)], [.. value.Points.Select(p => MoneyText.Format(p.Amount))])];
            tokenSeries =
            [
                new ChartSeries(T["TokensIn"], "first", [.. value.Points.Select(p => (double?)p.InputTokens)], [.. value.Points.Select(p => NumberText.Count(p.InputTokens))]),
                new ChartSeries(T["TokensOut"], "second", [.. value.Points.Select(p => (double?)p.OutputTokens)], [.. value.Points.Select(p => NumberText.Count(p.OutputTokens))]),
            ];
        }
    }

    private Task LoadTodayAsync() => today.ReadAsync(() => reader.TodayAsync(actor, Clock.Now, Stopping), Clock, log, Stopping);

    private Task LoadNowAsync() => now.ReadAsync(() => reader.NowAsync(actor, Stopping), Clock, log, Stopping);

    private Task LoadProvidersAsync() => providers.ReadAsync(() => reader.ProvidersAsync(actor, Stopping), Clock, log, Stopping);

    private Task LoadFailuresAsync() => failures.ReadAsync(() => reader.FailuresAsync(actor, Stopping), Clock, log, Stopping);

    private void Show(DashboardQuery wanted) => navigation.NavigateTo(wanted.ToUrl());

    private void Zoom(TimeRange range) => Show(query with { Range = range });

    // Exactly the runs that a step counts: those that ended in it.
    private string ListOf(int step) => grid is null || step >= times.Count ? Urls.Runs() : Urls.Runs(ended: TimeRange.Between(times[step], times[step] + grid.Step));

    private string ListOf(RunStatus? status = null) =>
        grid is null ? Urls.Runs() : Urls.Runs(status: status?.ToString().ToLowerInvariant(), ended: TimeRange.Between(grid.From, grid.To));

    private static DateTimeOffset? Stale<T>(Part<T> part) where T : class => part.Failure is null ? null : part.ReadAt;

    private static string LengthOf(TimeSpan? length) => length is { } known ? TimeText.Length(known) : "–";

    private static ChartSeries Series(string name, string tone, IReadOnlyList<RunPoint> points, Func<RunPoint, long> value) =>
        new(name, tone, [.. points.Select(p => (double?)value(p))], [.. points.Select(p => NumberText.Count(value(p)))]);
}
