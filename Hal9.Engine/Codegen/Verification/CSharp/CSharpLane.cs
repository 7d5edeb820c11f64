using System.Globalization;
using Hal9.Engine.Codegen.Verification.Toolchains;
using Hal9.Engine.Sandbox;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Hal9.Engine.Codegen.Verification.CSharp;

/// <summary>A C# project on the ladder: compiled in this process, executed in the sandbox.</summary>
internal sealed partial class CSharpLane : ILane
{
    private const int MostMutants = 40;
    private readonly VerificationInput input;
    private readonly CSharpCompiler compiler;
    private readonly SuiteRunner suites;
    private readonly FullBuild tools;
    private readonly FullBuild? build;
    private readonly IReadOnlyList<string> packages;
    private readonly IReadOnlyList<string> missing;
    private readonly bool web;
    private readonly SandboxLimits limits;
    private readonly Lazy<IReadOnlyList<SyntaxTree>> sources;
    private readonly Dictionary<string, Lazy<IReadOnlyList<SyntaxTree>>> tests;
    private readonly Dictionary<string, IReadOnlyList<WrittenTest>> declared = [];
    private readonly Dictionary<string, CompiledImage> images = [];
    private CSharpCompilation? program;
    private CompiledImage? app;

    /// <param name="input">The project.</param>
    /// <param name="sandbox">Where it is executed.</param>
    /// <param name="runner">Our program there.</param>
    /// <param name="shelf">Packages.</param>
    /// <param name="fullBuild">Whether rung 5 also builds with the whole tool chain; without, nothing can be called verified.</param>
    /// <param name="limits">Limits of one run of its tests.</param>
    public CSharpLane(VerificationInput input, ISandbox sandbox, RunnerProgram runner, PackageShelf shelf, bool fullBuild, SandboxLimits limits)
    {
        this.limits = limits;
        this.input = input;
        compiler = new(runner);
        suites = new(sandbox, runner);
        (packages, missing) = shelf.Find(input.Packages);
        tools = new(sandbox, runner, packages);
        build = fullBuild ? tools : null;
        web = CSharpCompiler.IsWeb(input.Kind);
        sources = new(() => CSharpCompiler.Parse(input.Sources));
        tests = new()
        {
            [SuiteNames.Unit] = new(() => CSharpCompiler.Parse(input.UnitTests)),
            [SuiteNames.Visible] = new(() => CSharpCompiler.Parse(input.VisibleAcceptance)),
            [SuiteNames.HeldOut] = new(() => CSharpCompiler.Parse(input.HeldOutAcceptance)),
        };
    }

    public IReadOnlyDictionary<string, string> Toolchain => new Dictionary<string, string>
    {
        ["dotnet"] = Environment.Version.ToString(),
        ["roslyn"] = typeof(CSharpCompilation).Assembly.GetName().Version!.ToString(3),
    };

    public SuiteSize UnitSuite => SuiteReader.SizeOf(Declared(SuiteNames.Unit));

    public int HeldOutTests => Declared(SuiteNames.HeldOut).Count;

    public int? HeldOutPassed { get; set; }

    public MutationScore? Mutants { get; set; }

    /// <summary>Time of the last complete run of a suite: what a mutant is measured by.</summary>
    public TimeSpan LastRun { get; private set; }

    public Task<RungFinding> ClimbAsync(int rung, CancellationToken cancellationToken) => rung switch
    {
        1 => Task.FromResult(Parse()),
        2 => CompileAsync(cancellationToken),
        3 => Task.FromResult(Rules()),
        4 => RunAsync(4, SuiteNames.Unit, cancellationToken),
        5 => VisibleAsync(cancellationToken),
        6 => HeldOutAsync(cancellationToken),
        7 => MutateAsync(cancellationToken),
        _ => RepeatAsync(cancellationToken),
    };

    private RungFinding Parse()
    {
        var errors = sources.Value.Concat(tests[SuiteNames.Unit].Value).Concat(tests[SuiteNames.Visible].Value)
            .SelectMany(tree => tree.GetDiagnostics()).Where(one => one.Severity == DiagnosticSeverity.Error);
        return RungFinding.Of("parse (Roslyn)", [.. errors.Take(20).Select(error => FailureOf(1, error))]);
    }

    private async Task<RungFinding> CompileAsync(CancellationToken cancellationToken)
    {
        const string Command = "compile (Roslyn, in process)";
        if (missing.Count > 0)
        {
            return RungFinding.Unknown(Command, $"missing package: {string.Join(", ", missing)}. There are: {string.Join(", ", packages.Select(Path.GetFileName).DefaultIfEmpty("none but xUnit"))}.");
        }
        program = compiler.Program(sources.Value, input.Kind, packages);
        if (input.Kind == ProjectKind.BlazorPage)
        {
            // Pages are made into C# by the SDK, which runs in the sandbox: its build is the compiler here.
            var (built, failure) = await tools.ProgramAsync(input, cancellationToken);
            if (failure is not null)
            {
                return failure;
            }
            app = built!;
        }
        else
        {
            var (image, errors) = CSharpCompiler.Emit(program, cancellationToken);
            if (image is null)
            {
                return RungFinding.Of(Command, [.. errors.Take(20).Select(error => FailureOf(2, error))]);
            }
            app = image;
        }
        var failures = new List<RungFailure>();
        foreach (var name in new[] { SuiteNames.Unit, SuiteNames.Visible })
        {
            failures.AddRange(CompileSuite(name, app, cancellationToken).Select(error => FailureOf(2, error)));
        }
        return RungFinding.Of(Command, failures, Warnings(program, cancellationToken));
    }

    private IEnumerable<Diagnostic> CompileSuite(string name, CompiledImage against, CancellationToken cancellationToken)
    {
        if (images.ContainsKey(name) || tests[name].Value.Count == 0)
        {
            return [];
        }
        var (image, errors) = CSharpCompiler.Emit(compiler.Suite(name, tests[name].Value, input.Kind, packages, against.Code), cancellationToken);
        if (image is not null)
        {
            images[name] = image;
        }
        return errors.Take(20);
    }

    private RungFinding Rules()
    {
        var failures = BannedUse.In(program!, tests: false, web).ToList();
        if (input.Kind == ProjectKind.BlazorPage && failures.Count == 0)
        {
            failures.AddRange(BannedUse.In(app!.Code));
        }
        if (tests[SuiteNames.Unit].Value.Count > 0)
        {
            failures.AddRange(BannedUse.In(compiler.Suite(SuiteNames.Unit, tests[SuiteNames.Unit].Value, input.Kind, packages, app!.Code), tests: true, web));
        }
        foreach (var name in SuiteNames.All)
        {
            failures.AddRange(Declared(name).Where(test => test.Switched).Select(test => name == SuiteNames.HeldOut
                ? new RungFailure(3, "switched-off", "A held-out test is switched off.")
                : new RungFailure(3, "switched-off", $"The test {test.Name} is switched off.", test.File, test.Line)));
        }
        if (input.PublicApi.Count > 0)
        {
            var there = (input.Kind == ProjectKind.BlazorPage ? compiler.ApiOf(app!.Code, packages) : PublicApiText.Of(program!)).ToHashSet(StringComparer.Ordinal);
            failures.AddRange(input.PublicApi.Where(line => !there.Contains(line)).Select(line => new RungFailure(3, "public-api", $"The design has {line}, the code has not.")));
        }
        return RungFinding.Of("rules (banned uses, public interface, switched-off tests)", [.. failures.Take(50)]);
    }

    private async Task<RungFinding> VisibleAsync(CancellationToken cancellationToken)
    {
        var fast = await RunAsync(5, SuiteNames.Visible, cancellationToken);
        if (fast.Outcome is RungOutcome.Red or RungOutcome.Inconclusive || build is null)
        {
            return fast;
        }
        return await build.RunAsync(input, [.. Declared(SuiteNames.Unit), .. Declared(SuiteNames.Visible)], cancellationToken);
    }

    private async Task<RungFinding> HeldOutAsync(CancellationToken cancellationToken)
    {
        if (CompileSuite(SuiteNames.HeldOut, app!, cancellationToken).Any())
        {
            HeldOutPassed = 0;
            return RungFinding.Of("held-out tests", [new(6, "held-out", "The held-out tests do not compile with this program: something of the agreed interface is missing.")]);
        }
        var found = await RunAsync(6, SuiteNames.HeldOut, cancellationToken);
        return HeldOut.Hide(found, HeldOutTests, passed => HeldOutPassed = passed);
    }

    /// <summary>Runs one suite; more than once where a run says nothing about the code.</summary>
    private async Task<RungFinding> RunAsync(int rung, string suite, CancellationToken cancellationToken)
    {
        if (!images.TryGetValue(suite, out var image))
        {
            return RungFinding.Skipped("There are no such tests.");
        }
        var order = new SuiteOrder([suite], [image], [[app!]]) { Folders = packages };
        return await JudgeAsync(rung, order, [.. Declared(suite)], null, cancellationToken);
    }

    private async Task<RungFinding> JudgeAsync(
        int rung, SuiteOrder order, IReadOnlyList<WrittenTest> expected, string? timeZone, CancellationToken cancellationToken)
    {
        var command = $"dotnet exec Hal9.Runner.dll test {string.Join(' ', order.Suites)}";
        var (report, result) = await suites.RunAsync(order, limits, web, timeZone, cancellationToken);
        if (result.Outcome == SandboxOutcome.Refused)
        {
            return RungFinding.Unknown(command, result.Reason ?? "The sandbox refused.");
        }
        if (RanOut(report, result))
        {
            // A resource that ran out says nothing about the code: once more with three times as much.
            (report, result) = await suites.RunAsync(order, limits.Times(3), web, timeZone, cancellationToken);
        }
        var failures = SuiteVerdict.Failures(rung, report, result, expected);
        var log = SuiteVerdict.LogOf(report, result);
        if (RanOut(report, result))
        {
            return RungFinding.Unknown(command, result.Reason ?? "The tests ran out of memory.", log, failures);
        }
        IReadOnlyList<string> passed = [.. report.Cases.Where(one => one.End == TestEnd.Passed).Select(one => one.Display).Order(StringComparer.Ordinal)];
        if (report is { Complete: true, Cases.Count: 0 } && expected.Count == 0)
        {
            return RungFinding.Skipped("There are no such tests.");
        }
        if (failures.Count == 0)
        {
            LastRun = result.Duration;
            return RungFinding.Green(command, log, passed, result.ExitCode);
        }
        // Tests with chance in them fail now and then: the same order again, and once more when the answers differ.
        var (again, secondResult) = await suites.RunAsync(order, limits, web, timeZone, cancellationToken);
        if (!RanOut(again, secondResult) && SuiteVerdict.Failures(rung, again, secondResult, expected).Count == 0)
        {
            return RungFinding.Unknown(command, $"The same tests fail in one run and pass in the next: {failures[0].Id}.", log, failures);
        }
        return new(RungOutcome.Red, command, RungFinding.Sentence(failures), result.ExitCode, log, failures, passed);
    }

    private static bool RanOut(SuiteReport report, SandboxResult result) => !report.Passed && (result.RanOut || report.OutOfMemory || report.OutOfTime);

    private IReadOnlyList<WrittenTest> Declared(string suite) =>
        declared.TryGetValue(suite, out var known) ? known : declared[suite] = SuiteReader.Read(tests[suite].Value);

    private static string Warnings(CSharpCompilation compilation, CancellationToken cancellationToken) => Logs.Bounded(string.Join('\n', compilation.GetDiagnostics(cancellationToken)
        .Where(one => one.Severity == DiagnosticSeverity.Warning).Select(one => one.ToString())));

    private static RungFailure FailureOf(int rung, Diagnostic error)
    {
        var place = error.Location.GetLineSpan();
        return new(rung, error.Id, SuiteVerdict.Normalised(error.GetMessage(CultureInfo.InvariantCulture)), string.IsNullOrEmpty(place.Path) ? null : place.Path, error.Location.IsInSource ? place.StartLinePosition.Line + 1 : null);
    }
}

/// <summary>Logs with an end.</summary>
internal static class Logs
{
    private const int Most = 64 * 1024;

    public static string Bounded(string text) =>
        text.Length <= Most ? text : $"{text[..(Most / 2)]}\n… {text.Length - Most} characters …\n{text[^(Most / 2)..]}";
}
