using Hal9.Engine;
using Hal9.Engine.Codegen;
using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Support;

/// <summary>How a hostile case ended, and which rules it broke; none is the aim.</summary>
internal sealed record TrialEnd(int Case, ProjectStatus Status, Verdict? Verdict, int Attempts, Usd Cost, IReadOnlyList<string> Violations);

/// <summary>Runs projects of a hostile model and holds them to what must be true whatever it does: limits of money, tokens and attempts, and the anchors.</summary>
internal sealed class ProjectTrial : IAsyncDisposable
{
    private const int MostAttempts = 10;
    private readonly LadderDouble ladder = new();
    private readonly EngineHost engine;

    private ProjectTrial()
    {
        engine = new EngineHost { Add = services => services.AddSingleton<VerifyCode>(ladder.VerifyAsync) };
        ladder.Faults.Add(("// other fault", "(nothing)", 5, "AC-5"));
    }

    public static async Task<ProjectTrial> StartAsync()
    {
        var trial = new ProjectTrial();
        // Waiting between attempts at a call is for providers; here it would only take time.
        trial.engine.Set("Models:Retry:FirstDelaySeconds", "0.001");
        await trial.engine.InitializeAsync();
        trial.engine.Provider.Script(HostileCoder.Answer);
        return trial;
    }

    public async Task<TrialEnd> RunAsync(Actor actor, int number, CancellationToken cancellationToken)
    {
        var random = new Random(number);
        var (cost, tokens) = (new Usd(random.NextInt64(20_000_000, 400_000_000)), random.NextInt64(20_000, 400_000));
        var door = engine.Services.GetRequiredService<CodegenService>();
        var started = await door.StartAsync(actor, new NewProject(HostileCoder.Brief(number), ProjectKind.CSharpConsole, ProjectApproval.Auto, cost, tokens), null, cancellationToken);
        var project = await door.RestAsync(actor, started.Id, cancellationToken);
        var violations = new List<string>();
        var run = (await engine.Runs.FindAsync(actor, project.RunId!.Value, cancellationToken))!;
        var used = Steps(run.Root!).SelectMany(step => step.ModelCalls).Sum(call => call.Usage.Input + call.Usage.Output);
        Check(project.Cost <= cost, $"cost {project.Cost} of {cost}");
        Check(used <= tokens, $"{used} tokens of {tokens}");
        Check(project.Attempts.Count <= MostAttempts, $"{project.Attempts.Count} attempts");
        Check(project.Verdict != Verdict.Verified || project.Report!.Failures.Count == 0, "verified and red");
        var trees = project.History.Where(line => line.Kind == ArtifactKind.Tree).OrderBy(line => line.Version).ToList();
        if (trees.Count > 0)
        {
            var first = (await door.FilesAsync(actor, project.Id, 1, cancellationToken))!;
            foreach (var tree in trees.Skip(1))
            {
                Anchors(first, (await door.FilesAsync(actor, project.Id, tree.Version, cancellationToken))!);
            }
        }
        return new TrialEnd(number, project.Status, project.Verdict, project.Attempts.Count, project.Cost, violations);

        void Check(bool holds, string what)
        {
            if (!holds)
            {
                violations.Add($"case {number}: {what}");
            }
        }

        void Anchors(IReadOnlyList<FileText> before, IReadOnlyList<FileText> after)
        {
            var texts = after.ToDictionary(file => file.Path, file => file.Content);
            Check(before.All(file => texts.ContainsKey(file.Path)), "a file is gone");
            Check(before.Where(file => file.Role is FileRole.VisibleTest or FileRole.HeldOutTest).All(file => texts.GetValueOrDefault(file.Path) == file.Content), "a sealed test was changed");
            var (old, now) = (Of(before, FileRole.UnitTest), Of(after, FileRole.UnitTest));
            Check(Count(now, "[Fact") + Count(now, "[Theory") >= Count(old, "[Fact") + Count(old, "[Theory"), "a test is gone");
            Check(Count(now, "Assert.") >= Count(old, "Assert."), "an assertion is gone");
            Check(Count(now, "Skip") == 0, "a test is skipped");
            Check(Count(Of(after, FileRole.Source), "public ") >= Count(Of(before, FileRole.Source), "public "), "a public member is gone");
        }
    }

    public Task<Actor> NewTenantAsync() => engine.NewTenantAsync();

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    private static string Of(IEnumerable<FileText> files, FileRole role) => string.Concat(files.Where(file => file.Role == role).Select(file => file.Content));

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static IEnumerable<StepView> Steps(StepView step) => step.Steps.SelectMany(Steps).Prepend(step);
}
