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

    // The build's own output goes to standard error: standard output is the runner's.
    private const string Script = """
        dotnet=$1; runner=$2; shift 2
        "$dotnet" build tests/App.Tests.csproj -nologo -v quiet -clp:NoSummary -p:UseAppHost=false -p:NuGetAudit=false -p:UseSharedCompilation=false -p:RunAnalyzers=false </dev/null >/tmp/build.log 2>&1
        code=$?; cat /tmp/build.log >&2
        [ $code = 0 ] || exit 91
        exec "$dotnet" exec "$@" "$runner" test
        """;

    private static readonly SandboxLimits Limits = new(TimeSpan.FromSeconds(90), 120, 2L << 30, 512, 4 << 20, 512L << 20);

    public async Task<RungFinding> RunAsync(VerificationInput input, IReadOnlyList<WrittenTest> expected, CancellationToken cancellationToken)
    {
        const string Command = "dotnet build tests/App.Tests.csproj, then its tests";
        var secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        var order = new SuiteOrder(["App.Tests"], [], [[]]) { Folders = [Output, .. packages] };
        string[] web = CSharpCompiler.IsWeb(input.Kind) ? ["--runtimeconfig", SandboxCommand.WorkTree + "/web.json"] : [];
        var command = runner.Command(Limits, "test") with
        {
            Program = "/bin/sh",
            Arguments = ["-c", Script, "sh", runner.Host, runner.Assembly, .. web],
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
            Input = expected.Count == 0 ? default : order.Write(secret, 0),
        };
        var result = await sandbox.RunAsync(command, cancellationToken);
        if (result.RanOut)
        {
            result = await sandbox.RunAsync(command with { Limits = Limits.Times(3) }, cancellationToken);
        }
        var log = Logs.Bounded(result.Errors);
        if (result.Outcome == SandboxOutcome.Refused || result.RanOut)
        {
            return RungFinding.Unknown(Command, result.Reason ?? "The sandbox refused.", log);
        }
        if (result.ExitCode == DidNotBuild)
        {
            var errors = Error().Matches(result.Errors).Select(FailureOf).Distinct().Take(20).ToList();
            return new(RungOutcome.Red, Command, "The project does not build.", DidNotBuild, log, errors.Count > 0 ? errors : [new(5, "build", "The project does not build; see the log.")]);
        }
        if (expected.Count == 0)
        {
            return RungFinding.Green(Command, log, [], 0);
        }
        var report = ReportReader.Read(result.Output, secret) is [var first, ..] ? first : SuiteReport.Nothing;
        var failures = SuiteVerdict.Failures(5, report, result, expected);
        IReadOnlyList<string> passed = [.. report.Cases.Where(one => one.End == TestEnd.Passed).Select(one => one.Display).Order(StringComparer.Ordinal)];
        return failures.Count == 0
            ? RungFinding.Green(Command, log, passed, result.ExitCode)
            : new(report.OutOfMemory ? RungOutcome.Inconclusive : RungOutcome.Red, Command, RungFinding.Sentence(failures), result.ExitCode, log, failures, passed);
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

    private static RungFailure FailureOf(Match error) => new(
        5, error.Groups["id"].Value, SuiteVerdict.Normalised(error.Groups["message"].Value.Trim()), error.Groups["file"].Value.Replace(SandboxCommand.WorkTree + "/", "", StringComparison.Ordinal),
        int.Parse(error.Groups["line"].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^(?<file>[^\s(][^(\n]*)\((?<line>\d+),\d+\): error (?<id>\w+): (?<message>[^\n\[]+)", RegexOptions.Multiline)]
    private static partial Regex Error();
}
