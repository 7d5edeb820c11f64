using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hal9.Engine.Codegen.Verification.CSharp;
using Hal9.Engine.Sandbox;

namespace Hal9.Engine.Codegen.Verification.Scripts;

/// <summary>A project of a scripting language on the ladder: read and executed in the sandbox. It has the rungs to 6, so its best word is "lightly tested".</summary>
internal sealed class ScriptLane(VerificationInput input, ISandbox sandbox, ScriptTool tool, SandboxLimits limits) : ILane
{
    private Reading? read;

    public IReadOnlyDictionary<string, string> Toolchain => new Dictionary<string, string> { [tool.Language.Word()] = tool.Version };

    public SuiteSize UnitSuite => SuiteReader.SizeOf(Declared(input.UnitTests));

    public int HeldOutTests => Declared(input.HeldOutAcceptance).Count;

    public int? HeldOutPassed { get; set; }

    public MutationScore? Mutants { get; set; }

    public async Task<RungFinding> ClimbAsync(int rung, CancellationToken cancellationToken)
    {
        if (rung >= 7)
        {
            return RungFinding.Skipped($"There is no such rung for {tool.Language.Word()} yet.");
        }
        if (read is null)
        {
            var (reading, failure) = await ReadAsync(cancellationToken);
            if (failure is not null)
            {
                return failure;
            }
            read = reading;
        }
        return rung switch
        {
            1 => Of("parse", 1, "syntax", read!.Errors),
            2 when read!.Missing.Count > 0 => RungFinding.Unknown("imports", $"missing package: {string.Join(", ", read.Missing.Distinct())}. There is the language's own library only."),
            2 => Of("imports", 2, "import", read!.Unresolved),
            3 => Rules(read!),
            4 => await SuiteAsync(4, input.UnitTests, cancellationToken),
            5 => await SuiteAsync(5, input.VisibleAcceptance, cancellationToken),
            _ => await HeldOutAsync(cancellationToken),
        };
    }

    private async Task<(Reading? Reading, RungFinding? Failure)> ReadAsync(CancellationToken cancellationToken)
    {
        var files = All.Where(file => IsCode(file.Key)).ToDictionary(file => file.Key, file => file.Value);
        var result = await sandbox.RunAsync(Command(tool.Check, JsonSerializer.SerializeToUtf8Bytes(new { files })), cancellationToken);
        if (result is not { Outcome: SandboxOutcome.Exited, ExitCode: 0 })
        {
            return (null, RungFinding.Unknown(tool.Check.Key, result.Reason ?? "The check did not come to its end.", Logs.Bounded(result.Errors)));
        }
        return (JsonSerializer.Deserialize<Reading>(result.Output, JsonSerializerOptions.Web), null);
    }

    private RungFinding Rules(Reading reading)
    {
        var failures = Failures(3, "banned", reading.Banned);
        failures.AddRange(reading.Tests.Where(test => test[3].GetBoolean()).Select(test => input.HeldOutAcceptance.ContainsKey(test[0].GetString()!)
            ? new RungFailure(3, "switched-off", "A held-out test is switched off.")
            : new RungFailure(3, "switched-off", $"The test {test[2]} is switched off.", test[0].GetString(), test[1].GetInt32())));
        failures.AddRange(input.PublicApi.Except(reading.Api).Select(line => new RungFailure(3, "public-api", $"The design has {line}, the code has not.")));
        return RungFinding.Of("rules (banned uses, public interface, switched-off tests)", failures);
    }

    private async Task<RungFinding> HeldOutAsync(CancellationToken cancellationToken)
    {
        var found = await SuiteAsync(6, input.HeldOutAcceptance, cancellationToken);
        return HeldOut.Hide(found, HeldOutTests, passed => HeldOutPassed = passed);
    }

    private async Task<RungFinding> SuiteAsync(int rung, IReadOnlyDictionary<string, string> tests, CancellationToken cancellationToken)
    {
        var expected = Declared(tests);
        if (expected.Count == 0)
        {
            return RungFinding.Skipped("There are no such tests.");
        }
        var command = $"{Path.GetFileName(tool.Program)} {tool.Suite.Key} {string.Join(' ', rung == 6 ? [] : tests.Keys)}".TrimEnd();
        var (report, result) = await RunAsync(tests, limits, cancellationToken);
        if (result.Outcome == SandboxOutcome.Refused)
        {
            return RungFinding.Unknown(command, result.Reason ?? "The sandbox refused.");
        }
        if (!report.Passed && (result.RanOut || OutOfMemory(report)))
        {
            (report, result) = await RunAsync(tests, limits.Times(3), cancellationToken);
        }
        var failures = SuiteVerdict.Failures(rung, report, result, expected);
        var log = SuiteVerdict.LogOf(report, result);
        if (failures.Count > 0 && (result.RanOut || OutOfMemory(report)))
        {
            return RungFinding.Unknown(command, result.Reason ?? "The tests ran out of memory.", log, failures);
        }
        IReadOnlyList<string> passed = [.. report.Cases.Where(one => one.End == TestEnd.Passed).Select(one => one.Display).Order(StringComparer.Ordinal)];
        if (failures.Count == 0)
        {
            return RungFinding.Green(command, log, passed, result.ExitCode);
        }
        var (again, secondResult) = await RunAsync(tests, limits, cancellationToken);
        return SuiteVerdict.Failures(rung, again, secondResult, expected).Count == 0
            ? RungFinding.Unknown(command, $"The same tests fail in one run and pass in the next: {failures[0].Id}.", log, failures)
            : new(RungOutcome.Red, command, RungFinding.Sentence(failures), result.ExitCode, log, failures, passed);
    }

    private async Task<(SuiteReport Report, SandboxResult Result)> RunAsync(IReadOnlyDictionary<string, string> tests, SandboxLimits within, CancellationToken cancellationToken)
    {
        var secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        var files = tests.Keys.Where(IsCode).Order(StringComparer.Ordinal);
        var result = await sandbox.RunAsync(Command(tool.Suite, Encoding.UTF8.GetBytes(string.Join('\n', files.Prepend(secret)))) with { Limits = within }, cancellationToken);
        return (ReportReader.Read(result.Output, secret) is [var first, ..] ? first : SuiteReport.Nothing, result);
    }

    private SandboxCommand Command(KeyValuePair<string, string> script, byte[] order) => new(tool.Program, [.. tool.Options, SandboxCommand.WorkTree + "/" + script.Key], limits)
    {
        Files = new Dictionary<string, string>(All) { [script.Key] = script.Value },
        Writable = true,
        Toolchains = tool.Folders,
        Input = order,
    };

    private IEnumerable<KeyValuePair<string, string>> All => input.Sources.Concat(input.UnitTests).Concat(input.VisibleAcceptance).Concat(input.HeldOutAcceptance);

    private List<WrittenTest> Declared(IReadOnlyDictionary<string, string> tests) =>
    [
        .. (read?.Tests ?? []).Where(test => tests.ContainsKey(test[0].GetString()!))
            .Select(test => new WrittenTest(test[2].GetString()!, test[3].GetBoolean(), test[4].GetInt32(), true, test[0].GetString()!, test[1].GetInt32())),
    ];

    private static bool OutOfMemory(SuiteReport report) => report.Cases.Any(one => one.ExceptionType == "MemoryError");

    private static bool IsCode(string path) => path.EndsWith(".py", StringComparison.Ordinal) || path.EndsWith(".ts", StringComparison.Ordinal);

    private RungFinding Of(string command, int rung, string id, IReadOnlyList<JsonElement[]> found)
    {
        var failures = Failures(rung, id, found.Where(one => !input.HeldOutAcceptance.ContainsKey(one[0].GetString()!)));
        return RungFinding.Of(command, failures);
    }

    private static List<RungFailure> Failures(int rung, string id, IEnumerable<JsonElement[]> found) =>
        [.. found.Take(20).Select(one => new RungFailure(rung, id, one[2].GetString()!, one[0].GetString(), one[1].GetInt32()))];

    // As the check script writes it: lists of path, line and text.
    private sealed record Reading(
        IReadOnlyList<JsonElement[]> Errors, IReadOnlyList<string> Missing, IReadOnlyList<JsonElement[]> Unresolved, IReadOnlyList<JsonElement[]> Banned, IReadOnlyList<string> Api,
        IReadOnlyList<JsonElement[]> Tests);
}
