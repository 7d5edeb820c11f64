using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Hal9.Cli.Api;

/// <summary>A run's events from the first to the last, each once, over as many connections as it takes.</summary>
internal sealed class RunWatch(ConsoleClient console, TimeProvider time, Func<string, Task> note)
{
    private const int MostTries = 6;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);

    public async IAsyncEnumerable<JsonElement> ReadAsync(string runId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long last = 0;
        var tries = 0;
        while (true)
        {
            await using var events = ConnectAsync(runId, last, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                try
                {
                    if (!await events.MoveNextAsync())
                    {
                        throw new IOException("The stream ended before the run did.");
                    }
                }
                catch (Exception e) when (IsBreak(e) && ++tries < MostTries)
                {
                    await note($"The connection broke; going on after event {last}.");
                    await Task.Delay(FirstWait * Math.Pow(2, tries - 1), time, cancellationToken);
                    break;
                }
                catch (IOException e)
                {
                    throw Refusals.Unreachable(e);
                }
                var seen = events.Current;
                var number = seen.GetProperty("number").GetInt64();
                if (number <= last)
                {
                    continue;
                }
                tries = 0;
                last = number;
                yield return seen;
                if (seen.GetProperty("type").GetString() == "RunEnded")
                {
                    yield break;
                }
            }
        }
    }

    private static bool IsBreak(Exception e) => e is IOException or HttpRequestException or ToolFailure { Code: ExitCode.Unreachable };

    private async IAsyncEnumerable<JsonElement> ConnectAsync(string runId, long last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (string, string)[] after = last > 0 ? [("Last-Event-ID", last.ToString(CultureInfo.InvariantCulture))] : [];
        using var answer = await console.OpenAsync(HttpMethod.Get, $"api/v1/runs/{runId}/events", null, cancellationToken, after);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in EventStream.ReadAsync(stream, time, cancellationToken))
        {
            using var document = JsonDocument.Parse(item.Data);
            yield return document.RootElement.Clone();
        }
    }
}
