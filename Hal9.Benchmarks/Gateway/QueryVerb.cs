using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Hal9.Benchmarks.Harness;

namespace Hal9.Benchmarks.Gateway;

/// <summary>
/// <c>query</c> (P12): a deep question of nine model calls on three levels over a model that thinks for 20 ms, 16 at once: the wall time of each without the
/// time that its longest row of model calls took, as the model itself tells.
/// </summary>
internal static class QueryVerb
{
    private const string Hal9 = "HAL9, 16 at once";
    private const string Alone = "HAL9, 1 at once";
    private const string Added = "p95 added to the critical path";
    private const int Calls = 9;

    public static async Task<int> RunAsync(VerbOptions options, CancellationToken cancellationToken)
    {
        var folder = await Product.PublishAsync(cancellationToken);
        var (model, address) = await Child.StartOwnAsync(cancellationToken, "fake-model");
        await using var _ = model;
        await using var product = await Product.StartAsync(folder, address, "thinking-20", cancellationToken);
        var figures = new Figures();
        var number = 0;
        foreach (var (crowd, rounds) in new[] { (16, options.Quick ? 4 : 15), (1, 3) })
        {
            for (var i = 0; i < rounds; i++)
            {
                await CrowdAsync(product, address, crowd, number += crowd, cancellationToken);
            }
        }
        await Rounds.RunAsync(options.RoundsOr(7, 5), [(Hal9, 16), (Alone, 1)], async side =>
        {
            var cpu = product.Process.Cpu;
            var bytes = await product.AllocatedAsync(cancellationToken);
            var turns = side.Item2 == 1 ? 3 : options.Quick ? 2 : 4;
            List<double> added = [];
            for (var i = 0; i < turns; i++)
            {
                added.AddRange(await CrowdAsync(product, address, side.Item2, number += side.Item2, cancellationToken));
            }
            figures.Of(side.Item1, Added).Add(Series.Quantile(added, 0.95));
            figures.Of(side.Item1, "p50 added to the critical path").Add(Series.Quantile(added, 0.5));
            figures.Of(side.Item1, "server CPU a question").Add((product.Process.Cpu - cpu).TotalMicroseconds / added.Count);
            figures.Of(side.Item1, "bytes allocated a question").Add((await product.AllocatedAsync(cancellationToken) - bytes) / added.Count);
        });
        await product.CheckAsync(cancellationToken);
        var card = new Scorecard(options);
        card.Judge(new Judged("P12", "wall time without the model's critical path, p95, 16 at once", figures.Median(Hal9, Added), " ms", 50, 10, false));
        card.Show(figures, [Hal9, Alone], (Added, "ms"), ("p50 added to the critical path", "ms"), ("server CPU a question", "us"), ("bytes allocated a question", "B"));
        return card.Close();
    }

    /// <summary>Asks so many questions at once; returns how much each took beyond its model calls.</summary>
    private static async Task<IReadOnlyList<double>> CrowdAsync(Product product, string model, int crowd, int last, CancellationToken cancellationToken)
    {
        var numbers = Enumerable.Range(last - crowd + 1, crowd).ToList();
        var walls = await Task.WhenAll(numbers.Select(number => Task.Run(() => AskAsync(product, number, cancellationToken), cancellationToken)));
        using var http = new HttpClient();
        var calls = (await http.GetStringAsync(new Uri(model + "/calls"), cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Call.Read).ToLookup(call => call.Run);
        return [.. numbers.Select((number, i) => walls[i] - CriticalPath([.. calls[number]]))];
    }

    private static async Task<double> AskAsync(Product product, int number, CancellationToken cancellationToken)
    {
        var goal = string.Create(CultureInfo.InvariantCulture, $"Work out both parts of run#{number}.");
        var begun = Stopwatch.GetTimestamp();
        var (status, body, _) = await product.Client.ChatAsync(
            new JsonObject { ["model"] = "hal9/deep", ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = goal }) }, cancellationToken);
        var took = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        return status == System.Net.HttpStatusCode.OK && body.Contains("Everything is done.", StringComparison.Ordinal) ? took : throw new InvalidOperationException($"{status}: {body}");
    }

    /// <summary>Strategy, then the slower of the two parts (plan, work, review), then verdicts and the answer.</summary>
    private static double CriticalPath(IReadOnlyList<Call> calls)
    {
        if (calls.Count != Calls)
        {
            throw new InvalidOperationException($"A question took {calls.Count} model calls instead of {Calls}: {string.Join(", ", calls.Select(call => call.What))}");
        }
        var part = "AB".Max(letter => calls.Where(call => call.What.EndsWith(letter)).Sum(call => call.Milliseconds));
        return part + calls.Where(call => call.What is "strategy" or "verdicts" or "integrate").Sum(call => call.Milliseconds);
    }

    private sealed record Call(int Run, string What, double Milliseconds)
    {
        public static Call Read(string line)
        {
            var words = line.Split(' ');
            return new Call(
                int.Parse(words[0], CultureInfo.InvariantCulture), words[1],
                Stopwatch.GetElapsedTime(long.Parse(words[2], CultureInfo.InvariantCulture), long.Parse(words[3], CultureInfo.InvariantCulture)).TotalMilliseconds);
        }
    }
}
