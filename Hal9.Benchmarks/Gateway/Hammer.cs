using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Hal9.Benchmarks.Gateway;

/// <summary>What a burst of requests found.</summary>
internal sealed record Burst(int Requests, TimeSpan Took, IReadOnlyList<double> Milliseconds)
{
    public double PerSecond => Requests / Took.TotalSeconds;
}

/// <summary>
/// The load generator of all sides: keeps so many connections busy, each with one request at a time, by raw sockets in this process, so that it costs
/// little of the processors that the sides need. Every answer is read to its end and must be a 200 that holds the expected text.
/// </summary>
internal sealed class Hammer(Uri address, string path, string? bearer, byte[] body, string expected, IReadOnlyDictionary<string, string>? headers = null)
{
    private readonly byte[] request = Compose(address, path, bearer, body, headers);
    private readonly byte[] mark = Encoding.UTF8.GetBytes(expected);

    public async Task<Burst> RunAsync(int connections, TimeSpan time, CancellationToken cancellationToken)
    {
        var all = new List<double>[connections];
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(i => Task.Run(() => WorkAsync(all[i] = [], begun, time, cancellationToken), cancellationToken)));
        var took = Stopwatch.GetElapsedTime(begun);
        return new Burst(all.Sum(one => one.Count), took, [.. all.SelectMany(one => one)]);
    }

    private async Task WorkAsync(List<double> times, long begun, TimeSpan time, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port), cancellationToken);
        var buffer = new byte[64 * 1024];
        while (Stopwatch.GetElapsedTime(begun) < time)
        {
            var sent = Stopwatch.GetTimestamp();
            await socket.SendAsync(request, cancellationToken);
            await ReadAsync(socket, buffer, cancellationToken);
            times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }
    }

    private async Task ReadAsync(Socket socket, byte[] buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (true)
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(filled), cancellationToken);
            if (count == 0)
            {
                throw new IOException($"{address} closed the connection:\n{Encoding.UTF8.GetString(buffer, 0, filled)}");
            }
            filled += count;
            if (IsWhole(buffer.AsSpan(0, filled)))
            {
                break;
            }
        }
        var answer = buffer.AsSpan(0, filled);
        if (!answer.StartsWith("HTTP/1.1 200"u8) || answer.IndexOf(mark) < 0)
        {
            throw new InvalidOperationException($"{address} gave something else than asked for:\n{Encoding.UTF8.GetString(answer)}");
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }
        var head = answer[..end];
        var at = IndexOfName(head, "content-length:"u8);
        if (at >= 0)
        {
            var rest = head[at..];
            var line = rest.IndexOf((byte)'\r');
            var length = int.Parse(Encoding.ASCII.GetString(line < 0 ? rest : rest[..line]), CultureInfo.InvariantCulture);
            return answer.Length >= end + 4 + length;
        }
        return answer.EndsWith("0\r\n\r\n"u8);
    }

    private static int IndexOfName(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        for (var i = 0; i + name.Length <= head.Length; i++)
        {
            if (Ascii.EqualsIgnoreCase(head.Slice(i, name.Length), name))
            {
                return i + name.Length;
            }
        }
        return -1;
    }

    private static byte[] Compose(Uri address, string path, string? bearer, byte[] body, IReadOnlyDictionary<string, string>? headers)
    {
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n");
        if (bearer is not null)
        {
            head.Append(CultureInfo.InvariantCulture, $"Authorization: Bearer {bearer}\r\n");
        }
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }
        return [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body];
    }
}
