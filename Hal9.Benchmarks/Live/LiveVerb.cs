using System.Diagnostics;
using System.Globalization;
using Hal9.Benchmarks.Harness;
using Hal9.Tests.Support;

namespace Hal9.Benchmarks.Live;

/// <summary>
/// <c>live</c> (P10): from an event to those who watch the live map, beside a bare SignalR hub; what a page's circuit keeps in memory; and how often a page is
/// painted when a thousand things happen a second. A viewer is a real circuit, only its browser is missing.
/// </summary>
internal static class LiveVerb
{
    private const string Hal9 = "HAL9, live map";
    private const string Hub = "bare hub";
    private const string Page = "/hierarchy";
    private const string Seen = "event to viewer, p50";
    private const string Late = "event to viewer, p95";
    private const string Figure = "event to the figures in the cards, p95";
    private const string Memory = "live heap a circuit";
    private const string Resident = "resident memory a circuit";
    private const string Cpu = "server CPU an event and viewer";
    private const string Renders = "renders a second, most of all viewers";
    private const string Messages = "pulses a second, most of all viewers";
    private const string Made = "events a second";
    private const int Slow = 10;
    private const int Fast = 1000;

    public static async Task<int> RunAsync(VerbOptions options, CancellationToken cancellationToken)
    {
        var (viewers, seconds) = options.Quick ? (50, 5) : (200, 10);
        using var data = new TempFolder();
        var (product, url) = await Child.StartOwnAsync(cancellationToken, "live-host", data.Path, "0");
        await using var _ = product;
        var (bare, hubUrl) = await Child.StartOwnAsync(cancellationToken, "bare-hub");
        await using var __ = bare;
        var (hal9, hub) = (new Uri(url), new Uri(hubUrl));
        using var browser = await CircuitViewer.SignInAsync(hal9, cancellationToken);
        var figures = new Figures();
        var sides = new List<Side>
        {
            new(Hal9, product, hal9, () => CircuitViewer.OpenAsync(browser, Page, cancellationToken)),
            new(Hub, bare, hub, () => HubViewer.OpenAsync(hub, cancellationToken)),
        };
        foreach (var side in sides)
        {
            await using var crowd = await Crowd.OpenAsync(side.Open, viewers);
            await Signals.MakeAsync(side.Url, Slow, 5, null, cancellationToken);
            await Signals.MakeAsync(side.Url, Fast, 5, null, cancellationToken);
        }
        await Rounds.RunAsync(options.RoundsOr(7, 5), sides, async side =>
        {
            var heap = await HeapAsync(side, cancellationToken);
            var resident = side.Child.Resident;
            await using var crowd = await Crowd.OpenAsync(side.Open, viewers);
            await Signals.MakeAsync(side.Url, Slow, 2, null, cancellationToken);
            await crowd.SettleAsync(cancellationToken);
            crowd.Forget();
            var cpu = side.Child.Cpu;
            var made = await Signals.MakeAsync(side.Url, Slow, seconds, null, cancellationToken);
            var used = (side.Child.Cpu - cpu).TotalMicroseconds;
            await crowd.SettleAsync(cancellationToken);
            figures.Of(side.Name, Cpu).Add(used / made.Count / viewers);
            var delays = crowd.Delays(made, viewer => viewer.Pulses, 0);
            figures.Of(side.Name, Seen).Add(Series.Quantile(delays, 0.5));
            figures.Of(side.Name, Late).Add(Series.Quantile(delays, 0.95));
            if (side.Name == Hal9)
            {
                figures.Of(side.Name, Figure).Add(Series.Quantile(crowd.Delays(made, viewer => viewer.Figures, crowd.Before(made.Count)), 0.95));
                figures.Of(side.Name, Memory).Add((await HeapAsync(side, cancellationToken) - heap) / 1024.0 / viewers);
                figures.Of(side.Name, Resident).Add((side.Child.Resident - resident) / 1024.0 / viewers);
            }
        });
        await Rounds.RunAsync(options.Quick ? 1 : 3, sides, async side =>
        {
            await using var crowd = await Crowd.OpenAsync(side.Open, viewers);
            await Signals.MakeAsync(side.Url, Fast, 2, null, cancellationToken);
            await crowd.SettleAsync(cancellationToken);
            crowd.Forget();
            var begun = Stopwatch.GetTimestamp();
            var made = await Signals.MakeAsync(side.Url, Fast, seconds, null, cancellationToken);
            var took = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            figures.Of(side.Name, Made).Add(made.Count / took);
            figures.Of(side.Name, Renders).Add(crowd.Most(viewer => viewer.Renders) / took);
            figures.Of(side.Name, Messages).Add(crowd.Most(viewer => viewer.Pulses.Count) / took);
        });

        var card = new Scorecard(options);
        card.Judge(new Judged("P10", string.Create(CultureInfo.InvariantCulture, $"event to viewer, p50 of {viewers} viewers at {Slow} Hz, of the bare hub's"), figures.Ratio(Hal9, Hub, Seen), "x", 2, 1.25, false));
        card.Judge(new Judged("P10", "the same, p95", figures.Ratio(Hal9, Hub, Late), "x", 2, 1.25, false));
        card.Judge(new Judged("P10", "live heap of a circuit that shows the map", figures.Median(Hal9, Memory), " KB", 600, 250, false));
        card.Judge(new Judged("P10", string.Create(CultureInfo.InvariantCulture, $"renders a second and viewer at {figures.Median(Hal9, Made):0} events a second"), figures.Median(Hal9, Renders), "", 10, 10, false));
        card.Show(
            figures, sides.Select(side => side.Name), (Seen, "ms"), (Late, "ms"), (Figure, "ms"), (Cpu, "us"), (Memory, "KB"), (Resident, "KB"), (Made, ""), (Renders, ""), (Messages, ""));
        card.Remark(
            "A viewer is a circuit of the product, opened and answered over its WebSocket as Blazor's script does; what a browser then needs to draw is in neither side. "
            + "An event is one signal between two neurons, put in where the engine publishes those of its runs; it is seen when its pulse along an edge has come. The heap is what lives after a full collection.");
        return card.Close();
    }

    private static async Task<long> HeapAsync(Side side, CancellationToken cancellationToken)
    {
        if (side.Name != Hal9)
        {
            return 0;
        }
        using var http = new HttpClient();
        return long.Parse(await http.GetStringAsync(new Uri(side.Url, LiveHost.Heap), cancellationToken), CultureInfo.InvariantCulture);
    }

    private sealed record Side(string Name, Child Child, Uri Url, Func<Task<Viewer>> Open)
    {
        public override string ToString() => Name;
    }
}
