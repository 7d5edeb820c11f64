using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Cli.Api;
using Hal9.Cli.Output;

namespace Hal9.Cli.Commands;

/// <summary>What models cost, and who changed it.</summary>
internal static class PriceCommands
{
    private static readonly Column[] Versions =
    [
        new("number", "List", Show.Number), new("at", "Imported", Show.Time), new("count", "Entries", Show.Number), new("note", "Note", Show.Short), new("userId", "By", IsExtra: true), new("hash", "Hash", IsExtra: true),
    ];

    private static readonly Column[] Changes =
    [
        new("kind", "Change"), new("model", "Model"), new("from", "From"), new("before.inputUsd", "Input before"), new("after.inputUsd", "Input after"), new("before.outputUsd", "Output before"),
        new("after.outputUsd", "Output after"),
    ];

    public static Command Make(Tool tool) => new Command("price", "Price lists of the instance, and bookings at other prices.").With(History(tool), Import(tool), Reprice(tool));

    public static Command Audit(Tool tool) => new Command("audit", "Who did what.").With(
        tool.Does(new Command("list", "The newest acts."), async (call, _, cancellationToken) =>
        {
            await call.Printer.ListAsync(
                await call.Console.GetAsync("api/v1/audit", cancellationToken),
                [new("seq", "No", Show.Number), new("at", "At", Show.Time), new("action", "Action"), new("target", "To"), new("userId", "By"), new("detail", "With", Show.Short, IsExtra: true)], "Nothing was done yet.");
            return ExitCode.Ok;
        }),
        tool.Does(new Command("verify", "Examine the chain of the audit log. Exit code 1 when it is not intact."), async (call, _, cancellationToken) =>
        {
            var found = await call.Console.GetAsync("api/v1/audit/verify", cancellationToken);
            await call.Printer.OneAsync(found, [new("isIntact", "Intact"), new("entries", "Entries", Show.Number), new("firstBad", "First bad", Show.Number)]);
            return found.Root.GetProperty("isIntact").GetBoolean() ? ExitCode.Ok : ExitCode.Failed;
        }));

    private static Command History(Tool tool) => tool.Does(new Command("history", "Imported price lists, newest first; the newest holds."), async (call, _, cancellationToken) =>
    {
        await call.Printer.ListAsync(await call.Console.GetAsync("api/v1/prices/history", cancellationToken), Versions, "No list was imported: the configuration's and the shipped prices hold.");
        return ExitCode.Ok;
    });

    private static Command Import(Tool tool)
    {
        var file = new Argument<FileInfo>("file") { Description = "A JSON file: a list of entries, each with model, inputUsd, outputUsd and what else a price has.", HelpName = "file" };
        var note = new Option<string?>("--note") { Description = "Why; kept with the list.", HelpName = "text" };
        var dry = new Option<bool>("--dry-run") { Description = "Only say how it differs from the list in force." };
        return tool.Does(new Command("import", "Put a price list in force, all or nothing.").With(file, note, dry), async (call, result, cancellationToken) =>
        {
            var order = new JsonObject { ["entries"] = ReadEntries(await File.ReadAllTextAsync(result.GetValue(file)!.FullName, cancellationToken)), ["note"] = result.GetValue(note) };
            var done = await call.Console.SendAsync(HttpMethod.Post, result.GetValue(dry) ? "api/v1/prices/import?dryRun=true" : "api/v1/prices/import", order, cancellationToken);
            await call.Printer.ListAsync(
                call.Printer.Format == OutputFormat.Json ? done : new Reply($$"""{"items":{{done.Root.GetProperty("changes").GetRawText()}}}"""), Changes, "Nothing differs from the list in force.");
            if (done.Root.GetProperty("version") is { ValueKind: JsonValueKind.Object } version)
            {
                await call.NoteAsync(string.Create(CultureInfo.InvariantCulture, $"List {version.GetProperty("number").GetInt32()} is in force."));
            }
            return ExitCode.Ok;
        });
    }

    private static Command Reprice(Tool tool)
    {
        var from = new Option<string>("--from") { Description = "From this time on (ISO 8601).", HelpName = "time", Required = true };
        var to = new Option<string>("--to") { Description = "Before this time (ISO 8601).", HelpName = "time", Required = true };
        var apply = new Option<bool>("--apply") { Description = "Book the differences; else only look." };
        var reason = new Option<string?>("--reason") { Description = "Why; required to apply.", HelpName = "text" };
        return tool.Does(
            new Command("reprice", "Price what was booked in a time anew, at the prices in force: the difference of each call is booked as an adjustment.").With(from, to, apply, reason),
            async (call, result, cancellationToken) =>
            {
                var order = new JsonObject { ["from"] = result.GetValue(from), ["to"] = result.GetValue(to), ["apply"] = result.GetValue(apply), ["reason"] = result.GetValue(reason) };
                var done = await call.Console.SendAsync(HttpMethod.Post, "api/v1/prices/reprice", order, cancellationToken);
                await call.Printer.OneAsync(
                    done,
                    [
                        new("looked", "Calls looked at", Show.Number), new("skipped", "Estimated, left as they are", Show.Number), new("unpriced", "Without price, left as they are", Show.Number),
                        new("differenceUsd", "Difference", Show.Money), new("applied", "Booked"),
                    ]);
                return ExitCode.Ok;
            });
    }

    private static JsonNode ReadEntries(string text)
    {
        try
        {
            return JsonNode.Parse(text) switch
            {
                JsonArray entries => entries,
                JsonObject whole when whole["entries"] is JsonArray entries => entries.DeepClone(),
                _ => throw ToolFailure.Usage("The file holds no list of entries.", "It begins with [ or with {\"entries\": [."),
            };
        }
        catch (JsonException e)
        {
            throw ToolFailure.Usage("The file is not JSON.", e.Message);
        }
    }
}
