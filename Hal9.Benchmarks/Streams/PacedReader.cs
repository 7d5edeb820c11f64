using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Hal9.Benchmarks.Streams;

/// <summary>What one stream was like for its reader, in milliseconds.</summary>
/// <param name="FirstToken">From the request to the first piece.</param>
/// <param name="Delays">Of each piece: from the moment the model sent it to the moment the reader had it.</param>
/// <param name="Pieces">How many came.</param>
internal sealed record SeenStream(double FirstToken, IReadOnlyList<double> Delays, int Pieces);

/// <summary>Reads streams of the paced model, whose pieces say when they were sent; the same reader for all sides.</summary>
internal sealed partial class PacedReader(Uri address, string model, string? bearer) : IDisposable
{
    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = 1024 });

    public async Task<SeenStream> ReadAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/v1/chat/completions"));
        request.Content = new StringContent($$"""{"model":"{{model}}","stream":true,"messages":[{"role":"user","content":"Go on and on."}]}""", Encoding.UTF8, "application/json");
        if (bearer is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {bearer}");
        }
        var begun = Stopwatch.GetTimestamp();
        using var answer = await client.SendAsync(request, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"{address} gave {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var delays = new List<double>();
        var buffer = new byte[16 * 1024];
        double? first = null;
        var (rest, ended) = ("", false);
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            var now = Stopwatch.GetTimestamp();
            var text = rest + Encoding.UTF8.GetString(buffer, 0, count);
            var cut = text.LastIndexOf('\n') + 1;
            foreach (var mark in Mark().EnumerateMatches(text.AsSpan(0, cut)))
            {
                first ??= Stopwatch.GetElapsedTime(begun, now).TotalMilliseconds;
                var sent = long.Parse(text.AsSpan(mark.Index, mark.Length).Trim('@'), CultureInfo.InvariantCulture);
                delays.Add(Stopwatch.GetElapsedTime(sent, now).TotalMilliseconds);
            }
            ended |= text.Contains("[DONE]", StringComparison.Ordinal);
            rest = text[cut..];
        }
        return ended && first is { } at ? new SeenStream(at, delays, delays.Count) : throw new InvalidOperationException($"{address} broke a stream off after {delays.Count} pieces.");
    }

    public void Dispose() => client.Dispose();

    [GeneratedRegex(@"@\d+@")]
    private static partial Regex Mark();
}
