using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Hal9.Web.Neurons;

/// <summary>The map's half that lives in the browser (<c>js/hierarchy.js</c>): edges and pulses, arrow keys. It sees by itself when nodes come, go or move. It goes with the page's circuit.</summary>
internal sealed class MapBrowser
{
    private readonly IJSObjectReference map;

    private MapBrowser(IJSObjectReference map) => this.map = map;

    public static async Task<MapBrowser> AttachAsync(IJSRuntime js, string path, ElementReference root, CancellationToken cancellationToken)
    {
        await using var module = await js.InvokeAsync<IJSObjectReference>("import", cancellationToken, path);
        return new MapBrowser(await module.InvokeAsync<IJSObjectReference>("attach", cancellationToken, root));
    }

    /// <summary>Shows what passed.</summary>
    public ValueTask PulseAsync(IReadOnlyList<Pulse> pulses) => map.InvokeVoidAsync("pulse", pulses);
}
