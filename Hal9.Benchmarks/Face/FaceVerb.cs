using System.Globalization;
using System.Text.RegularExpressions;
using Hal9.Benchmarks.Harness;
using Hal9.Benchmarks.Live;
using Hal9.Tests.Support;
using Microsoft.Playwright;

namespace Hal9.Benchmarks.Face;

/// <summary>
/// <c>face</c>: what a person feels, in Chromium: how soon a page is there and takes input, how long an act takes to show, whether anything jumps, whether a
/// window at 200 % zoom loses anything; and the map with a thousand neurons at 500 events a second.
/// </summary>
internal static partial class FaceVerb
{
    private const string Hal9 = "HAL9";
    private const int Neurons = 1000;
    private const int Events = 500;
    private const string Spread = "spread";

    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    public static async Task<int> RunAsync(VerbOptions options, CancellationToken cancellationToken)
    {
        if (Places.FirstOrDefault(File.Exists) is not { } chromium)
        {
            await Console.Error.WriteLineAsync("Chromium is not installed.");
            return 2;
        }
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var card = new Scorecard(options);
        var figures = new Figures();
        await PagesAsync(options, browser, card, figures, cancellationToken);
        await MapAsync(options, browser, card, figures, cancellationToken);
        card.Show(figures, [Hal9], [.. figures.NamesOf(Hal9).Select(name => (name, UnitOf(name)))]);
        return card.Close();
    }

    private static async Task PagesAsync(VerbOptions options, IBrowser browser, Scorecard card, Figures figures, CancellationToken cancellationToken)
    {
        using var data = new TempFolder();
        var (child, url) = await Child.StartOwnAsync(cancellationToken, "live-host", data.Path, "0");
        await using var _ = child;
        var server = new Uri(url);
        using var owner = await Hal9Client.SignInAsync(url, Hal9Settings.Email, Hal9Settings.Password, cancellationToken);
        var runs = new List<Guid>();
        foreach (var mode in new[] { "deep", "deep", "quick" })
        {
            runs.Add(await owner.StartRunAsync("Compare tea and coffee. List the criteria, then decide.", mode, cancellationToken));
            await owner.EndedRunAsync(runs[^1], cancellationToken);
        }
        await using var screen = await Screen.OpenAsync(browser, server, 1440, 900, 1);
        await screen.Page.FillAsync("#message", "Say hello");
        await screen.Page.PressAsync("#message", "Enter");
        await screen.Page.Locator(".answer-foot").WaitForAsync();
        var talk = new Uri(screen.Page.Url).PathAndQuery;
        string[] pages =
        [
            "/", "/chat", talk, "/hierarchy", "/hierarchy?view=table", "/runs", $"/runs/{runs[0]}", $"/runs/{runs[0]}?tab=timeline", $"/runs/compare?a={runs[0]}&b={runs[1]}",
            "/models", "/settings", "/prompts", "/shared",
        ];
        await using var zoomed = await Screen.OpenAsync(browser, server, 720, 450, 2);
        var (slowest, shift, faults) = (new Series(), new Series(), new List<string>());
        foreach (var page in pages)
        {
            var name = NumberPart().Replace(page, "…");
            await screen.GoAsync(page);
            var (moved, what) = (new Series(), "");
            for (var i = 0; i < options.RoundsOr(5, 3); i++)
            {
                var (painted, live) = await screen.GoAsync(page);
                figures.Of(Hal9, $"{name}: painted").Add(painted);
                figures.Of(Hal9, $"{name}: live").Add(live);
                await screen.Page.WaitForTimeoutAsync(1000);
                moved.Add(await screen.ShiftAsync());
                what = moved.Highest > 0 && what.Length == 0 ? await screen.MovedAsync() : what;
            }
            slowest.Add(figures.Median(Hal9, $"{name}: live"));
            shift.Add(moved.Highest);
            if (moved.Highest > 0)
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"{name} shifts by {moved.Highest:0.0000}: {what}"));
            }
            var controls = await screen.ControlsAsync();
            await zoomed.GoAsync(page);
            await zoomed.Page.WaitForTimeoutAsync(500);
            faults.AddRange((await zoomed.SticksOutAsync()).Select(wide => $"{name} at 200 %: {wide}"));
            var lost = controls.Except(await zoomed.ControlsAsync()).ToList();
            if (lost.Count > 0)
            {
                faults.Add($"{name} at 200 % does not show: {string.Join(", ", lost)}");
            }
        }
        await ActsAsync(options, screen, runs[0], figures);
        card.Judge(new Judged("pages", "navigation until the page takes input, warm, slowest of all pages", slowest.Highest, " ms", 1000, 1000, false));
        card.Judge(new Judged("pages", "act until its effect stands, slowest kind", figures.NamesOf(Hal9).Where(n => n.StartsWith("act: ", StringComparison.Ordinal)).Max(n => figures.Median(Hal9, n)), " ms", 100, 100, false));
        card.Judge(new Judged("pages", "cumulative layout shift, most of all pages", shift.Highest, "", 0.01, 0, false));
        faults.ForEach(card.Remark);
    }

    private static async Task ActsAsync(VerbOptions options, Screen screen, Guid run, Figures figures)
    {
        for (var i = 0; i < options.RoundsOr(7, 5); i++)
        {
            await screen.GoAsync($"/runs/{run}");
            figures.Of(Hal9, "act: another tab of a run").Add(await screen.UntilAsync("document.querySelector('.tab[href*=timeline]').click()", "document.querySelector('.waterfall')"));
            figures.Of(Hal9, "act: open the palette").Add(await screen.UntilAsync(
                "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', code: 'KeyK', ctrlKey: true, bubbles: true }))", "document.querySelector('#palette')?.open && document.querySelector('#palette [role=option]')"));
            await screen.Page.Keyboard.PressAsync("Escape");
            await screen.GoAsync("/hierarchy");
            await screen.Page.Locator(".hierarchy[data-ready]").WaitForAsync();
            figures.Of(Hal9, "act: select a neuron").Add(await screen.UntilAsync("document.querySelector('[data-neuron=analyst]').click()", "document.querySelector('.panel h2')"));
            figures.Of(Hal9, "act: map to table").Add(await screen.UntilAsync("document.querySelector('.map-views a[href*=table]').click()", "document.querySelector('.map-main .table')"));
            figures.Of(Hal9, "act: from the map to the runs").Add(await screen.UntilAsync("document.querySelector('.rail a[href$=runs]').click()", "document.querySelector('h1')?.textContent.trim() === 'Runs' && document.querySelector('.table tbody tr')"));
        }
    }

    private static async Task MapAsync(VerbOptions options, IBrowser browser, Scorecard card, Figures figures, CancellationToken cancellationToken)
    {
        var seconds = options.Quick ? 20 : 60;
        using var data = new TempFolder();
        var (child, url) = await Child.StartOwnAsync(cancellationToken, "live-host", data.Path, Neurons.ToString(CultureInfo.InvariantCulture));
        await using var _ = child;
        var server = new Uri(url);
        await using var screen = await Screen.OpenAsync(browser, server, 1440, 900, 1);
        var batches = 0;
        screen.Page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) =>
            batches += frame.Binary is { } bytes && bytes.AsSpan().IndexOf("JS.RenderBatch"u8) >= 0 ? 1 : 0;
        await screen.GoAsync("/hierarchy");
        await screen.Page.Locator(".hierarchy[data-ready]").WaitForAsync();
        await Signals.MakeAsync(server, Events, 5, Spread, cancellationToken);
        // What follows presses by script, which counts as nobody's doing: only what moves by itself is judged.
        var (shift, moved) = (await screen.ShiftAsync(), await screen.MovedAsync());
        var (before, cpu, resident) = (batches, child.Cpu, child.Resident);
        var load = Signals.MakeAsync(server, Events, seconds, Spread, cancellationToken);
        var frames = screen.Page.EvaluateAsync<double[]>("""
            async milliseconds => {
                const begun = performance.now();
                const frames = [];
                for (let last = begun; last - begun < milliseconds;) {
                    const now = await new Promise(requestAnimationFrame);
                    frames.push(now - last);
                    last = now;
                }
                return frames;
            }
            """, (seconds - 2) * 1000);
        var acts = new List<double>();
        for (var i = 0; !load.IsCompleted; i++)
        {
            await screen.Page.FocusAsync(".map-bar input");
            await screen.Page.Keyboard.PressAsync("a");
            await screen.Page.Keyboard.PressAsync("Backspace");
            acts.Add(await screen.UntilAsync(
                i % 2 == 0 ? "document.querySelector('[data-neuron=strategist]').click()" : "document.querySelector('.panel .icon-button').click()",
                i % 2 == 0 ? "document.querySelector('.panel h2')" : "!document.querySelector('.panel')"));
            await screen.Page.WaitForTimeoutAsync(400);
        }
        var made = await load;
        var times = await frames;
        var took = (double)seconds;
        figures.Of(Hal9, "map: events a second").Add(made.Count / took);
        figures.Of(Hal9, "map: render batches a second").Add((batches - before) / took);
        figures.Of(Hal9, "map: frame, p50").Add(Series.Quantile(times, 0.5));
        figures.Of(Hal9, "map: frame, p95").Add(Series.Quantile(times, 0.95));
        figures.Of(Hal9, "map: frame, longest").Add(times.Max());
        figures.Of(Hal9, "map: frames beyond 50 ms, of a hundred").Add(100.0 * times.Count(t => t > 50) / times.Length);
        figures.Of(Hal9, "map: key to the next frame, p95").Add(Series.Quantile(await screen.Page.EvaluateAsync<double[]>("() => window.keys"), 0.95));
        figures.Of(Hal9, "map: click to the panel and back, p50").Add(Series.Quantile(acts, 0.5));
        figures.Of(Hal9, "map: click to the panel and back, p95").Add(Series.Quantile(acts, 0.95));
        figures.Of(Hal9, "map: elements in the page").Add(await screen.Page.EvaluateAsync<int>("() => document.querySelectorAll('*').length"));
        figures.Of(Hal9, "map: layout shift").Add(shift);
        figures.Of(Hal9, "map: server CPU, of one core").Add((child.Cpu - cpu).TotalSeconds / took);
        figures.Of(Hal9, "map: server memory grown by").Add((child.Resident - resident) / 1024.0 / 1024);
        card.Judge(new Judged("map", string.Create(CultureInfo.InvariantCulture, $"render batches a second, {Neurons} neurons, {Events} events a second"), figures.Median(Hal9, "map: render batches a second"), "", 10, 5, false));
        card.Judge(new Judged("map", "key to the next frame, p95", figures.Median(Hal9, "map: key to the next frame, p95"), " ms", 100, 50, false));
        card.Judge(new Judged("map", "click to the panel and back, p50", figures.Median(Hal9, "map: click to the panel and back, p50"), " ms", 100, 50, false));
        if (shift > 0)
        {
            card.Remark("The map shifts by: " + moved);
        }
        card.Judge(new Judged("map", "frame, p95", figures.Median(Hal9, "map: frame, p95"), " ms", 50, 17, false));
    }

    private static string UnitOf(string name) => name switch
    {
        _ when name.Contains("grown", StringComparison.Ordinal) => "MB",
        _ when name.Contains("a second", StringComparison.Ordinal) || name.Contains(" of ", StringComparison.Ordinal) || name.Contains("shift", StringComparison.Ordinal) || name.Contains("elements", StringComparison.Ordinal) => "",
        _ => "ms",
    };

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f-]{27}")]
    private static partial Regex NumberPart();
}
