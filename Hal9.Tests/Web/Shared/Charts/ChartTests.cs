using Bunit;
using Hal9.Tests.Support;
using Hal9.Web.Shared.Charts;
using Hal9.Web.Shared.Times;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.JSInterop;

namespace Hal9.Tests.Web.Shared.Charts;

public sealed class ChartTests : PartsContext
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
    private static readonly ChartSeries[] Series = [new("Spend", "second", [1, null], ["$1.00", "–"]), new("More", "first", [2, 3], ["2", "3"])];

    [Fact]
    public void Chart_WithoutItsLibrary_IsATableOfTheSameNumbers()
    {
        Services.AddSingleton<IJSRuntime>(new BrowserWithoutLibrary());

        var chart = Show();

        Assert.Empty(chart.FindAll(".chart-plot"));
        Assert.Contains("not part of this build", chart.Find(".chart-note").TextContent, StringComparison.Ordinal);
        Assert.Equal(["27 Nov, 12:01|–|3", "27 Nov, 12:00|$1.00|2"], chart.FindAll("tbody tr").Select(row => string.Join('|', row.Children.Select(cell => cell.TextContent.Trim()))));
        Assert.Equal("/runs?step=1", chart.Find("tbody a").GetAttribute("href"));
    }

    [Fact]
    public void Chart_ThatIsDrawn_HidesItsTableUntilItIsAskedFor()
    {
        var module = JSInterop.SetupModule(_ => true);
        module.SetupModule("attach", _ => true);

        var chart = Show();
        Assert.Empty(chart.FindAll("table"));
        Assert.Equal("true", chart.Find(".chart-plot").GetAttribute("aria-hidden"));
        chart.Find("button").Click();

        Assert.Equal(2, chart.FindAll("tbody tr").Count);
        Assert.Equal("true", chart.Find("button").GetAttribute("aria-expanded"));
    }

    [Fact]
    public async Task Chart_SendsNewNumbersOnlyWhenThereAreNew()
    {
        var drawn = JSInterop.SetupModule(_ => true).SetupModule("attach", _ => true);
        drawn.SetupVoid("update", _ => true).SetVoidResult();
        drawn.SetupVoid("dispose").SetVoidResult();
        var chart = Show();

        chart.Render();
        Assert.Empty(drawn.Invocations["update"]);
        chart.Render(p => p.Add(c => c.Series, [.. Series]));
        Assert.Single(drawn.Invocations["update"]);
        await DisposeComponentsAsync();

        Assert.Single(drawn.Invocations["dispose"]);
    }

    [Fact]
    public async Task Chart_WhenAStepIsPickedOrAStretchDrawnOver_LeadsThere()
    {
        JSInterop.SetupModule(_ => true).SetupModule("attach", _ => true);
        TimeRange? wanted = null;
        var chart = Show(range => wanted = range);

        await chart.InvokeAsync(() => chart.Instance.ZoomAsync(Noon.ToUnixTimeMilliseconds(), Noon.AddMinutes(5).ToUnixTimeMilliseconds()));
        await chart.InvokeAsync(() => chart.Instance.ZoomAsync(double.NaN, 1));
        await chart.InvokeAsync(() => chart.Instance.Pick(7, -1));
        await chart.InvokeAsync(() => chart.Instance.Pick(1, -1));

        Assert.Equal(TimeRange.Between(Noon, Noon.AddMinutes(5)), wanted);
        Assert.Equal("http://localhost/runs?step=1", Services.GetRequiredService<NavigationManager>().Uri);
    }

    [Fact]
    public async Task Chart_ThatIsLeftWhileItIsBeingMade_FailsNoPage()
    {
        var slow = new SlowBrowser();
        Services.AddSingleton<IJSRuntime>(slow);
        var chart = Show();

        await DisposeComponentsAsync();
        slow.Module.SetResult(slow);

        await slow.Attached.Task.WaitAsync(TimeSpan.FromSeconds(30), Xunit.TestContext.Current.CancellationToken);
        Assert.True(slow.WasRefused);
        Assert.False(Renderer.UnhandledException.IsCompleted, Renderer.UnhandledException.IsCompleted ? (await Renderer.UnhandledException).ToString() : "");
        GC.KeepAlive(chart);
    }

    private IRenderedComponent<Chart> Show(Action<TimeRange>? onZoom = null) => Render<Chart>(p => p
        .Add(c => c.Label, "Spend").Add(c => c.Times, [Noon, Noon.AddMinutes(1)]).Add(c => c.Series, Series).Add(c => c.HrefOf, step => $"/runs?step={step}").Add(c => c.OnZoom, onZoom ?? (_ => { })));

    /// <summary>Its module comes late, and it looks at what it is handed, as the real one does.</summary>
    private sealed class SlowBrowser : IJSRuntime, IJSObjectReference
    {
        public TaskCompletionSource<IJSObjectReference> Module { get; } = new();

        public TaskCompletionSource Attached { get; } = new();

        public bool WasRefused { get; private set; }

        public async ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args)
        {
            if (identifier == "import")
            {
                return (TValue)await Module.Task;
            }
            try
            {
                _ = args!.OfType<DotNetObjectReference<Chart>>().Single().Value;
                return default!;
            }
            catch (ObjectDisposedException)
            {
                WasRefused = true;
                throw;
            }
            finally
            {
                Attached.SetResult();
            }
        }

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => InvokeAsync<TValue>(identifier, args);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Its module finds nothing to draw with.</summary>
    private sealed class BrowserWithoutLibrary : IJSRuntime, IJSObjectReference
    {
        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => ValueTask.FromResult(identifier == "import" ? (TValue)(object)this : default!);

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => InvokeAsync<TValue>(identifier, args);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
