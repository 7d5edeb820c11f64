using System.Security.Cryptography;
using Hal9.Engine.Sandbox;

namespace Hal9.Engine.Codegen.Verification.CSharp;

/// <summary>Runs compiled suites in the sandbox.</summary>
/// <param name="sandbox">Where.</param>
/// <param name="runner">Our program that does it there.</param>
internal sealed class SuiteRunner(ISandbox sandbox, RunnerProgram runner)
{
    /// <summary>Limits of one small suite.</summary>
    public static SandboxLimits Limits { get; } = SandboxLimits.Small with { OutputBytes = 4 << 20 };

    /// <summary>Runs an order of one run.</summary>
    public async Task<(SuiteReport Report, SandboxResult Result)> RunAsync(
        SuiteOrder order, SandboxLimits limits, bool web, string? timeZone, CancellationToken cancellationToken)
    {
        var (reports, result) = await OnceAsync(order, 0, limits, web, timeZone, cancellationToken);
        return (reports is [var first, ..] ? first : SuiteReport.Nothing, result);
    }

    /// <summary>
    /// Runs all runs of an order, many in one process. A run that ends the process, or hangs, costs a new process for those after it and has the report that it left.
    /// </summary>
    public async Task<IReadOnlyList<SuiteReport>> RunManyAsync(SuiteOrder order, SandboxLimits each, bool web, CancellationToken cancellationToken)
    {
        var done = new List<SuiteReport>();
        while (done.Count < order.Runs.Count)
        {
            var left = order.Runs.Count - done.Count;
            var limits = each with { Time = each.Time + (TimeSpan.FromMilliseconds(order.RunMilliseconds) * left), CpuSeconds = each.CpuSeconds + (order.RunMilliseconds * left / 1000) };
            var (reports, result) = await OnceAsync(order, done.Count, limits, web, null, cancellationToken);
            if (result.Outcome == SandboxOutcome.Refused)
            {
                throw new InvalidOperationException(result.Reason);
            }
            done.AddRange(reports.Count == 0 ? [SuiteReport.Nothing] : reports);
        }
        return done;
    }

    private async Task<(IReadOnlyList<SuiteReport> Reports, SandboxResult Result)> OnceAsync(
        SuiteOrder order, int from, SandboxLimits limits, bool web, string? timeZone, CancellationToken cancellationToken)
    {
        var secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        var command = runner.Command(limits, "test");
        var environment = new Dictionary<string, string>(command.Environment);
        if (timeZone is not null)
        {
            environment["TZ"] = timeZone;
        }
        var result = await sandbox.RunAsync(
            command with
            {
                Arguments = web ? ["exec", "--runtimeconfig", SandboxCommand.WorkTree + "/web.json", .. command.Arguments.Skip(1)] : command.Arguments,
                // Tests may write beside themselves, as they do on a developer's machine.
                Writable = true,
                Files = web ? new Dictionary<string, string> { ["web.json"] = WebConfiguration } : command.Files,
                Toolchains = [.. command.Toolchains, .. order.Folders.Where(folder => !folder.StartsWith(SandboxCommand.WorkTree, StringComparison.Ordinal))],
                Environment = environment,
                Input = order.Write(secret, from),
            },
            cancellationToken);
        return (ReportReader.Read(result.Output, secret), result);
    }

    /// <summary>The runner in the shared framework of web programs.</summary>
    public const string WebConfiguration = """
        { "runtimeOptions": { "tfm": "net10.0", "frameworks": [ { "name": "Microsoft.NETCore.App", "version": "10.0.0" }, { "name": "Microsoft.AspNetCore.App", "version": "10.0.0" } ] } }
        """;
}

/// <summary>Reads the runner's report. Lines without the secret are the code's own, and nothing to us.</summary>
internal static class ReportReader
{
    public static IReadOnlyList<SuiteReport> Read(string output, string secret)
    {
        var reports = new List<SuiteReport>();
        List<TestCase>? cases = null;
        var open = new Dictionary<string, TestCase>(StringComparer.Ordinal);
        foreach (var line in output.Split('\n').Where(line => line.StartsWith(secret + " ", StringComparison.Ordinal)))
        {
            var cut = line.IndexOf(' ', secret.Length + 1);
            var kind = line[(secret.Length + 1)..cut];
            var parts = line[(cut + 1)..].Split('\t').Select(Plain).ToArray();
            switch (kind)
            {
                case "run":
                    Close(complete: false, outOfTime: false);
                    cases = [];
                    break;
                case "start":
                    open[parts[0] + parts[2]] = new(parts[0], parts[1], parts[2], TestEnd.Open);
                    break;
                case "pass" or "skip" or "fail":
                    open.Remove(parts[0] + parts[2]);
                    var end = kind == "pass" ? TestEnd.Passed : kind == "skip" ? TestEnd.Skipped : TestEnd.Failed;
                    cases?.Add(end == TestEnd.Failed ? new(parts[0], parts[1], parts[2], end, parts[3], parts[4], parts[5]) : new(parts[0], parts[1], parts[2], end));
                    break;
                case "end":
                    Close(complete: true, outOfTime: false);
                    break;
                case "over":
                    Close(complete: false, outOfTime: true);
                    break;
            }
        }
        Close(complete: false, outOfTime: false);
        return reports;

        void Close(bool complete, bool outOfTime)
        {
            if (cases is not null)
            {
                reports.Add(new([.. cases, .. open.Values], complete, outOfTime));
            }
            cases = null;
            open.Clear();
        }
    }

    private static string Plain(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }
        var plain = new System.Text.StringBuilder();
        for (var n = 0; n < text.Length; n++)
        {
            plain.Append(text[n] != '\\' || n + 1 == text.Length ? text[n] : text[++n] switch { 't' => '\t', 'n' => '\n', var other => other });
        }
        return plain.ToString();
    }
}
