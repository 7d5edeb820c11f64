using System.Globalization;
using Hal9.Benchmarks.Harness;

namespace Hal9.Benchmarks.Verify;

/// <summary>The table of a measurement and its verdicts.</summary>
internal static class VerifyScore
{
    public static int Show(ResultFile result, VerifyOptions options, IReadOnlyList<string> refactorings)
    {
        foreach (var total in result.Totals)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{total.Kind,-28} n {total.N,5}  accepted {total.Accepted,5}  rejected {total.Rejected,5}  inconclusive {total.Inconclusive,4}{(total.Uncompilable > 0 ? $"  uncompilable {total.Uncompilable}" : "")}  accepted {total.AcceptedShare:P1} (95 %: {total.Low:P1} to {total.High:P1})"));
        }
        foreach (var item in result.Items.Where(item => item.Reasons.Count > 0 && !item.Kind.StartsWith("mutant:", StringComparison.Ordinal)))
        {
            Console.WriteLine($"  {item.Slug} {item.Kind}: {item.Accepted} accepted, {item.Rejected} rejected, {item.Inconclusive} inconclusive: {item.Reasons[0]}");
        }
        var score = new Scorecard(new VerbOptions("verify", false, null, options.Write, null, false) { Shown = $"verify --set {Path.GetFileName(options.Set)}" });
        Judge(score, result, refactorings);
        return score.Close();
    }

    private static void Judge(Scorecard score, ResultFile result, IReadOnlyList<string> refactorings)
    {
        var examples = result.Items.Where(item => item.Kind == "example").ToList();
        if (examples.Count > 0)
        {
            var total = Total.Of("example", examples);
            var (_, high) = Total.Wilson(total.Rejected, total.N);
            score.Judge(new("B-1", string.Create(CultureInfo.InvariantCulture, $"correct references rejected, of {total.N} (95 % upper bound {high:P1}); {total.Inconclusive} inconclusive"), total.Rejected, "", Math.Floor(total.N / 100.0), 0, false));
            var lane = new Series();
            foreach (var time in examples.SelectMany(item => item.LaneMilliseconds))
            {
                lane.Add(time / 1000.0);
            }
            if (lane.Count > 0)
            {
                var times = examples.SelectMany(item => item.LaneMilliseconds).Select(time => time / 1000.0).ToList();
                score.Judge(new("B-7", $"fast lane (text, parse, compile, rules, one run), p50 of {lane.Count}, two at a time", lane.Median, " s", 1, 0.8, false));
                score.Judge(new("B-7", "the same, p95", Series.Quantile(times, 0.95), " s", 3, 1.7, false));
            }
        }
        var negatives = result.Items.Where(item => item.Kind.StartsWith("negative:", StringComparison.Ordinal) || (item.Kind == "stub" && !refactorings.Contains(item.Slug))).ToList();
        if (negatives.Count > 0)
        {
            var total = Total.Of("negatives", negatives);
            var (_, high) = Total.Wilson(total.Accepted, total.N);
            score.Judge(new("B-2", string.Create(CultureInfo.InvariantCulture, $"negatives accepted, of {total.N} (95 % upper bound {high:P1}); {total.Inconclusive} inconclusive"), total.Accepted, "", Math.Floor(total.N / 100.0), 0, false));
            var abusers = negatives.Where(item => item.Kind.StartsWith("negative:abuse", StringComparison.Ordinal) && !item.Kind.EndsWith("overflow", StringComparison.Ordinal)).ToList();
            if (abusers.Count > 0)
            {
                var abuse = Total.Of("abuse", abusers);
                score.Judge(new("B-16", $"resource kills reported as inconclusive, of {abuse.N}", abuse.N == 0 ? 100 : 100.0 * abuse.Inconclusive / abuse.N, " %", 100, 100, true));
            }
        }
        var mutants = result.Items.Where(item => item.Kind.StartsWith("mutant:", StringComparison.Ordinal)).ToList();
        if (mutants.Sum(item => item.All) > 0)
        {
            var total = Total.Of("mutants", mutants);
            var (low, high) = Total.Wilson(total.Rejected, total.Rejected + total.Accepted);
            score.Judge(new("B-3", string.Create(CultureInfo.InvariantCulture, $"mutants noticed, of {total.Rejected + total.Accepted} that compile (95 %: {low:P1} to {high:P1}; {total.Uncompilable} do not)"), 100.0 * total.Rejected / (total.Rejected + total.Accepted), " %", 88, 90, true));
        }
        foreach (var total in result.Totals)
        {
            var rungs = result.Items.Where(item => item.Kind == total.Kind).SelectMany(item => item.RejectedAt).GroupBy(pair => pair.Key).Select(group => $"{group.Key} {group.Sum(pair => pair.Value)}");
            score.Remark(string.Create(CultureInfo.InvariantCulture, $"- {total.Kind}: {total.N}, accepted {total.Accepted}, rejected {total.Rejected}, inconclusive {total.Inconclusive}; accepted {total.AcceptedShare:P1} ({total.Low:P1} to {total.High:P1}){(rungs.Any() ? "; rejected by " + string.Join(", ", rungs) : "")}"));
        }
    }
}
