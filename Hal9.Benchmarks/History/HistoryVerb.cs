using System.Globalization;
using Hal9.Benchmarks.Harness;

namespace Hal9.Benchmarks.History;

/// <summary><c>history</c>: P8, lists and searches at a million messages and five million ledger rows, against the same at a hundredth of it.</summary>
internal static class HistoryVerb
{
    private const string Full = "5 M rows";
    private const string Small = "1 % of it";

    public static async Task<int> RunAsync(VerbOptions options, CancellationToken cancellationToken)
    {
        await using var full = await FilledHost.StartAsync(FilledHost.FullRows, cancellationToken);
        await using var small = await FilledHost.StartAsync(FilledHost.SmallRows, cancellationToken);
        await using var feed = await Feed.StartAsync(full, cancellationToken);
        await using var other = await Feed.StartAsync(small, cancellationToken);
        var questions = Questions(full.Facts);
        var (card, figures) = (new Scorecard(options), new Figures());
        await Asking.MeasureAsync(options, [(Full, full), (Small, small)], questions, figures, options.Quick ? 15 : 40, cancellationToken);
        var worst = questions.MaxBy(question => figures.Median(Full, $"{question.Name}: p95"))!;
        var grown = questions.MaxBy(question => figures.Ratio(Full, Small, $"{question.Name}: p95"))!;
        card.Judge(new Judged("P8", $"p95 of the slowest list or search ({worst.Name})", figures.Median(Full, $"{worst.Name}: p95"), " ms", 100, 25, false));
        card.Judge(new Judged("P8", $"p95 at full size, of that at 1 % (most: {grown.Name})", figures.Ratio(Full, Small, $"{grown.Name}: p95"), "x", 10, 1.5, false));
        CostsVerb.Memory(card, figures, Full);
        card.Show(figures, [Full, Small], [.. questions.SelectMany(question => new[] { ($"{question.Name}: p95", "ms"), ($"{question.Name}: p50", "ms") }), ("resident memory", "MB")]);
        card.Remark(string.Create(
            CultureInfo.InvariantCulture,
            $"{full.Facts.LedgerRows:#,0} ledger rows, {full.Facts.Messages:#,0} messages, {full.Facts.Runs:#,0} runs, {full.Facts.Conversations:#,0} conversations of {full.Facts.People.Count} people in 120 days; run events were left out. Each page is what the server sends, with its data, before the browser connects. Beside it ten people watch the live map at 50 events a second, and two runs a second are asked and answered."));
        return card.Close();
    }

    private static List<Question> Questions(FilledFacts facts)
    {
        var now = TimeProvider.System.GetUtcNow();
        Guid Person(int i) => facts.People[i % facts.People.Count];
        string From(int days) => now.AddDays(-days).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return
        [
            new("history", _ => "/history"),
            new("history, far down", i => $"/history?after={now.AddDays(-2 - (i % 100)).ToUnixTimeMilliseconds()}_{Guid.Empty}"),
            new("history, errors", _ => "/history?show=errors"),
            new("history, thumbs down", _ => "/history?show=down"),
            new("history, unreviewed", _ => "/history?show=unreviewed"),
            new("history, costly", _ => "/history?sort=cost"),
            new("history of a person", i => $"/history?user={Person(i)}"),
            new("history, search for a usual word", _ => $"/history?q={facts.UsualWord}"),
            new("history, search for a rare word", _ => $"/history?q={facts.RareWord}"),
            new("runs", _ => "/runs"),
            new("runs, dearest", _ => "/runs?sort=cost"),
            new("runs, failed", _ => "/runs?status=failed"),
            new("runs of a person", i => $"/runs?user={Person(i)}"),
            new("runs with a model", _ => "/runs?model=openai%2Fgpt-5"),
            new("runs that ended in a day", i => $"/runs?from={From(3 + (i % 60))}&to={From(2 + (i % 60))}"),
            new("API: conversations", _ => "/api/v1/conversations", false),
            new("API: search", _ => $"/api/v1/search?q={facts.UsualWord}", false),
            new("API: runs", _ => "/api/v1/runs", false),
            new("API: ledger, far in", i => $"/api/v1/ledger?after={facts.LedgerRows / 2 + i}&limit=100", false),
        ];
    }
}
