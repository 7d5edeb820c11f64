using System.Diagnostics;
using Hal9.Benchmarks.Harness;

namespace Hal9.Benchmarks.History;

/// <summary>A question over HTTP, and how long its whole answer takes.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Path">Where it is asked; the number of the time it is asked makes it another one each time.</param>
/// <param name="IsPage">A page for people, else the API.</param>
internal sealed record Question(string Name, Func<int, string> Path, bool IsPage = true);

/// <summary>Asks questions, one after the other, and measures each.</summary>
internal static class Asking
{
    /// <summary>Milliseconds of each time that a question is asked, until the last byte of the answer is here.</summary>
    public static async Task<IReadOnlyList<double>> AskAsync(FilledHost host, Question question, int times, CancellationToken cancellationToken)
    {
        var took = new List<double>(times);
        var http = question.IsPage ? host.Pages.Http : host.Api.Http;
        for (var i = 0; i < times; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            using var answer = await http.GetAsync(new Uri(question.Path(i), UriKind.Relative), cancellationToken);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            took.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            if (!answer.IsSuccessStatusCode || body.Length < 2)
            {
                throw new InvalidOperationException($"{question.Path(i)} gave {answer.StatusCode}: {System.Text.Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(500, body.Length)))}");
            }
        }
        return took;
    }

    /// <summary>The p95 of each question in each round, full and small side by side; the memory after each round.</summary>
    public static async Task MeasureAsync(
        VerbOptions options, IReadOnlyList<(string Side, FilledHost Host)> sides, IReadOnlyList<Question> questions, Figures figures, int times, CancellationToken cancellationToken)
    {
        foreach (var (_, host) in sides)
        {
            foreach (var question in questions)
            {
                await AskAsync(host, question, Math.Min(times, 10), cancellationToken);
            }
        }
        await Rounds.RunAsync(options.RoundsOr(5, 3), [.. sides.Select(side => new Named(side.Side, side.Host))], async side =>
        {
            foreach (var question in questions)
            {
                var took = await AskAsync(side.Host, question, times, cancellationToken);
                figures.Of(side.Side, $"{question.Name}: p95").Add(Series.Quantile([.. took], 0.95));
                figures.Of(side.Side, $"{question.Name}: p50").Add(Series.Quantile([.. took], 0.5));
            }
            figures.Of(side.Side, "resident memory").Add(side.Host.Child.Resident / 1024.0 / 1024);
        });
    }

    private sealed record Named(string Side, FilledHost Host)
    {
        public override string ToString() => Side;
    }
}
