using Hal9.Benchmarks.Live;

namespace Hal9.Benchmarks.History;

/// <summary>The live feed while something else is measured: ten people watch the map, fifty events a second, and two runs a second that are asked and answered.</summary>
internal sealed class Feed : IAsyncDisposable
{
    private const int Viewers = 10;
    private const int Events = 50;
    private static readonly TimeSpan BetweenRuns = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Viewer> viewers = [];
    private Task signals = Task.CompletedTask;
    private Task runs = Task.CompletedTask;

    public static async Task<Feed> StartAsync(FilledHost host, CancellationToken cancellationToken)
    {
        var feed = new Feed();
        for (var i = 0; i < Viewers; i++)
        {
            feed.viewers.Add(await CircuitViewer.OpenAsync(host.Pages, "/hierarchy", cancellationToken));
        }
        feed.signals = feed.SignalAsync(host);
        feed.runs = feed.AskAsync(host);
        return feed;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(signals, runs);
        foreach (var viewer in viewers)
        {
            await viewer.DisposeAsync();
        }
        stopping.Dispose();
    }

    private async Task SignalAsync(FilledHost host)
    {
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                await Signals.MakeAsync(host.Url, Events, 2, "spread", stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task AskAsync(FilledHost host)
    {
        using var timer = new PeriodicTimer(BetweenRuns);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
            {
                await host.Api.StartRunAsync("Say hello.", "quick", stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
