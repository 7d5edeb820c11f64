using Hal9.Benchmarks.Harness;
using Hal9.Engine.Codegen;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Models.Offline.Projects;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Benchmarks.Codegen;

/// <summary>
/// <c>codegen</c>: what code generation holds at full size, without a language model. Each part can be run by itself: <c>projects</c> (scripted projects, built
/// and tested for real), <c>crud</c>, <c>hostile</c> (a model that repairs as badly as it can), <c>edits</c>.
/// </summary>
internal static class CodegenVerb
{
    private const int Seeds = 5;

    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var part = arguments is [var first, ..] && !first.StartsWith('-') ? first : null;
        var options = VerbOptions.Read("codegen", part is null ? arguments : arguments[1..]);
        var scorecard = new Scorecard(part is null ? options : options with { Write = false });
        if (part is null or "edits")
        {
            Edits(scorecard, options.RoundsOr(2000, 500));
        }
        if (part is null or "hostile")
        {
            await HostileAsync(scorecard, options.RoundsOr(1000, 100), cancellationToken);
        }
        if (part is null or "crud")
        {
            await CrudAsync(scorecard, options.RoundsOr(100, 10), cancellationToken);
        }
        if (part is null or "projects")
        {
            await ProjectsAsync(scorecard, options.Quick ? 1 : Seeds, cancellationToken);
        }
        scorecard.Remark("All of this shows that the plumbing holds. It says nothing about how well a language model writes code.");
        return scorecard.Close();
    }

    private static void Edits(Scorecard scorecard, int cases)
    {
        var (wrong, applied, refused) = (0, 0, 0);
        for (var seed = 0; seed < cases; seed++)
        {
            var random = new Random(seed);
            string Text(int most) => new([.. Enumerable.Range(0, random.Next(1, most)).Select(_ => "ab\n"[random.Next(3)])]);
            var (text, anchor, replace) = (Text(40), Text(6), Text(5));
            var places = Enumerable.Range(0, text.Length).Count(i => string.CompareOrdinal(text, i, anchor, 0, anchor.Length) == 0);
            var (changed, fault) = EditApplier.Apply(new Dictionary<string, string> { ["src/A.cs"] = text }, [new FileEdit("src/A.cs", "", anchor, replace)]);
            var at = text.IndexOf(anchor, StringComparison.Ordinal);
            var right = places == 1 ? fault is null && changed!["src/A.cs"] == text[..at] + replace + text[(at + anchor.Length)..] : fault is not null;
            (applied, refused, wrong) = (applied + (fault is null ? 1 : 0), refused + (fault is null ? 0 : 1), wrong + (right ? 0 : 1));
        }
        scorecard.Judge(new Judged("B-13", $"wrong of {cases} edits ({applied} applied, {refused} refused)", wrong, "", 0, 0, false));
    }

    private static async Task HostileAsync(Scorecard scorecard, int cases, CancellationToken cancellationToken)
    {
        await using var trial = await ProjectTrial.StartAsync();
        var actor = await trial.NewTenantAsync();
        var ends = new List<TrialEnd>();
        await Parallel.ForEachAsync(Enumerable.Range(1, cases), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }, async (number, token) =>
        {
            var end = await trial.RunAsync(actor, number, token);
            lock (ends)
            {
                ends.Add(end);
            }
        });
        var violations = ends.SelectMany(end => end.Violations).ToList();
        var limits = violations.Count(violation => violation.Contains("cost", StringComparison.Ordinal) || violation.Contains("tokens", StringComparison.Ordinal) || violation.Contains("attempts", StringComparison.Ordinal));
        var circles = ends.Where(end => end.Case % 4 == 0 && end.Status == ProjectStatus.Delivered).ToList();
        scorecard.Judge(new Judged("B-9", $"of {cases} runs beyond their money, tokens or attempts", limits, "", 0, 0, false));
        scorecard.Judge(new Judged("B-10", $"attempts at most before a circle is seen, of {circles.Count} circles", circles.Count == 0 ? double.NaN : circles.Max(end => end.Attempts), "", 3, 2, false));
        scorecard.Judge(new Judged("B-11", $"broken anchors in accepted files, of {cases} runs", violations.Count - limits, "", 0, 0, false));
        scorecard.Remark($"Hostile runs ended as: {string.Join(", ", ends.GroupBy(end => end.Verdict?.ToString() ?? end.Status.ToString()).OrderByDescending(group => group.Count()).Select(group => $"{group.Count()} {group.Key}"))}; {ends.Sum(end => end.Attempts)} repairs.");
        foreach (var violation in violations.Take(10))
        {
            scorecard.Remark("- " + violation);
        }
    }

    private static async Task CrudAsync(Scorecard scorecard, int cases, CancellationToken cancellationToken)
    {
        await using var engine = new EngineHost { IsOffline = true };
        await engine.InitializeAsync();
        var verify = engine.Services.GetRequiredService<VerifyCode>();
        var right = 0;
        for (var seed = 0; seed < cases; seed++)
        {
            if (ProjectLibrary.Find(CrudWishes.Valid(seed), "csharp-minimal-api").Project is { } project)
            {
                var report = await verify(InputOf(project, ProjectKind.CSharpMinimalApi), VerificationDepth.UnitTests, cancellationToken);
                right += report.Failures.Count == 0 && report.HighestGreen >= (int)VerificationDepth.UnitTests ? 1 : 0;
                if (report.Failures.Count > 0)
                {
                    scorecard.Remark($"- {CrudWishes.Valid(seed)}: {report.Failures[0].Id} {report.Failures[0].Message}");
                }
            }
        }
        scorecard.Judge(new Judged("B-6", $"of {cases} CRUD APIs compile, keep the rules and pass all their tests", right, "", cases * 0.95, cases, true));
        scorecard.Judge(new Judged("B-6", "of 50 requests outside the scripts refused", CrudWishes.Outside.Count(brief => ProjectLibrary.Find(brief, "csharp-console").Project is null), "", 50, 50, true));
    }

    /// <summary>The right files, with all tests as unit tests: the quick lane executes them.</summary>
    private static VerificationInput InputOf(ScriptedProject project, ProjectKind kind)
    {
        var files = project.Modules.SelectMany(module => project.FilesOf(module, kind.Word(), withFaults: false)).Concat(project.Acceptance.Select(test => (test.Path, test.Content))).ToDictionary(file => file.Item1, file => file.Item2);
        var none = new Dictionary<string, string>();
        return new VerificationInput(
            Language.CSharp, kind, files.Where(file => file.Key.StartsWith("src/", StringComparison.Ordinal)).ToDictionary(), files.Where(file => file.Key.StartsWith("tests/", StringComparison.Ordinal)).ToDictionary(),
            none, none, PublicApiText.Of(project.Surface.ToDictionary(file => file.Path, file => file.Content)), VerificationInput.SealOf(none, none), []);
    }

    private static async Task ProjectsAsync(Scorecard scorecard, int seeds, CancellationToken cancellationToken)
    {
        await using var engine = new EngineHost { IsOffline = true };
        await engine.InitializeAsync();
        var trips = new RoundTrips(engine, await engine.NewTenantAsync());
        var figures = new Figures();
        var (verified, count, trip) = (0, 0, 0);
        var mutants = new List<double>();
        foreach (var script in ProjectLibrary.All)
        {
            for (var seed = 0; seed < seeds; seed++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var clock = System.Diagnostics.Stopwatch.StartNew();
                var project = await trips.MakeAsync(seed == 0 ? script.Title : $"{script.Title} [fault seed {(ProjectLibrary.All.ToList().IndexOf(script) * (Seeds - 1)) + seed}]", ProjectWords.KindOf(script.Kinds[0])!.Value, cancellationToken);
                figures.Of("HAL9", "brief to verdict").Add(clock.Elapsed.TotalSeconds);
                count++;
                Console.WriteLine($"{script.Name}, seed {seed}: {project.Verdict?.ToString() ?? project.Status.ToString()} after {clock.Elapsed.TotalSeconds:0.0} s, {project.Attempts.Count} repairs{(project.Report?.Mutants is { } seen ? $", {seen.Killed} of {seen.Killed + seen.Survived} mutants: {project.Report.Rungs[^2].Log.ReplaceLineEndings("; ")}" : "")}");
                verified += project.Verdict == Verdict.Verified ? 1 : 0;
                if (project.Verdict != Verdict.Verified)
                {
                    scorecard.Remark($"- {script.Name}, seed {seed}: {project.Status}, {project.Verdict}. {project.Reason}");
                }
                if (project.Report?.Mutants?.Ratio is { } ratio && seed == 0)
                {
                    mutants.Add(ratio * 100);
                }
                if (seed == 0)
                {
                    var faults = await trips.CheckAsync(project, cancellationToken);
                    trip += faults.Count == 0 ? 1 : 0;
                    foreach (var fault in faults)
                    {
                        scorecard.Remark($"- {script.Name}: {fault}");
                    }
                }
            }
        }
        scorecard.Judge(new Judged("B-5", $"of {count} scripted projects Verified, a planned fault in each and one of the library in {count - ProjectLibrary.All.Count}", verified, "", Math.Floor(count * 0.95), count, true));
        scorecard.Judge(new Judged("B-8", "brief to verdict, median", figures.Of("HAL9", "brief to verdict").Median, " s", 60, 30, false));
        scorecard.Judge(new Judged("B-4", "mutants noticed by the tests, least of all projects", mutants.Count == 0 ? double.NaN : mutants.Min(), " %", 60, 70, true));
        scorecard.Judge(new Judged("B-14", "of 8 projects: archive the same twice, rebuilt and tested in a clean directory, bundle cloned, evidence replayed", trip, "", 8, 8, true));
        scorecard.Show(figures, ["HAL9"], ("brief to verdict", "s"));
    }
}
