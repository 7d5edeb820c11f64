using System.Diagnostics;
using System.Globalization;
using Hal9.Tests.Support;

namespace Hal9.Benchmarks;

/// <summary><c>crash --kills N --seed S</c>: kill -9 at random moments of deep runs, and whether anything that clients had been told was lost.</summary>
internal static class CrashVerb
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var (kills, seed) = (50, 1);
        for (var i = 0; i + 1 < arguments.Count; i += 2)
        {
            var value = int.Parse(arguments[i + 1], CultureInfo.InvariantCulture);
            _ = arguments[i] switch { "--kills" => kills = value, "--seed" => seed = value, var other => throw new ArgumentException($"Unknown option {other}.") };
        }
        using var stopping = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stopping.Cancel();
        };
        var watch = Stopwatch.StartNew();
        var report = await new CrashDriver(kills, seed, Console.WriteLine).RunAsync(stopping.Token);
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| kills | seed | runs | on their way at a kill | events seen before | ended as | violations | minutes |"));
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {report.Kills} | {seed} | {report.Runs} | {report.Resumed} | {report.Events} | {string.Join(", ", report.States.Select(s => $"{s.Value} {s.Key}"))} | {report.Violations.Count} | {watch.Elapsed.TotalMinutes:0.0} |"));
        foreach (var violation in report.Violations)
        {
            Console.WriteLine($"- {violation}");
        }
        if (report.Violations.Count == 0)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"No loss in {report.Kills} kills: the rate is below {3.0 / report.Kills:0.###} with 95 % confidence. A kill is not a power loss."));
        }
        return report.Violations.Count == 0 ? 0 : 1;
    }
}
