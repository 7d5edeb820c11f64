using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Hal9.Web.Shared.Charts;

/// <summary>A chart's half that lives in the browser (<c>js/chart.js</c>): draws with ApexCharts.</summary>
internal sealed class ChartBrowser : IAsyncDisposable
{
    private readonly IJSObjectReference chart;

    private ChartBrowser(IJSObjectReference chart) => this.chart = chart;

    /// <summary>Draws; null when the library is not there, as in a build without npm.</summary>
    public static async Task<ChartBrowser?> AttachAsync<T>(IJSRuntime js, string path, string library, ElementReference root, DotNetObjectReference<T> owner, ChartModel model)
        where T : class
    {
        await using var module = await js.InvokeAsync<IJSObjectReference>("import", path);
        return await module.InvokeAsync<IJSObjectReference?>("attach", root, owner, library, model) is { } chart ? new ChartBrowser(chart) : null;
    }

    /// <summary>Draws other numbers.</summary>
    public ValueTask UpdateAsync(ChartModel model) => chart.InvokeVoidAsync("update", model);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await chart.InvokeVoidAsync("dispose");
            await chart.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone, and the chart with it.
        }
    }
}

/// <summary>What the browser draws.</summary>
internal sealed record ChartModel(
    string Shape, string Unit, string? Group, string? Zone, IReadOnlyList<long> Times, IReadOnlyList<ChartSeries> Series, IReadOnlyList<int> Marks, ChartLimit? Limit);
