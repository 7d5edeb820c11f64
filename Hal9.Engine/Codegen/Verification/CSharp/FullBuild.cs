using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Hal9.Engine.Sandbox;

namespace Hal9.Engine.Codegen.Verification.CSharp;

/// <summary>Builds a project with the whole tool chain in the sandbox, and runs its tests on what was built.</summary>
internal sealed partial class FullBuild(ISandbox sandbox, RunnerProgram runner, IReadOnlyList<string> packages)
{
    private const int DidNotBuild = 91;
    private const string Output = SandboxCommand.WorkTree + "/tests/bin/Debug/net10.0";

    // The scripts of interactive pages come in a package, which is not here; the tests of a page do without.
    // The build's own output goes to standard error: standard output is the runner's.
    private const string Script = """
        dotnet=$1; runner=$2
        "$dotnet" build "$3" -nologo -v quiet -clp:NoSummary -p:UseAppHost=false -p:NuGetAudit=false -p:UseSharedCompilation=false -p:RunAnalyzers=false -p:RequiresAspNetWebAssets=false </dev/null >/tmp/build.log 2>&1
        code=$?; cat /tmp/build.log >&2
        [ $code = 0 ] || exit 91

        """;

    private static readonly SandboxLimits Limits = new(TimeSpan.FromSeconds(90), 120, 2L << 30, 512, 4 << 20, 512L << 20);

    public async Task<RungFinding> RunAsync(VerificationInput input, IReadOnlyList<WrittenTest> expected, CancellationToken cancellationToken)
    {
        const string Done = "dotnet build tests/App.Tests.csproj, then its tests";
        var secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        var order = new SuiteOrder(["App.Tests"], [], [[]]) { Folders = [Output, .. packages] };
        string[] web = CSharpCompiler.IsWeb(input.Kind) ? ["--runtimeconfig", SandboxCommand.WorkTree + "/web.json"] : [];
        var command = Command(input, "tests/App.Tests.csproj", $"exec \"$dotnet\" exec {string.Join(' ', web)} \"$runner\" test") with { Input = expected.Count == 0 ? default : order.Write(secret, 0) };
        var result = await RunAsync(command, cancellationToken);
        var log = Logs.Bounded(result.Errors);
        if (result.Outcome == SandboxOutcome.Refused || result.RanOut)
        {
            return RungFinding.Unknown(Done, result.Reason ?? "The sandbox refused.", log);
        }
        if (result.ExitCode == DidNotBuild)
        {
            return new(RungOutcome.Red, Done, "The project does not build.", DidNotBuild, log, ErrorsOf(5, result.Errors));
        }
        if (expected.Count == 0)
        {
            return RungFinding.Green(Done, log, [], 0);
        }
        var report = ReportReader.Read(result.Output, secret) is [var first, ..] ? first : SuiteReport.Nothing;
        var failures = SuiteVerdict.Failures(5, report, result, expected);
        IReadOnlyList<string> passed = [.. report.Cases.Where(one => one.End == TestEnd.Passed).Select(one => one.Display).Order(StringComparer.Ordinal)];
        return failures.Count == 0
            ? RungFinding.Green(Done, log, passed, result.ExitCode)
            : new(report.OutOfMemory ? RungOutcome.Inconclusive : RungOutcome.Red, Done, RungFinding.Sentence(failures), result.ExitCode, log, failures, passed);
    }

    /// <summary>Builds the program alone, and brings back what was made: for programs of which not all text is C#.</summary>
    public async Task<(CompiledImage? Image, RungFinding? Failure)> ProgramAsync(VerificationInput input, CancellationToken cancellationToken)
    {
        const string Done = "dotnet build src/App.csproj";
        var result = await RunAsync(Command(input, "src/App.csproj", "base64 -w0 src/bin/Debug/net10.0/App.dll; echo; base64 -w0 src/bin/Debug/net10.0/App.pdb"), cancellationToken);
        var log = Logs.Bounded(result.Errors);
        if (result.Outcome == SandboxOutcome.Refused || result.RanOut)
        {
            return (null, RungFinding.Unknown(Done, result.Reason ?? "The sandbox refused.", log));
        }
        return result.ExitCode == 0 && result.Output.Split('\n') is [var code, var symbols, ..]
            ? (new(CSharpCompiler.App, Convert.FromBase64String(code), Convert.FromBase64String(symbols)), null)
            : (null, RungFinding.Of(Done, ErrorsOf(2, result.Errors), log));
    }

    private async Task<SandboxResult> RunAsync(SandboxCommand command, CancellationToken cancellationToken)
    {
        var result = await sandbox.RunAsync(command, cancellationToken);
        return result.RanOut ? await sandbox.RunAsync(command with { Limits = command.Limits.Times(3) }, cancellationToken) : result;
    }

    private SandboxCommand Command(VerificationInput input, string project, string then) => runner.Command(Limits, "test") with
    {
        Program = "/bin/sh",
        Arguments = ["-c", Script + then, "sh", runner.Host, runner.Assembly, project],
        Files = Tree(input),
        Writable = true,
        Toolchains = [runner.DotnetRoot, runner.Folder, .. packages],
        Environment = new Dictionary<string, string>(RunnerProgram.Settings(Limits))
        {
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["DOTNET_CLI_UI_LANGUAGE"] = "en",
            ["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1",
            ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
            ["NUGET_PACKAGES"] = "/tmp/packages",
            ["DOTNET_ROOT"] = runner.DotnetRoot,
        },
    };

    private static List<RungFailure> ErrorsOf(int rung, string log)
    {
        var errors = Error().Matches(log).Select(error => FailureOf(rung, error)).Distinct().Take(20).ToList();
        return errors.Count > 0 ? errors : [new(rung, "build", "The project does not build; see the log.")];
    }

    private Dictionary<string, string> Tree(VerificationInput input)
    {
        var tree = new Dictionary<string, string>(ProjectTemplates.FilesOf(input.Kind, "Program"));
        foreach (var (path, text) in input.Sources.Concat(input.UnitTests).Concat(input.VisibleAcceptance))
        {
            tree[path] = text;
        }
        // No package source at all: what is not here cannot be had. xUnit and the packages of the shelf are referenced where they lie.
        tree["nuget.config"] = "<configuration><packageSources><clear /></packageSources></configuration>";
        // The package would bring the entry point along that a test project needs; the runner does not go through it.
        tree["tests/Entry.cs"] = "internal static class Hal9Entry { private static void Main() { } }";
        var libraries = string.Concat(packages.Select(folder => $"""<Reference Include="{folder}/*.dll" />"""));
        var without = """<PackageReference Remove="@(PackageReference)" />""";
        tree["tests/Directory.Build.targets"] = $"""<Project><ItemGroup>{without}<Reference Include="{runner.Folder}/xunit.v3.*.dll" />{libraries}</ItemGroup></Project>""";
        tree["src/Directory.Build.targets"] = $"<Project><ItemGroup>{without}{libraries}</ItemGroup></Project>";
        tree["web.json"] = SuiteRunner.WebConfiguration;
        return tree;
    }

    private static RungFailure FailureOf(int rung, Match error) => new(
        rung, error.Groups["id"].Value, SuiteVerdict.Normalised(error.Groups["message"].Value.Trim()), error.Groups["file"].Value.Replace(SandboxCommand.WorkTree + "/", "", StringComparison.Ordinal),
        error.Groups["line"].Success ? int.Parse(error.Groups["line"].Value, CultureInfo.InvariantCulture) : null);

    [GeneratedRegex(@"^(?<file>/[^(:\n]*?)(\((?<line>\d+),\d+\))? ?: error (?<id>\w+): (?<message>[^\n\[]+)", RegexOptions.Multiline)]
    private static partial Regex Error();
}
