using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace Hal9.Benchmarks.Live;

/// <summary>Somebody who watches over a WebSocket, without a browser: what came when. The same reader for all sides; each side frames and answers in its own way.</summary>
internal abstract class Viewer : IAsyncDisposable
{
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(10);
    private readonly ClientWebSocket socket = new();
    private readonly SemaphoreSlim sending = new(1);
    private readonly CancellationTokenSource stopping = new();
    private byte[] buffer = new byte[16 * 1024];
    private Task reading = Task.CompletedTask;

    /// <summary>When pulses came, with how many had come until then.</summary>
    public List<(long At, int Total)> Pulses { get; } = [];

    /// <summary>When figures came, with the highest count of steps that had come until then.</summary>
    public List<(long At, int Total)> Figures { get; } = [];

    /// <summary>Render batches so far.</summary>
    public int Renders { get; protected set; }

    /// <summary>Bytes received so far.</summary>
    public long Received { get; private set; }

    /// <summary>Begins to count anew.</summary>
    public void Forget()
    {
        Pulses.Clear();
        Figures.Clear();
        (Renders, Received) = (0, 0);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        socket.Abort();
        try
        {
            await reading;
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
        }
        await LeaveAsync();
        socket.Dispose();
        sending.Dispose();
        stopping.Dispose();
    }

    /// <summary>Connects and shakes hands; from then on messages are read.</summary>
    protected async Task ConnectAsync(Uri address, CookieContainer? cookies, string protocol, CancellationToken cancellationToken)
    {
        socket.Options.Cookies = cookies;
        socket.Options.SetRequestHeader("Origin", address.GetLeftPart(UriPartial.Authority));
        await socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws" }.Uri, cancellationToken);
        await socket.SendAsync(Encoding.UTF8.GetBytes($$"""{"protocol":"{{protocol}}","version":1}""" + "\u001e"), WebSocketMessageType.Text, true, cancellationToken);
        var answer = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
        if (!buffer.AsSpan(0, answer.Count).SequenceEqual("{}\u001e"u8))
        {
            throw new InvalidOperationException($"{address} did not shake hands: {Encoding.UTF8.GetString(buffer, 0, answer.Count)}");
        }
        reading = Task.WhenAll(ReadAsync(), PingAsync());
    }

    protected async Task SendAsync(byte[] message)
    {
        await sending.WaitAsync(stopping.Token);
        try
        {
            await socket.SendAsync(message.AsMemory(), IsBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text, true, stopping.Token);
        }
        finally
        {
            sending.Release();
        }
    }

    protected abstract bool IsBinary { get; }

    protected abstract byte[] Ping { get; }

    /// <summary>Takes whole messages from the front; returns how many bytes they had. What must be answered goes to the list.</summary>
    protected abstract int Take(ReadOnlySpan<byte> bytes, long at, List<byte[]> answers);

    /// <summary>Says goodbye as a closed page does.</summary>
    protected virtual Task LeaveAsync() => Task.CompletedTask;

    /// <summary>The connection failed while it was still wanted.</summary>
    protected virtual void Fail(Exception exception)
    {
    }

    /// <summary>Pulses came: their counts stand in their JSON on every side.</summary>
    internal void See(ReadOnlySpan<byte> json, long at)
    {
        var total = Pulses.Count == 0 ? 0 : Pulses[^1].Total;
        while (json.IndexOf("\"count\":"u8) is >= 0 and var place)
        {
            json = json[(place + 8)..];
            total += NumberAt(json);
        }
        Pulses.Add((at, total));
    }

    protected static int NumberAt(ReadOnlySpan<byte> text)
    {
        var number = 0;
        foreach (var digit in text)
        {
            if (digit is >= (byte)'0' and <= (byte)'9')
            {
                number = (number * 10) + digit - '0';
            }
            else if (digit != ',')
            {
                break;
            }
        }
        return number;
    }

    private async Task ReadAsync()
    {
        var held = 0;
        var answers = new List<byte[]>();
        try
        {
            while (true)
            {
                if (held == buffer.Length)
                {
                    Array.Resize(ref buffer, 2 * buffer.Length);
                }
                var got = await socket.ReceiveAsync(buffer.AsMemory(held), stopping.Token);
                var at = Stopwatch.GetTimestamp();
                if (got.MessageType == WebSocketMessageType.Close)
                {
                    throw new InvalidOperationException($"The server closed the connection: {socket.CloseStatusDescription}");
                }
                (held, Received) = (held + got.Count, Received + got.Count);
                var taken = Take(buffer.AsSpan(0, held), at, answers);
                buffer.AsSpan(taken, held - taken).CopyTo(buffer);
                held -= taken;
                foreach (var answer in answers)
                {
                    await SendAsync(answer);
                }
                answers.Clear();
            }
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            Fail(e);
            throw;
        }
    }

    private async Task PingAsync()
    {
        using var timer = new PeriodicTimer(PingEvery);
        while (await timer.WaitForNextTickAsync(stopping.Token))
        {
            await SendAsync(Ping);
        }
    }
}
