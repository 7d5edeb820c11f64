using System.Diagnostics;
using System.Globalization;
using Hal9.Benchmarks.Ledger;
using Hal9.Engine.Models;
using Hal9.Tests.Support;

namespace Hal9.Benchmarks.Streams;

/// <summary><c>streams --cuts N --seed S</c>: streams cut at a random byte or left by their caller, and whether anything that was seen went unpaid.</summary>
internal static class StreamsVerb
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var (cuts, seed) = Numbers.Read(arguments, "--cuts", 1000);
        var wrong = 0;
        Console.WriteLine("| shape | streams | seed | of which something was seen | billed by the provider's usage | counted here | unbilled tokens | open reservations | faults | seconds |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var kind in new[] { ProviderKind.OpenAI, ProviderKind.Anthropic })
        {
            var watch = Stopwatch.StartNew();
            var report = await StreamCuts.RunAsync(cuts / 2, seed, kind, cancellationToken);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {kind} | {report.Streams} | {seed} | {report.Seen} | {report.Exact} | {report.Estimated} | {report.Unbilled} | {report.Open} | {report.Faults.Count} | {watch.Elapsed.TotalSeconds:0} |"));
            foreach (var fault in report.Faults.Take(10))
            {
                Console.WriteLine($"- {fault}");
            }
            wrong += report.Faults.Count + (report.Unbilled > 0 ? 1 : 0) + (int)report.Open;
        }
        return wrong == 0 ? 0 : 1;
    }
}
