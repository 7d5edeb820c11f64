using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Runs;
using Hal9.Web.Shared;
using Hal9.Web.Shared.Charts;
using Hal9.Web.Shared.Tables;
using Hal9.Web.Shared.Times;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Budgets;

/// <summary>Where the money went: one question in the address, and chart, table, tiles and export that all answer it.</summary>
public sealed partial class CostsPage(CostsReader reader, CurrentActor currentActor, NavigationManager navigation, ILogger<CostsPage> log)
{
    private const int PageLength = 50;

    // One colour less than there are: the last one is for the rest.
    private static readonly string[] Tones = ["first", "strategic", "implementation", "waiting", "second", "good", "failing"];

    private Part<CostsView> costs = new();
    private Part<CostsAhead> ahead = new();
    private Part<QueryCosts> queries = new();
    private Part<IReadOnlyList<RunLine>> dearest = new();
    private Actor actor = default!;
    private CostsQuery query = CostsQuery.Parse(null, null, null, null, CostFilter.All, null, new TableQuery());
    private CostsQuery? loaded;
    private IReadOnlyList<ChartSeries> series = [];
    private IReadOnlyList<string?> seriesKeys = [];
    private IReadOnlyList<double?> trend = [];
    private IReadOnlyList<int> marks = [];
    private IReadOnlyList<CostLine>? shown;
    private ChartLimit? limit;
    private RowCount? count;
    private string? next;

    /// <summary>Where the time begins.</summary>
    [SupplyParameterFromQuery(Name = "from")] public string? From { get; set; }

    /// <summary>Where it ends.</summary>
    [SupplyParameterFromQuery(Name = "to")] public string? To { get; set; }

    /// <summary>By what, a <see cref="CostGroup"/>.</summary>
    [SupplyParameterFromQuery(Name = "by")] public string? By { get; set; }

    /// <summary>How finely, a <see cref="BudgetPeriod"/>.</summary>
    [SupplyParameterFromQuery(Name = "step")] public string? Step { get; set; }

    /// <summary>Whose.</summary>
    [SupplyParameterFromQuery(Name = "user")] public string? User { get; set; }

    /// <summary>With which API key.</summary>
    [SupplyParameterFromQuery(Name = "key")] public string? Key { get; set; }

    /// <summary>Of which model.</summary>
    [SupplyParameterFromQuery(Name = "model")] public string? Model { get; set; }

    /// <summary>Of which provider.</summary>
    [SupplyParameterFromQuery(Name = "provider")] public string? Provider { get; set; }

    /// <summary>Of which neuron.</summary>
    [SupplyParameterFromQuery(Name = "neuron")] public string? Neuron { get; set; }

    /// <summary>On which layer.</summary>
    [SupplyParameterFromQuery(Name = "layer")] public string? OnLayer { get; set; }

    /// <summary>In runs of which kind.</summary>
    [SupplyParameterFromQuery(Name = "kind")] public string? Kind { get; set; }

    /// <summary>What the names of the rows contain.</summary>
    [SupplyParameterFromQuery(Name = "q")] public string? Text { get; set; }

    /// <summary>The column that decides the order.</summary>
    [SupplyParameterFromQuery(Name = "sort")] public string? Sort { get; set; }

    /// <summary><c>asc</c>: lowest first.</summary>
    [SupplyParameterFromQuery(Name = "order")] public string? Order { get; set; }

    /// <summary>Columns that are not shown.</summary>
    [SupplyParameterFromQuery(Name = "hide")] public string? Hidden { get; set; }

    /// <summary>Where the page begins.</summary>
    [SupplyParameterFromQuery(Name = "after")] public string? After { get; set; }

    [CascadingParameter] private ViewerClock Clock { get; set; } = ViewerClock.Utc;

    private string AheadTip => ahead.Value?.Month is { } month
        ? month.Days > 0 ? T["AheadTip", month.Days, TimeText.Absolute(month.To, Clock.Zone)] : T["AheadTipFirst", TimeText.Absolute(month.To, Clock.Zone)]
        : "";

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        actor = await currentActor.GetAsync();
        if (Inherit<CostsParts>(actor) is { } known)
        {
            (query, loaded, costs, ahead, queries, dearest) = known;
            ShowCosts();
        }
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        query = CostsQuery.Parse(From, To, By, Step, CostsQuery.ReadOf(User, Key, Model, Provider, Neuron, OnLayer, Kind), Text, TableQuery.Parse(Sort, Order, After, Hidden, CostsQuery.Sortable));
        // Another order or another page of the table is no other question.
        if (query with { Table = new TableQuery(), Text = null } is var asked && asked != loaded)
        {
            if (loaded is not null)
            {
                costs.Forget();
                dearest.Forget();
            }
            if (asked.Range != loaded?.Range)
            {
                queries.Forget();
            }
            if (asked.Of != loaded?.Of)
            {
                ahead.Forget();
            }
            loaded = asked;
            await Task.WhenAll(LoadCostsAsync(), LoadAheadAsync(), LoadQueriesAsync(), LoadDearestAsync());
            Bequeath(actor, new CostsParts(query, loaded, costs, ahead, queries, dearest));
        }
        ShowTable();
    }

    private async Task LoadCostsAsync()
    {
        await costs.ReadAsync(() => reader.ReadAsync(actor, query, Clock.Now, Stopping), Clock, log, Stopping);
        ShowCosts();
        ShowTable();
    }

    private async Task LoadAheadAsync()
    {
        await ahead.ReadAsync(() => reader.AheadAsync(actor, query, Clock.Now, Stopping), Clock, log, Stopping);
        ShowCosts();
    }

    private Task LoadQueriesAsync() => queries.ReadAsync(() => reader.QueriesAsync(actor, query, Clock.Now, Stopping), Clock, log, Stopping);

    private Task LoadDearestAsync() => dearest.ReadAsync(() => reader.DearestAsync(actor, RunsOf(null).ToFilter(), Stopping), Clock, log, Stopping);

    private void ShowCosts()
    {
        if (costs.Value is not { } view)
        {
            return;
        }
        var steps = view.Breakdown.Steps;
        var byStep = view.Breakdown.Items.ToDictionary(item => (item.Key, item.From!.Value), item => item.Amount);
        var top = view.Lines.Count <= Tones.Length + 1 ? view.Lines : [.. view.Lines.Take(Tones.Length)];
        var rest = view.Lines.Skip(top.Count).Select(line => line.Key).ToHashSet();
        var drawn = top.Select((line, i) => Of(line.Name, i < Tones.Length ? Tones[i] : "paused", step => byStep.GetValueOrDefault((line.Key, step)))).ToList();
        if (rest.Count > 0)
        {
            var left = view.Breakdown.Items.Where(item => rest.Contains(item.Key)).GroupBy(item => item.From!.Value).ToDictionary(items => items.Key, items => new Usd(items.Sum(item => item.Amount.Nano)));
            drawn.Add(Of(T.Count("Rest", rest.Count), "paused", left.GetValueOrDefault));
        }
        // A chart without any series has no axis either.
        series = drawn.Count > 0 ? drawn : [Of(T["All"], "first", _ => Usd.Zero)];
        seriesKeys = [.. top.Select(line => line.Key), .. rest.Count > 0 ? [null] : Array.Empty<string?>()];
        var all = view.Breakdown.Items.ToLookup(item => item.From!.Value, item => item.Amount.Nano);
        trend = [.. steps.Select(step => (double?)all[step].Sum())];
        marks = [.. view.Anomalies.Select(anomaly => IndexOf(anomaly.At)).Where(at => at >= 0)];
        // Far above everything that was spent, the line would press the bars flat.
        limit = query.Granularity(Clock.Now) is BudgetPeriod.Day && ahead.Value?.PerDay is { } perDay && trend.Max() is > 0 and var most && perDay.Nano < most * 4
            ? new ChartLimit((double)perDay.Amount, T["DayBudget", MoneyText.Format(perDay)])
            : null;

        ChartSeries Of(string name, string tone, Func<DateTimeOffset, Usd> amount) =>
            new(name, tone, [.. steps.Select(step => (double?)amount(step).Amount)], [.. steps.Select(step => MoneyText.Format(amount(step)))]);
    }

    private void ShowTable()
    {
        if (costs.Value is not { } view)
        {
            (shown, count, next) = (null, null, null);
            return;
        }
        var fitting = CostRows.Sort(view.Lines.Where(line => query.Text is not { } text || line.Name.Contains(text, StringComparison.CurrentCultureIgnoreCase)), query.Table);
        count = new RowCount(fitting.Count, false, query.Text is null ? null : view.Lines.Count);
        (shown, next) = CostRows.Page(fitting, query.Table.After, PageLength);
    }

    private int IndexOf(DateTimeOffset step) => costs.Value is { } view ? view.Breakdown.Steps.ToList().IndexOf(step) : -1;

    private TimeRange RangeOf(int step) => costs.Value is { } view && step >= 0 && step < view.Breakdown.Steps.Count
        ? TimeRange.Between(view.Breakdown.Steps[step], step + 1 < view.Breakdown.Steps.Count ? view.Breakdown.Steps[step + 1] : view.Breakdown.End)
        : query.Range;

    private void Show(CostsQuery wanted) => navigation.NavigateTo(wanted.ToUrl());

    private void Zoom(TimeRange range) => Show(query.Anew() with { Range = range });

    // From a day into its hours, from an hour to its runs.
    private string StepHref(int step) => query.Granularity(Clock.Now) is BudgetPeriod.Hour
        ? (RunsOf(null) with { Ended = RangeOf(step) }).ToUrl()
        : (query.Anew() with { Range = RangeOf(step), Step = null }).ToUrl();

    private string PartHref(int step, int part) => part < seriesKeys.Count && seriesKeys[part] is { } key && Narrowed(key) is { } narrowed
        ? query.Granularity(Clock.Now) is BudgetPeriod.Hour ? (RunsOf(key) with { Ended = RangeOf(step) }).ToUrl() : (narrowed with { Range = RangeOf(step), Step = null }).ToUrl()
        : StepHref(step);

    private string LineHref(CostLine line) => Narrowed(line.Key)?.ToUrl() ?? RunsHref(line);

    private string RunsHref(CostLine line) => RunsOf(line.Key).ToUrl();

    private string AllRunsHref() => (RunsOf(null) with { Table = new TableQuery("cost") }).ToUrl();

    /// <summary>The costs of that row by the next dimension; null: a label's runs are all that can be told.</summary>
    private CostsQuery? Narrowed(string key)
    {
        if (query.By is CostGroup.Tag or CostGroup.Run)
        {
            return null;
        }
        var of = query.Of.With(query.By, key);
        CostGroup[] order = [CostGroup.Model, CostGroup.User, CostGroup.Neuron, CostGroup.Kind, CostGroup.Key];
        return query.Anew() with { Of = of, Text = null, By = order.FirstOrDefault(group => of[group] is null && group != query.By, CostGroup.Run) };
    }

    private RunsQuery RunsOf(string? key)
    {
        var of = key is null ? query.Of : query.Of.With(query.By, key);
        var ended = costs.Value is { } view ? TimeRange.Between(view.Breakdown.Steps[0], view.Breakdown.End) : query.Range.At(Clock.Now) is var (from, to) ? TimeRange.Between(from, to) : null;
        return new RunsQuery(Kind: Enum.TryParse<Engine.Events.RunKind>(of.Kind, ignoreCase: true, out var kind) ? kind : null)
        {
            Of = of with { Kind = null }, Tag = query.By is CostGroup.Tag ? key : null, Ended = ended,
        };
    }
}

/// <summary>All that the costs have read, as it goes from the prerendered page to its circuit.</summary>
internal sealed record CostsParts(
    CostsQuery Query, CostsQuery? Loaded, Part<CostsView> Costs, Part<CostsAhead> Ahead, Part<QueryCosts> Queries, Part<IReadOnlyList<RunLine>> Dearest);
