using System.Net;
using System.Text;

namespace Hal9.Benchmarks.Live;

/// <summary>A client of a hub, the bare one or the product's feed: SignalR's JSON protocol, without negotiation.</summary>
internal sealed class HubViewer : Viewer
{
    private const string Feed = "/hubs/feed";
    private static readonly byte[] Join = Encoding.UTF8.GetBytes("{\"type\":1,\"target\":\"WatchPulses\",\"arguments\":[]}\u001e");
    private static readonly byte[] PingBytes = Encoding.UTF8.GetBytes("{\"type\":6}\u001e");

    private Viewer? page;

    protected override bool IsBinary => false;

    protected override byte[] Ping => PingBytes;

    public static async Task<Viewer> OpenAsync(Uri server, CancellationToken cancellationToken)
    {
        var viewer = new HubViewer();
        await viewer.ConnectAsync(new Uri(server, BareHub.Path), null, "json", cancellationToken);
        return viewer;
    }

    /// <summary>The product's feed, as the page's script opens it: for what the page itself is told, that is, its viewer.</summary>
    public static async Task<Viewer> JoinAsync(Uri server, CookieContainer cookies, Viewer page, CancellationToken cancellationToken)
    {
        var viewer = new HubViewer { page = page };
        await viewer.ConnectAsync(new Uri(server, Feed), cookies, "json", cancellationToken);
        await viewer.SendAsync(Join);
        return viewer;
    }

    protected override int Take(ReadOnlySpan<byte> bytes, long at, List<byte[]> answers)
    {
        var taken = 0;
        while (bytes[taken..].IndexOf((byte)0x1e) is >= 0 and var end)
        {
            var message = bytes.Slice(taken, end);
            if (message.IndexOf("\"target\":\"pulse"u8) >= 0)
            {
                (page ?? this).See(message, at);
            }
            taken += end + 1;
        }
        return taken;
    }
}
