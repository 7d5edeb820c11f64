using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Hal9.Benchmarks.Live;

/// <summary>Makes events at a steady rate and tells when each was made, in ticks of the machine's one clock. The same for all sides.</summary>
internal static class Signals
{
    public const string Path = "/benchmark/signals";
    public const string Upper = "strategist";
    public const string Lower = "analyst";

    private const int MostTicks = 100;

    /// <summary>Answers <c>?rate=N&amp;seconds=S</c> after that time with a line for each event.</summary>
    public static async Task PaceAsync(HttpContext context, Func<int, Task> make)
    {
        var rate = int.Parse(context.Request.Query["rate"]!, CultureInfo.InvariantCulture);
        var seconds = int.Parse(context.Request.Query["seconds"]!, CultureInfo.InvariantCulture);
        // A timer is true to some milliseconds: above a hundred a second, several are made at each tick.
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / Math.Min(rate, MostTicks)));
        var made = new List<long>(rate * seconds);
        var begun = Stopwatch.GetTimestamp();
        while (made.Count < rate * seconds && await timer.WaitForNextTickAsync(context.RequestAborted))
        {
            // What a late tick owes is made up for, as far as the time has come.
            var due = Math.Min(rate * seconds, (int)Math.Round(Stopwatch.GetElapsedTime(begun).TotalSeconds * rate));
            while (made.Count < due)
            {
                made.Add(Stopwatch.GetTimestamp());
                await make(made.Count);
            }
        }
        await context.Response.WriteAsync(string.Join('\n', made), context.RequestAborted);
    }

    /// <summary>Lets a side make events; when each was made.</summary>
    public static async Task<IReadOnlyList<long>> MakeAsync(Uri server, int rate, int seconds, string? flag, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsync(new Uri(server, string.Create(CultureInfo.InvariantCulture, $"{Path}?rate={rate}&seconds={seconds}&{flag}")), null, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return [.. (await answer.Content.ReadAsStringAsync(cancellationToken)).Split('\n').Select(tick => long.Parse(tick, CultureInfo.InvariantCulture))];
    }
}
