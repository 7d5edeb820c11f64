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
/// The live map: each neuron's state and load, and what passes between them. What passes the browser's half hears from the feed (<c>Api/FeedHub</c>), as all
/// who look; the figures follow from here, at most four times a second. The address holds selection, filters and view.
/// </summary>
public sealed partial class HierarchyPage(MonitoringService monitoring, CurrentActor currentActor, NavigationManager navigation, IJSRuntime js, ILogger<HierarchyPage> log)
{
    private const string TableView = "table";
    private const int MostRows = 50;
    private static readonly TimeSpan Afterglow = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RepaintEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MostFiguresAfter = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
    private static readonly Layer[] Layers = [Layer.L4, Layer.L3, Layer.L2];
    private readonly TimeSpan phase = MostFiguresAfter * Random.Shared.NextDouble();
    private Actor actor = default!;
    private HierarchyActivity? now;
    private IReadOnlyList<NeuronActivity> neurons = [];
    private IReadOnlyList<NeuronActivity> shown = [];
    private IReadOnlySet<string>? followed;
    private MapLayout drawn = MapLayout.Empty;
    private Failure? failure;
    private ElementReference root;
    private Pane? mapPane;
    private Pane? panelPane;
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

    /// <summary>Which page of the table, from 1.</summary>
    [SupplyParameterFromQuery(Name = "page")] public int? PageNumberAsked { get; set; }

    [CascadingParameter] private ViewerClock Clock { get; set; } = ViewerClock.Utc;

    private bool IsTable => View == TableView;

    private bool IsLive => !paused && back == 0;

    private NeuronActivity? Selected => neurons.FirstOrDefault(neuron => neuron.Name == Name);

    private SignalWindow Window => new(now?.Signals ?? []);

    private int PageNumber => Math.Clamp(PageNumberAsked ?? 1, 1, Math.Max(1, (shown.Count + MostRows - 1) / MostRows));

    private int FirstRow => (PageNumber - 1) * MostRows;

    private IReadOnlyList<NeuronActivity> TablePage => [.. shown.Skip(FirstRow).Take(MostRows)];

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        actor = await currentActor.GetAsync();
        if (Inherit<HierarchyActivity>(actor) is { } known)
        {
            (now, neurons) = (known, known.Neurons);
            return;
        }
        await LoadAsync();
        if (now is not null)
        {
            Bequeath(actor, now);
        }
    }

    /// <inheritdoc/>
    protected override void OnParametersSet() => LayOut();

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            browser = await MapBrowser.AttachAsync(js, "./" + Assets["js/hierarchy.js"], root, "/" + Assets["lib/signalr/signalr.min.js"], Stopping);
            await PaceAsync(ChangesAsync(), RepaintEvery, _ => RepaintAsync());
        }
    }

    /// <inheritdoc/>
    protected override ValueTask LeaveAsync() => browser?.DisposeAsync() ?? ValueTask.CompletedTask;

    // What ends without a signal of its own (a place that was waited for, say) is seen by the clock.
    private async IAsyncEnumerable<int> ChangesAsync()
    {
        while (true)
        {
            // Asked for before what is read now, so that nothing falls between.
            using var either = CancellationTokenSource.CreateLinkedTokenSource(Stopping);
            var changed = monitoring.ChangedAsync(actor, either.Token);
            yield return 0;
            await Task.WhenAny(changed, Task.Delay(LookEvery, either.Token));
            await either.CancelAsync();
            Stopping.ThrowIfCancellationRequested();
        }
    }

    private async Task RepaintAsync()
    {
        var (before, failed) = (neurons, failure);
        if (IsLive)
        {
            await LoadAsync();
            // All pages get the shared reading at one moment: painted at one moment too, with many of them open, they would hold up everybody's pulses.
            await Task.Delay(phase, Stopping);
            if (failure is not null || failed is not null)
            {
                StateHasChanged();
            }
            else if (!neurons.SequenceEqual(before))
            {
                mapPane?.Repaint();
                if (Selected is not null)
                {
                    panelPane?.Repaint();
                }
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
                LayOut();
            }
        }
        catch (Exception e) when (!Stopping.IsCancellationRequested)
        {
            failure = Failure.Of(e, log);
        }
    }

    private void LayOut()
    {
        shown = [.. neurons.Where(neuron =>
            (string.IsNullOrEmpty(LayerName) || neuron.Layer.ToString() == LayerName)
            && (string.IsNullOrEmpty(State) || neuron.State.ToString() == State)
            && (string.IsNullOrWhiteSpace(Text) || neuron.Name.Contains(Text.Trim(), StringComparison.OrdinalIgnoreCase) || neuron.Role.Contains(Text.Trim(), StringComparison.CurrentCultureIgnoreCase)))];
        followed = RunId is { } run ? Window.InRun(run) : null;
        drawn = IsTable ? MapLayout.Empty : MapLayout.Of(shown, Name, followed);
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
        // The page may have stood still for long: what has passed since then can be looked back at, too.
        now = await monitoring.NowAsync(actor, Stopping);
        neurons = Window.At(now.Neurons, at);
        LayOut();
        if (browser is not null)
        {
            await browser.PulseAsync(drawn.Drawn(Window.PulsesBefore(at, Afterglow)));
        }
    }

    private void Show(string? text = null, string? layer = null, string? state = null) => navigation.NavigateTo(Address(text: text, layer: layer, state: state), replace: true);

    // Null keeps what the address has, an empty text takes it away. Other rows begin at the first page.
    private string Address(string? neuron = null, string? view = null, string? layer = null, string? state = null, string? text = null, string? run = null, int? page = null) => Urls.Hierarchy(
        neuron ?? Name, view ?? View, layer ?? LayerName, state ?? State, text ?? Text, run ?? RunId?.ToString(),
        (page ?? (neuron is null ? null : PageNumberAsked)) is { } number and > 1 ? number.ToString(CultureInfo.InvariantCulture) : null);
}
