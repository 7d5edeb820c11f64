using System.CommandLine;
using System.Text.Json;
using Hal9.Cli.Output;

namespace Hal9.Cli.Commands;

/// <summary>What is wrong between here and the console, and what helps.</summary>
internal static class DoctorCommand
{
    private static readonly Column[] Columns = [new("check", "Check"), new("state", "State"), new("detail", "Found"), new("fix", "What helps")];

    public static Command Make(Tool tool) => tool.Does(
        new Command("doctor", "Check address, reach, readiness, credential, clock and versions. Exit code 6 or 3 when the reach or the credential is what fails."),
        async (call, _, cancellationToken) =>
        {
            var findings = await new Examination(call).ExamineAsync(cancellationToken);
            await call.Printer.RowsAsync(
                [.. findings.Select(found => JsonSerializer.SerializeToElement(new { check = found.Check, state = found.State.ToString().ToLowerInvariant(), detail = found.Detail, fix = found.Fix }))], Columns, "");
            return findings.FirstOrDefault(found => found.State == Health.Fails)?.Code ?? ExitCode.Ok;
        });
}
