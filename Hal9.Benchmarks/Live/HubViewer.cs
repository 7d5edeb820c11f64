using System.Text;

namespace Hal9.Benchmarks.Live;

/// <summary>A client of the bare hub: SignalR's JSON protocol.</summary>
internal sealed class HubViewer : Viewer
{
    private static readonly byte[] PingBytes = Encoding.UTF8.GetBytes("{\"type\":6}\u001e");

    protected override bool IsBinary => false;

    protected override byte[] Ping => PingBytes;

    public static async Task<Viewer> OpenAsync(Uri server, CancellationToken cancellationToken)
    {
        var viewer = new HubViewer();
        await viewer.ConnectAsync(new Uri(server, BareHub.Path), null, "json", cancellationToken);
        return viewer;
    }

    protected override int Take(ReadOnlySpan<byte> bytes, long at, List<byte[]> answers)
    {
        var taken = 0;
        while (bytes[taken..].IndexOf((byte)0x1e) is >= 0 and var end)
        {
            var message = bytes.Slice(taken, end);
            if (message.IndexOf("\"target\":\"pulse\""u8) >= 0)
            {
                See(message, at);
            }
            taken += end + 1;
        }
        return taken;
    }
}
