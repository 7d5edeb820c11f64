using System.Globalization;
using Hal9.Benchmarks.Harness;
using Microsoft.Data.Sqlite;

namespace Hal9.Benchmarks.History;

/// <summary><c>costs</c>: P9, thirty and ninety days by any dimension at five million ledger rows: how fast, how much faster than asking the ledger itself, and equal to it.</summary>
internal static class CostsVerb
{
    private const string Full = "5 M rows";
    private const string Small = "1 % of it";
    private static readonly int[] Spans = [30, 90];
    private static readonly string[] PageGroups = ["model", "user", "key"];

    // The ledger's own columns, as the question by that dimension is asked of it.
    private static readonly (string Name, string Column)[] Dimensions =
    [
        ("tenant", "''"), ("user", "lower(user_id)"), ("key", "COALESCE(lower(key_id), '')"), ("model", "provider || '/' || model"), ("provider", "provider"), ("neuron", "neuron"),
        ("layer", "layer"), ("kind", "lower(run_kind)"),
    ];

    public static async Task<int> RunAsync(VerbOptions options, CancellationToken cancellationToken)
    {
        await using var full = await FilledHost.StartAsync(FilledHost.FullRows, cancellationToken);
        await using var small = await FilledHost.StartAsync(FilledHost.SmallRows, cancellationToken);
        var (card, figures) = (new Scorecard(options), new Figures());
        var unequal = 0;
        // Each raw question takes seconds: the quick form asks for the shorter time only.
        foreach (var days in options.Quick ? Spans[..1] : Spans)
        {
            foreach (var (name, column) in Dimensions)
            {
                unequal += await CompareAsync(full, name, column, days, figures, options.RoundsOr(3, 0), cancellationToken);
            }
        }
        await using var feed = await Feed.StartAsync(full, cancellationToken);
        await using var other = await Feed.StartAsync(small, cancellationToken);
        var questions = Questions();
        await Asking.MeasureAsync(options, [(Full, full), (Small, small)], questions, figures, options.Quick ? 15 : 40, cancellationToken);
        var asked = questions.Where(question => !question.IsPage).ToList();
        var worst = asked.MaxBy(question => figures.Median(Full, $"{question.Name}: p95"))!;
        var page = questions.Where(question => question.IsPage).MaxBy(question => figures.Median(Full, $"{question.Name}: p95"))!;
        var grown = questions.MaxBy(question => figures.Ratio(Full, Small, $"{question.Name}: p95"))!;
        var raw = Dimensions.Min(d => (options.Quick ? Spans[..1] : Spans).Min(days => figures.Median(Full, $"raw GROUP BY {d.Name}, {days} days") / figures.Median(Full, $"API: by {d.Name}, {days} days: p50")));
        card.Judge(new Judged("P9", $"p95 over HTTP, slowest dimension and time ({worst.Name})", figures.Median(Full, $"{worst.Name}: p95"), " ms", 250, 25, false));
        card.Judge(new Judged("P9", "times faster than the raw GROUP BY over the ledger, the least of all (p50 over HTTP)", raw, "x", 1, 50, true));
        card.Judge(new Judged("P9", "dimensions and times that differ from the ledger by a nano-dollar", unequal, "", 0, 0, false));
        card.Judge(new Judged("P9", $"the page /costs with all its parts, slowest ({page.Name}), p95", figures.Median(Full, $"{page.Name}: p95"), " ms", 250, 100, false));
        card.Judge(new Judged("P8", $"p95 at full size, of that at 1 % (most: {grown.Name})", figures.Ratio(Full, Small, $"{grown.Name}: p95"), "x", 10, 1.5, false));
        Memory(card, figures, Full);
        card.Show(figures, [Full, Small], [.. questions.SelectMany(question => new[] { ($"{question.Name}: p95", "ms"), ($"{question.Name}: p50", "ms") }), .. figures.NamesOf(Full).Where(name => name.StartsWith("raw", StringComparison.Ordinal)).Select(name => (name, "ms")), ("resident memory", "MB")]);
        card.Remark(string.Create(
            CultureInfo.InvariantCulture,
            $"{full.Facts.LedgerRows:#,0} ledger rows of {full.Facts.People.Count} people in 120 days. The raw question is a GROUP BY over the ledger's settled entries of that time, on a connection of its own, warm, timed where it runs; it was asked before the live feed began, and compared key by key with what HTTP answered. Beside the rest ten people watch the live map at 50 events a second, and two runs a second are asked and answered."));
        return card.Close();
    }

    /// <summary>Memory is flat when the last round needs about as much as the second: the first one warms up.</summary>
    public static void Memory(Scorecard card, Figures figures, string side)
    {
        var memory = figures.Of(side, "resident memory");
        card.Judge(new Judged("P8", "resident memory, most of all rounds, of the least", memory.Highest / memory.Lowest, "x", 1.5, 1.15, false));
    }

    private static List<Question> Questions() =>
    [
        .. Spans.SelectMany(days => Dimensions.Select(d => new Question($"API: by {d.Name}, {days} days", _ => Address(d.Name, days), false))),
        .. PageGroups.SelectMany(by => Spans.Select(days => new Question($"/costs by {by}, {days} days", _ => $"/costs?by={by}&from=now-{days}d"))),
        new("/costs of a person by model, 30 days", _ => "/costs?by=neuron&from=now-30d&model=openai%2Fgpt-5"),
    ];

    private static string Address(string by, int days)
    {
        var (from, to) = Time(days);
        return $"/api/v1/costs?groupBy={by}&from={from:yyyy-MM-dd'T'HH:mm:ss'Z'}&to={to:yyyy-MM-dd'T'HH:mm:ss'Z'}";
    }

    // Whole days up to yesterday's end, which the live feed does not change.
    private static (DateTime From, DateTime To) Time(int days)
    {
        var end = TimeProvider.System.GetUtcNow().UtcDateTime.Date;
        return (end.AddDays(-days), end);
    }

    private static async Task<int> CompareAsync(FilledHost host, string name, string column, int days, Figures figures, int rounds, CancellationToken cancellationToken)
    {
        var raw = new Dictionary<(string Key, long Day), long>();
        for (var i = 0; i <= rounds; i++)
        {
            var begun = System.Diagnostics.Stopwatch.GetTimestamp();
            raw = Raw(host, column, days);
            if (i > 0 || rounds == 0)
            {
                figures.Of(Full, $"raw GROUP BY {name}, {days} days").Add(System.Diagnostics.Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
        }
        var answer = await host.Api.GetAsync(Address(name, days) + "&granularity=day", cancellationToken);
        var asked = answer.GetProperty("items").EnumerateArray().ToDictionary(
            item => (name == "tenant" ? "" : item.GetProperty("key").GetString()!, item.GetProperty("from").GetDateTimeOffset().ToUnixTimeMilliseconds()), item => item.GetProperty("nanoUsd").GetInt64());
        return raw.Count == asked.Count && raw.All(item => asked.GetValueOrDefault(item.Key, -1) == item.Value) ? 0 : 1;
    }

    private static Dictionary<(string Key, long Day), long> Raw(FilledHost host, string column, int days)
    {
        var (from, to) = Time(days);
        using var connection = new SqliteConnection($"Data Source={host.DatabaseFile};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {column}, at - at % 86400000, SUM(amount) FROM ledger WHERE tenant_id = $tenant AND at >= $from AND at < $to AND kind IN ('Settle', 'Adjust') GROUP BY 1, 2";
        command.Parameters.AddWithValue("$tenant", host.Facts.TenantId);
        command.Parameters.AddWithValue("$from", new DateTimeOffset(from, TimeSpan.Zero).ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$to", new DateTimeOffset(to, TimeSpan.Zero).ToUnixTimeMilliseconds());
        using var reader = command.ExecuteReader();
        var sums = new Dictionary<(string, long), long>();
        while (reader.Read())
        {
            sums[(reader.GetString(0), reader.GetInt64(1))] = reader.GetInt64(2);
        }
        return sums;
    }
}
