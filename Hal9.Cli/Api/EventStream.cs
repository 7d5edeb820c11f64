using System.Runtime.CompilerServices;
using System.Text;

namespace Hal9.Cli.Api;

/// <summary>A server-sent event.</summary>
internal sealed record StreamEvent(string? Id, string Type, string Data);

/// <summary>Reads server-sent events. The console gives a sign of life at least every ten seconds: a stream that is silent for longer is dead, whatever TCP says.</summary>
internal static class EventStream
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    /// <exception cref="IOException">The stream broke or fell silent.</exception>
    public static async IAsyncEnumerable<StreamEvent> ReadAsync(Stream stream, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        string? id = null;
        var type = "message";
        var data = new StringBuilder();
        while (await NextAsync(reader, time, cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                if (data.Length > 0)
                {
                    yield return new StreamEvent(id, type, data.ToString());
                }
                data.Clear();
                type = "message";
                continue;
            }
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var value = colon < 0 ? "" : line[(colon + 1)..] is [' ', .. var rest] ? rest : line[(colon + 1)..];
            switch (colon < 0 ? line : line[..colon])
            {
                case "id":
                    id = value;
                    break;
                case "event":
                    type = value;
                    break;
                case "data":
                    data.Append(data.Length > 0 ? "\n" : "").Append(value);
                    break;
            }
        }
    }

    private static async Task<string?> NextAsync(StreamReader reader, TimeProvider time, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            return await reader.ReadLineAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"Nothing came for {Patience.TotalSeconds:0} seconds.");
        }
    }
}
