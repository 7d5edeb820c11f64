using System.Globalization;
using Hal9.Engine.Events;
using Hal9.Engine.Monitoring;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Hal9.Web.Neurons;

/// <summary>
/// The live map: each neuron's state and load, and what passes between them. Signals are gathered here and sent to the browser's half at most four
/// times a second, as counts; the markup is repainted at the same rate. The address holds selection, filters and view.
/// </summary>
public sealed partial class HierarchyPage(MonitoringService monitoring, CurrentActor currentActor, NavigationManager navigation, IJSRuntime js, ILogger<HierarchyPage> log)
{
    private const string TableView = "table";
    private static readonly TimeSpan Afterglow = TimeSpan.FromSeconds(10);
    private static readonly Layer[] Layers = [Layer.L4, Layer.L3, Layer.L2];
    private readonly SignalWindow window = new();
    private Actor actor = default!;
    private HierarchyActivity? now;
    private IReadOnlyList<NeuronActivity> neurons = [];
    private Failure? failure;
    private ElementReference root;
    private MapBrowser? browser;
    private bool paused;
    private int back;

    /// <summary>The neuron in the panel.</summary>
    [SupplyParameterFromQuery(Name = "neuron")] public string? Name { get; set; }

    /// <summary><c>table</c>: the same as a table.</summary>
    [SupplyParameterFromQuery(Name = "view")] public string? View { get; set; }

    /// <summary>A <see cref="Layer"/>.</summary>
    [SupplyParameterFromQuery(Name = "layer")] public string? LayerName { get; set; }

    /// <summary>A <see cref="NeuronState"/>.</summary>
    [SupplyParameterFromQuery(Name = "state")] public string? State { get; set; }

    /// <summary>What name or role contain.</summary>
    [SupplyParameterFromQuery(Name = "q")] public string? Text { get; set; }

    /// <summary>The run that is followed: neurons without a part in it are dimmed.</summary>
    [SupplyParameterFromQuery(Name = "run")] public Guid? RunId { get; set; }

    [CascadingParameter] private ViewerClock Clock { get; set; } = ViewerClock.Utc;

    private bool IsTable => View == TableView;

    private bool IsLive => !paused && back == 0;

    private NeuronActivity? Selected => neurons.FirstOrDefault(neuron => neuron.Name == Name);

    private IReadOnlyList<NeuronActivity> Shown => [.. neurons.Where(neuron =>
        (string.IsNullOrEmpty(LayerName) || neuron.Layer.ToString() == LayerName)
        && (string.IsNullOrEmpty(State) || neuron.State.ToString() == State)
        && (string.IsNullOrWhiteSpace(Text) || neuron.Name.Contains(Text.Trim(), StringComparison.OrdinalIgnoreCase) || neuron.Role.Contains(Text.Trim(), StringComparison.CurrentCultureIgnoreCase)))];

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        actor = await currentActor.GetAsync();
        await LoadAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            browser = await MapBrowser.AttachAsync(js, "./" + Assets["js/hierarchy.js"], root, Stopping);
            _ = WatchAsync(TickAsync(), _ => { }, LoadAsync);
            await WatchAsync(monitoring.WatchAsync(actor, Stopping), window.Add, RefreshAsync);
        }
        else if (browser is not null)
        {
            await browser.DrawAsync();
        }
    }

    // What ends without a signal of its own (a place that was waited for, say) is seen by the clock.
    private async IAsyncEnumerable<int> TickAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2));
        while (await timer.WaitForNextTickAsync(Stopping))
        {
            yield return 0;
        }
    }

    private async Task RefreshAsync()
    {
        var pulses = window.TakePulses();
        if (IsLive)
        {
            await LoadAsync();
            if (browser is not null && pulses.Count > 0)
            {
                await browser.PulseAsync(pulses);
            }
        }
    }

    private async Task LoadAsync()
    {
        try
        {
            if (IsLive || now is null || failure is not null)
            {
                now = await monitoring.NowAsync(actor, Stopping);
                neurons = now.Neurons;
                failure = null;
            }
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }

    private async Task ToggleLive()
    {
        paused = IsLive;
        back = 0;
        await LoadAsync();
    }

    private Task LookBackAsync(ChangeEventArgs e) => LookBackAsync(-int.Parse(e.Value?.ToString() ?? "0", CultureInfo.InvariantCulture));

    private async Task LookBackAsync(int seconds)
    {
        back = Math.Clamp(seconds, 0, 900);
        if (back == 0)
        {
            paused = false;
            await LoadAsync();
            return;
        }
        var at = Clock.Now - TimeSpan.FromSeconds(back);
        neurons = window.At(now?.Neurons ?? [], at);
        if (browser is not null)
        {
            await browser.PulseAsync(window.PulsesBefore(at, Afterglow));
        }
    }

    private void Show(string? text = null, string? layer = null, string? state = null) => navigation.NavigateTo(Address(text: text, layer: layer, state: state), replace: true);

    // Null keeps what the address has, an empty text takes it away.
    private string Address(string? neuron = null, string? view = null, string? layer = null, string? state = null, string? text = null, string? run = null) =>
        Urls.Hierarchy(neuron ?? Name, view ?? View, layer ?? LayerName, state ?? State, text ?? Text, run ?? RunId?.ToString());
}
