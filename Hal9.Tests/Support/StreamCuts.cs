using Hal9.Engine.Budgets;
using Hal9.Engine.Models;
using Hal9.Engine.Models.Coats;
using Hal9.Tests.Engine.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Support;

/// <summary>What came of streams that were cut.</summary>
/// <param name="Streams">How many were opened.</param>
/// <param name="Seen">Of them, those of which the reader saw text.</param>
/// <param name="Exact">Calls that were billed by the provider's own usage.</param>
/// <param name="Estimated">Calls whose tokens were counted here.</param>
/// <param name="Unbilled">Tokens that a reader saw and nobody paid.</param>
/// <param name="Open">Reservations left open.</param>
/// <param name="Faults">What was wrong, in words.</param>
internal sealed record CutReport(int Streams, int Seen, int Exact, int Estimated, long Unbilled, long Open, IReadOnlyList<string> Faults);

/// <summary>
/// Streams that end before their end: the wire is cut at a random byte (reset, or closed as if all were well), the caller leaves after a random piece, or stops the call.
/// What a reader saw has to be paid, whatever the provider could still tell; each reservation has to be closed.
/// </summary>
internal static class StreamCuts
{
    public static async Task<CutReport> RunAsync(int streams, int seed, ProviderKind kind, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        (int After, bool Reset)? cut = null;
        // The bench makes its own provider; the proxy stands before it and is asked for each connection.
        await using var provider = await ScriptedProvider.StartAsync(kind);
        await using var proxy = new CuttingProxy(new Uri(provider.UrlFor(kind)), () => cut);
        await using var bench = await ModelBench.StartAsync(
            kind, ($"Providers:{Hal9Settings.NameOf(kind)}:BaseUrl", proxy.Url), ("Retry:Attempts", "1"), ("Timeouts:DrainSeconds", "0.2"), ("Breaker:MinimumThroughput", "1000000"));
        var counter = bench.Services.GetRequiredService<TokenCounter>();
        var (seen, unbilled, faults) = (0, 0L, new List<string>());
        for (var i = 0; i < streams; i++)
        {
            var way = random.Next(4);
            cut = way < 2 ? (random.Next(1, 2500), way == 0) : null;
            var pieces = random.Next(0, 12);
            provider.Default = ScriptedReply.Of(string.Join(' ', Enumerable.Range(0, random.Next(1, 60)).Select(word => $"word{word}"))) with { ChunkSize = random.Next(4, 30) };
            var left = false;
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var context = bench.Context(leaf: $"1/work/{i}") with { CallerLeft = () => left };
            var text = "";
            try
            {
                await foreach (var update in bench.Models.Open(context, bench.Model()).GetStreamingResponseAsync([new(ChatRole.User, $"Stream {i}.")], cancellationToken: leaving.Token))
                {
                    text += update.Text;
                    if (way >= 2 && update.Text.Length > 0 && pieces-- == 0)
                    {
                        left = way == 2;
                        await leaving.CancelAsync();
                    }
                }
            }
            catch (Exception e) when (e is ModelCallFailed or OperationCanceledException)
            {
                // Cut, as it was meant to be.
            }
            var (_, attempt, outcome) = bench.Journal.Calls.Single(call => call.Leaf == context.Leaf);
            var count = counter.Estimate(text);
            seen += text.Length > 0 ? 1 : 0;
            // What the provider told is its own count, which need not be ours.
            unbilled += outcome.UsageEstimated || outcome.Cost.Nano == 0 ? Math.Max(0, count - outcome.Usage.Output) : 0;
            if (text.Length > 0 && outcome.Cost.Nano <= 0)
            {
                faults.Add($"stream {i}: {count} tokens were seen and cost nothing");
            }
            if (!outcome.UsageEstimated && outcome.Cost.Nano > 0 && outcome.Cost.Nano != HandPrice.NanoFor([provider.Exchanges[^1]]))
            {
                faults.Add($"stream {i}: its usage is said to be the provider's, but is not");
            }
            if (outcome.Cost > attempt.Reserved)
            {
                faults.Add($"stream {i}: more than was set aside");
            }
        }
        var rows = bench.Journal.Calls.Select(call => call.Outcome).ToList();
        return new CutReport(
            streams, seen, rows.Count(row => !row.UsageEstimated && row.Cost.Nano > 0), rows.Count(row => row.UsageEstimated), unbilled, bench.OpenReservations(), faults);
    }
}
