using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Hal9.Benchmarks.Harness;
using Hal9.Engine.Learning.Statistics;
using Hal9.Tests.Support.LearnBench;

namespace Hal9.Benchmarks.Learning;

/// <summary>All suites of LearnBench. Those that need a table from <c>--data FOLDER</c> are left out, and say so, where it is missing.</summary>
internal static class LearnSuites
{
    private const double Headroom = 0.15;
    private const double Differ = 0.20;
    private const string Strong = "gpt-4-1106-preview";

    // Measured on reference solutions of exercises and on seeded mutants of them: 1 of 138 right ones rejected, 46 of 501 wrong ones accepted.
    private static readonly Cascades Verifier = new(FalseAccept: 46 / 501.0, FalseReject: 1 / 138.0);

    public static async Task<int> RunAsync(LearnOptions options, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var card = new Scorecard(new VerbOptions("learn", false, null, options.Write, null, false));
        var scores = new List<(string Suite, ReplayScore Score)>();
        Tables(options, card, scores);
        var harmed = scores.Sum(score => score.Score.Harmed);
        var runs = scores.Sum(score => score.Score.Seeds);
        var (madeUp, madeUpRuns, madeUpHarmed) = (0, 0, 0);
        for (; madeUp < 100 && !cancellationToken.IsCancellationRequested; madeUp++)
        {
            var (table, plan) = RandomTables.Make(madeUp);
            var score = ReplayScore.Of(table, plan, Math.Min(options.Seeds, 20));
            (madeUpRuns, madeUpHarmed) = (madeUpRuns + score.Seeds, madeUpHarmed + score.Harmed);
        }
        Judge(card, scores);
        card.Judge(new Judged("A-3", $"final value below day 0, of {runs} runs of all tables", 100.0 * harmed / Math.Max(runs, 1), " %", 1, 0, false));
        card.Judge(new Judged("A-3", $"the same of {madeUpRuns} runs on {madeUp} made-up tables, most without a gain to be found", 100.0 * madeUpHarmed / madeUpRuns, " %", 1, 0, false));
        Gates(card, options.Seeds);
        Credit(card);
        Speed(card);
        card.Judge(new Judged("A-15", "all suites", watch.Elapsed.TotalSeconds, " s", 300, 60, false));
        card.Remark(Sheet(scores));
        card.Remark(
            "L1, L5, L6, L7 and the made-up tables are synthetic: L1 is drawn from published marginals with a difficulty that models share. A gate, a final value and a learning rate are measured on different thirds of a table, split by hash, "
            + "anew for each seed. Nothing here shows that lessons help a real model, and relative sizes of models of 2023 will not transfer.");
        if (options.Json is { } path)
        {
            await File.WriteAllTextAsync(path, JsonSerializer.Serialize(scores.Select(score => new { score.Suite, score.Score }), LearnVerb.Json), cancellationToken);
        }
        return card.Close();
    }

    private static void Tables(LearnOptions options, Scorecard card, List<(string Suite, ReplayScore Score)> scores)
    {
        void Add(string suite, OutcomeTable table, string dayZero, double lambda, params double[] shares)
        {
            foreach (var share in shares)
            {
                scores.Add((suite, ReplayScore.Of(table, new ReplayPlan(table.ArmOf(dayZero), lambda, share, options.Interactions), options.Seeds)));
                LearnVerb.Print(scores[^1].Score);
            }
        }
        string? At(string file)
        {
            var path = options.Data is { } folder ? Path.Combine(folder, file) : null;
            if (path is null || !File.Exists(path))
            {
                card.Remark($"Left out, since --data names no folder with it: what needs {file}.");
                return null;
            }
            return path;
        }
        if (At("router-marginals.csv") is { } marginals)
        {
            var published = MarginalsTable.Read(marginals);
            var table = MarginalsTable.Make(published, 1, "L1");
            Add("L1", table, "gpt-3.5-turbo-1106", 0, 1, 0.25);
            Add("L1", table, "mistralai/mistral-7b-chat", 20, 1, 0.25);
            Add("L1", table, Strong, 50, 1, 0.25);
            Add("L1 no headroom", table, Strong, 0, 1, 0.25);
            Add("L1 little headroom", table, "zero-one-ai/Yi-34B-Chat", 50, 1, 0.25);
            string[] chain = ["mistralai/mixtral-8x7b-chat", "claude-instant-v1", Strong];
            var cascades = Verifier.Of(MarginalsTable.Make(published, 2, "L5", rowsOfTask: 3_000), "mbpp", chain, [chain, [chain[0], chain[2]], [chain[1], chain[2]]], 1);
            Add("L5", cascades, Strong, 0, 1, 0.25);
            Add("L5", cascades, Strong, 20, 1, 0.25);
            Cascade(card, cascades, string.Join(" > ", chain));
            var drift = new ReplayPlan(table.ArmOf("gpt-3.5-turbo-1106"), 0, 1, 1_000);
            var (day0, strong) = (drift.DayZero, table.ArmOf(Strong));
            card.Judge(new Judged("A-9", "L6: of the loss after two models changed places, recovered in 500", 100 * DriftTrial.Run(table, drift, day0, strong, 500, options.Seeds).Recovered, " %", 60, 60, true));
            card.Judge(new Judged("A-9", "the same in 400", 100 * DriftTrial.Run(table, drift, day0, strong, 400, options.Seeds).Recovered, " %", 0, 80, true));
            Poison(card, table, drift, options.Seeds);
        }
        if (At("routellm_mmlu_gsm8k_2models.csv") is { } mmlu)
        {
            var table = RouteLlmTable.Read(mmlu);
            Add("L2", table, "gpt-4-1106", 0, 1);
            Add("L2", table, "gpt-4-1106", 100, 1, 0.25);
            Add("L2 over-claiming", table, "gpt-4-1106", 200, 1);
        }
        if (At("routerarena_sub10_2models.csv") is { } arena)
        {
            var table = TableReader.Read(arena, costsMatter: true) with { Name = "L3 RouterArena" };
            Add("L3", table, "claude-3-haiku", 0, 1, 0.25);
            Add("L3 no headroom", table, "gemini-2.0-flash", 0, 1, 0.25);
            Add("L3", table, "claude-3-haiku", 100, 1);
        }
    }

    private static void Judge(Scorecard card, List<(string Suite, ReplayScore Score)> scores)
    {
        var whole = scores.Where(score => score.Score is { Headroom: >= Headroom, Replay: 1, LrMean: not null } && !score.Suite.Contains("over", StringComparison.Ordinal)).Select(score => score.Score).ToList();
        var quarter = scores.Where(score => score.Score is { Headroom: >= Headroom, Replay: 0.25, LrMean: not null }).Select(score => score.Score).ToList();
        card.Judge(new Judged("A-1", $"LR(1000) at full replay, lowest mean of {whole.Count} suites with headroom", whole.Count == 0 ? double.NaN : 100 * whole.Min(score => score.LrMean!.Value), " %", 15, 15, true));
        var routing = scores.Where(score => score.Suite is "L1" or "L3" && whole.Contains(score.Score)).Select(score => score.Score.LrP5!.Value).ToList();
        card.Judge(new Judged("A-1", $"the same, lowest p5 of the {routing.Count} that route models (L1, L3)", routing.Count == 0 ? double.NaN : 100 * routing.Min(), " %", 0, 15, true));
        card.Judge(new Judged("A-1", "the same, lowest p5 of all", whole.Count == 0 ? double.NaN : 100 * whole.Min(score => score.LrP5!.Value), " %", 0, 15, true));
        card.Judge(new Judged("A-2", $"LR(1000) at a quarter, lowest mean of {quarter.Count} suites with headroom", quarter.Count == 0 ? double.NaN : 100 * quarter.Min(score => score.LrMean!.Value), " %", 10, 15, true));
    }

    private static void Cascade(Scorecard card, OutcomeTable table, string cascade)
    {
        (double Quality, double Usd) Mean(string arm) => (
            table.Outcomes.Average(row => row[table.ArmOf(arm)]!.Value.Quality), table.Outcomes.Average(row => row[table.ArmOf(arm)]!.Value.CostUsd));
        var (single, verified) = (Mean(Strong), Mean(cascade));
        card.Judge(new Judged("A-7", "L5: cost of the verified cascade against the strongest single model", 100 * ((verified.Usd / single.Usd) - 1), " %", -40, -60, false));
        card.Judge(new Judged("A-7", "its quality against the strongest single model", 100 * ((verified.Quality / single.Quality) - 1), " %", 0, 10, true));
    }

    private static void Poison(Scorecard card, OutcomeTable table, ReplayPlan plan, int seeds)
    {
        var clean = ReplayScore.Of(table, plan, seeds);
        var votes = new PoisonedVotes(100, Liars: 0.05, Flipped: 0.20);
        var poisoned = ReplayScore.Of(table, plan, seeds, seed => votes.See(table, seed));
        card.Judge(new Judged("A-10", "L7: final value below day 0 with a fifth of the votes flipped", 100 * poisoned.HarmRate, " %", 1, 0, false));
        card.Judge(new Judged("A-10", "LR(1000) of what it is without", 100 * poisoned.LrMean!.Value / clean.LrMean!.Value, " %", 0, 60, true));
    }

    private static void Gates(Scorecard card, int seeds)
    {
        var alike = GateTrials.Reach(10_000, 1_000, 0, 0.28, 0.05, 1).Reached;
        card.Judge(new Judged("A-4", $"L8: {alike} of 10,000 streams of equals promoted at alpha 5 %, looked at after each of 1,000 pairs: Wilson upper bound", 100 * Wilson.Of(alike, 10_000).High, " %", 5, 5, false));
        var large = GateTrials.Reach(2_000, 1_000, 0.075, Differ, 0.05, 2);
        card.Judge(new Judged("A-5", $"+7.5 points found within 1,000 pairs that differ in one of five (median {large.MedianPairs:0})", large.Reached / 20.0, " %", 95, 99, true));
        var small = GateTrials.Reach(2_000, 1_000, 0.05, Differ, 0.05, 3);
        card.Judge(new Judged("A-5", $"+5 points found within 1,000 pairs (median {small.MedianPairs:0})", small.Reached / 20.0, " %", 75, 85, true));
        var (covered, width) = GateTrials.Cover(2_000, 500, 0.053, 0.28, 4);
        card.Judge(new Judged("A-6", "2,000 confidence sequences that hold the truth at all of 500 counts", covered / 20.0, " %", 95, 95, true));
        card.Judge(new Judged("A-6", "their width at 500, of Wald's interval", width, "x", 10, 1.6, false));
        var leaks = Enumerable.Range(0, Math.Min(seeds, 50)).Count(seed => LeakTrial.Leaks(seed));
        card.Judge(new Judged("A-11", "runs in which an item formed and judged the same proposal", leaks, "", 0, 0, false));
    }

    private static void Credit(Scorecard card)
    {
        var faults = Enum.GetValues<Fault>();
        var single = faults.SelectMany((fault, type) => Enumerable.Range(0, 36).Select(run => FaultTrial.Found((type * 100) + run, [fault]))).ToList();
        card.Judge(new Judged("A-8", $"L9: layer found, {single.Count} runs with one fault", 100 * single.Average(), " %", 90, 95, true));
        var pairs = faults.SelectMany(first => faults.Where(second => FaultTrial.LayerOf(first) < FaultTrial.LayerOf(second)).Select(second => (first, second))).ToList();
        var two = pairs.SelectMany((pair, type) => Enumerable.Range(0, 9).Select(run => FaultTrial.Found(10_000 + (type * 100) + run, [pair.first, pair.second]) / 2.0)).ToList();
        card.Judge(new Judged("A-8", $"layers found, {two.Count} runs with two faults, the blamed layer's work done anew after each look", 100 * two.Average(), " %", 75, 85, true));
    }

    private static void Speed(Scorecard card)
    {
        card.Judge(new Judged("A-13", "lane of an episode, p99", Percentile(i => Assignment.Of("tenant:route", i.ToString(CultureInfo.InvariantCulture), 0.25)), " ms", 2, 0.3, false));
        var gate = new PromotionGate(1, new MineSet(new ItemSplit("speed")), 1, 1_000);
        var sequence = new ConfidenceSequence();
        string[] items = [.. Enumerable.Range(0, 60_000).Select(i => i.ToString(CultureInfo.InvariantCulture)).Where(item => new ItemSplit("speed").SideOf(item) == ItemSide.Gate).Take(21_000)];
        card.Judge(new Judged("A-13", "update of a gate and its interval, p99", Percentile(i =>
        {
            gate.Add(items[i], i % 3 - 1, i % 3 - 1);
            sequence.Add(i % 3 - 1);
            gate.Read();
        }), " ms", 1, 0.1, false));
    }

    private static double Percentile(Action<int> act)
    {
        var times = new double[20_000];
        for (var i = -1_000; i < times.Length; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            act(i + 1_000);
            times[Math.Max(i, 0)] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        }
        return Series.Quantile(times, 0.99);
    }

    private static string Sheet(List<(string Suite, ReplayScore Score)> scores)
    {
        var text = new StringBuilder("| Suite | Day 0 | lambda | Replay | LR(1000) | p5 | p95 | Headroom | Capture | Harmed | Promotions, bad | First at | Replay cost |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var (suite, score) in scores)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n| {suite} | {score.DayZero} | {score.Lambda:0} | {100 * score.Replay:0} % | {LearnVerb.Percent(score.LrMean)} | {LearnVerb.Percent(score.LrP5)} | {LearnVerb.Percent(score.LrP95)} | {LearnVerb.Percent(score.Headroom)} | {LearnVerb.Percent(score.Capture)} | {score.Harmed} of {score.Seeds} | {score.Promotions}, {score.BadPromotions} | {score.FirstPromotion:0} | {score.ReplayCostUsd:0.00} USD |");
        }
        return text.ToString();
    }
}
