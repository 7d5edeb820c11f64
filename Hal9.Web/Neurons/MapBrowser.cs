using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Hal9.Web.Neurons;

/// <summary>The map's half that lives in the browser (<c>js/hierarchy.js</c>): edges and pulses, arrow keys. It sees by itself when nodes come, go or move, and hears from the feed what passes.</summary>
internal sealed class MapBrowser : IAsyncDisposable
{
    private readonly IJSObjectReference map;

    private MapBrowser(IJSObjectReference map) => this.map = map;

    public static async Task<MapBrowser> AttachAsync(IJSRuntime js, string path, ElementReference root, string library, CancellationToken cancellationToken)
    {
        await using var module = await js.InvokeAsync<IJSObjectReference>("import", cancellationToken, path);
        return new MapBrowser(await module.InvokeAsync<IJSObjectReference>("attach", cancellationToken, root, library));
    }

    /// <summary>Shows what passed at another time than now.</summary>
    public ValueTask PulseAsync(IReadOnlyList<Pulse> pulses) => map.InvokeVoidAsync("pulse", pulses);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await map.InvokeVoidAsync("dispose");
            await map.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone, and the map with it.
        }
    }
}
