using System.Net;
using System.Net.Sockets;

namespace Hal9.Tests.Support;

/// <summary>Stands before a server and cuts each connection after so many bytes of its answer: with a reset, or as if it had ended well.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Uri target;
    private readonly Func<(int After, bool Reset)?> next;
    private readonly Task accepting;

    /// <param name="target">The server behind it.</param>
    /// <param name="next">Where the next connection is cut; null: nowhere.</param>
    public CuttingProxy(Uri target, Func<(int After, bool Reset)?> next)
    {
        (this.target, this.next) = (target, next);
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>The address of the server, through here.</summary>
    public string Url => new UriBuilder(target) { Port = ((IPEndPoint)listener.LocalEndpoint).Port }.Uri.ToString().TrimEnd('/');

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> open = [];
        try
        {
            while (true)
            {
                open.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
        }
        await Task.WhenAll(open);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                var cut = next();
                await server.ConnectAsync(target.Host, target.Port, stop.Token);
                using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
                var up = CopyAsync(client.GetStream(), server.GetStream(), int.MaxValue, ending.Token);
                var down = CopyAsync(server.GetStream(), client.GetStream(), cut?.After ?? int.MaxValue, ending.Token);
                await Task.WhenAny(up, down);
                if (down.IsCompleted && cut?.Reset == true)
                {
                    client.LingerState = new LingerOption(true, 0);
                }
                await ending.CancelAsync();
                await Task.WhenAll(up, down);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Either side is gone: so is the connection.
            }
        }
    }

    private static async Task CopyAsync(NetworkStream from, NetworkStream to, int left, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        try
        {
            while (left > 0 && await from.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, left)), cancellationToken) is > 0 and var read)
            {
                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                left -= read;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }
}
