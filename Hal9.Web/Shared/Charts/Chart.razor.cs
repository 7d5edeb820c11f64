using Hal9.Web.Shared.Times;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Hal9.Web.Shared.Charts;

/// <summary>
/// Numbers over time: drawn by ApexCharts in the browser, with a table of the same numbers, to the last digit. Where the library is missing the table
/// stands alone.
/// </summary>
public sealed partial class Chart
{
    private ElementReference plot;
    private DotNetObjectReference<Chart>? self;
    private ChartBrowser? browser;
    private object? sent;
    private bool? drawn;
    private bool tabled;
    private bool isGone;

    /// <summary>What it shows, for those who hear it.</summary>
    [Parameter, EditorRequired] public string Label { get; set; } = "";

    /// <summary>How it draws.</summary>
    [Parameter] public ChartShape Shape { get; set; }

    /// <summary>What its numbers are.</summary>
    [Parameter] public ChartUnit Unit { get; set; }

    /// <summary>Charts of one group share the crosshair.</summary>
    [Parameter] public string? Group { get; set; }

    /// <summary>Begins of the steps, oldest first.</summary>
    [Parameter, EditorRequired] public IReadOnlyList<DateTimeOffset> Times { get; set; } = [];

    /// <summary>What is drawn.</summary>
    [Parameter, EditorRequired] public IReadOnlyList<ChartSeries> Series { get; set; } = [];

    /// <summary>Where a step leads.</summary>
    [Parameter] public Func<int, string>? HrefOf { get; set; }

    /// <summary>Where one series of a step leads; where it is not clear which one was meant, the step decides.</summary>
    [Parameter] public Func<int, int, string>? HrefOfPart { get; set; }

    /// <summary>Steps that stand out: they are marked.</summary>
    [Parameter] public IReadOnlyList<int> Marks { get; set; } = [];

    /// <summary>A line across.</summary>
    [Parameter] public ChartLimit? Limit { get; set; }

    /// <summary>The zone in which the steps begin; null: the viewer's.</summary>
    [Parameter] public TimeZoneInfo? Zone { get; set; }

    /// <summary>A stretch was drawn over with the pointer.</summary>
    [Parameter] public EventCallback<TimeRange> OnZoom { get; set; }

    [CascadingParameter] private ViewerClock? Clock { get; set; }

    private TimeZoneInfo ShownZone => Zone ?? (Clock ?? ViewerClock.Utc).Zone;

    /// <summary>A step was clicked, and maybe one of its series; else -1.</summary>
    [JSInvokable]
    public void Pick(int step, int series)
    {
        if (step < 0 || step >= Times.Count)
        {
            return;
        }
        if (HrefOfPart is not null && series >= 0 && series < Series.Count)
        {
            Navigation.NavigateTo(HrefOfPart(step, series));
        }
        else if (HrefOf is not null)
        {
            Navigation.NavigateTo(HrefOf(step));
        }
    }

    /// <summary>A stretch was drawn over, unix milliseconds.</summary>
    [JSInvokable]
    public Task ZoomAsync(double from, double to) => double.IsFinite(from) && double.IsFinite(to) && to - from >= 1000 && from > 0 && to < 32_503_680_000_000
        ? OnZoom.InvokeAsync(TimeRange.Between(DateTimeOffset.FromUnixTimeMilliseconds((long)from), DateTimeOffset.FromUnixTimeMilliseconds((long)to)))
        : Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (ReferenceEquals(sent, Series) || drawn is false)
        {
            return;
        }
        sent = Series;
        var model = new ChartModel(
            Shape.ToString(), Unit.ToString(), Group, Zone?.Id, [.. Times.Select(at => at.ToUnixTimeMilliseconds())], Series, Marks, Limit);
        try
        {
            if (firstRender)
            {
                self = DotNetObjectReference.Create(this);
                browser = await ChartBrowser.AttachAsync(Js, "./" + Assets["js/chart.js"], "/" + Assets["lib/apexcharts/apexcharts.esm.js"], plot, self, model);
                drawn = browser is not null;
                if (isGone)
                {
                    await DisposeAsync();
                }
                else if (drawn is false)
                {
                    StateHasChanged();
                }
            }
            else if (browser is not null)
            {
                await browser.UpdateAsync(model);
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone: there is nobody to draw for.
        }
        catch (Exception e) when (isGone && e is JSException or ObjectDisposedException)
        {
            // The page was left while the chart was being made.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        isGone = true;
        if (browser is { } drawing)
        {
            browser = null;
            await drawing.DisposeAsync();
        }
        self?.Dispose();
    }
}
