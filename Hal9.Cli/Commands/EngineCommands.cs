using System.CommandLine;
using System.Text.Json.Nodes;
using Hal9.Cli.Api;
using Hal9.Cli.Output;

namespace Hal9.Cli.Commands;

/// <summary>What the engine has: models and the ledger.</summary>
internal static class EngineCommands
{
    public static Command Models(Tool tool) => tool.Does(new Command("models", "The models that can be named, their price state and the tiers they serve."), async (call, _, cancellationToken) =>
    {
        await call.Printer.ListAsync(
            await call.Console.GetAsync("api/v1/models", cancellationToken), [new("id", "Model"), new("provider", "Provider"), new("model", "Name there", IsExtra: true), new("kind", "Kind"), new("priced", "Priced"), new("tiers", "Tiers")],
            "There are no models.");
        return ExitCode.Ok;
    });

    public static Command Ledger(Tool tool) => new Command("ledger", "The book of what was spent.").With(Verify(tool), Statement(tool), Overruns(tool), Acknowledge(tool));

    private static readonly Column[] OverrunLines =
    [
        new("callId", "Call"), new("at", "At", Show.Time), new("provider", "Provider"), new("model", "Model"), new("reservedUsd", "Set aside", Show.Money), new("bookedUsd", "Booked", Show.Money),
        new("reservedTokens", "Tokens set aside", Show.Number, IsExtra: true), new("bookedTokens", "Tokens booked", Show.Number, IsExtra: true), new("acknowledgedAt", "Acknowledged", Show.Time),
        new("note", "Note", Show.Short, IsExtra: true),
    ];

    private static Command Statement(Tool tool)
    {
        var month = new Option<string>("--month") { Description = "Which, such as 2026-11.", HelpName = "month", Required = true };
        return tool.Does(new Command("statement", "A month by model and price, with where the ledger's chain stood before and after.").With(month), async (call, result, cancellationToken) =>
        {
            var statement = await call.Console.GetAsync(Address.Of("api/v1/ledger/statement", ("month", result.GetValue(month))), cancellationToken);
            if (call.Printer.Format == OutputFormat.Table)
            {
                await call.Printer.OneAsync(
                    statement,
                    [
                        new("month", "Month"), new("isClosed", "Closed"), new("totalUsd", "Total", Show.Money), new("adjustedUsd", "Of it adjusted", Show.Money), new("estimated", "Estimated calls", Show.Number),
                        new("overruns", "Overruns", Show.Number), new("unpriced", "At the ceiling price", Show.Number), new("opening.seq", "Opening entry", Show.Number), new("opening.hash", "Opening hash"),
                        new("closing.seq", "Closing entry", Show.Number), new("closing.hash", "Closing hash"),
                    ]);
            }
            await call.Printer.ListAsync(
                call.Printer.Format == OutputFormat.Json ? statement : new Reply($$"""{"items":{{statement.Root.GetProperty("lines").GetRawText()}}}"""),
                [
                    new("provider", "Provider"), new("model", "Model"), new("priceVersion", "Price", Show.Short), new("calls", "Calls", Show.Number), new("inputTokens", "Input", Show.Number),
                    new("outputTokens", "Output", Show.Number), new("amountUsd", "Amount", Show.Money),
                ],
                "Nothing was booked in that month.");
            return ExitCode.Ok;
        });
    }

    private static Command Overruns(Tool tool)
    {
        var open = new Option<bool>("--open") { Description = "Only those that block their model." };
        return tool.Does(new Command("overruns", "Calls that cost more than was set aside, newest first.").With(open), async (call, result, cancellationToken) =>
        {
            var page = await call.Console.GetAsync(Address.Of("api/v1/ledger/overruns", ("open", result.GetValue(open) ? "true" : null)), cancellationToken);
            await call.Printer.ListAsync(page, OverrunLines, "There are none.");
            return ExitCode.Ok;
        });
    }

    private static Command Acknowledge(Tool tool)
    {
        var id = Parts.Id("The call; 'overruns' lists them.");
        var reason = new Option<string?>("--reason") { Description = "What was found.", HelpName = "text" };
        return tool.Does(new Command("acknowledge", "Let a model be called again that cost more than was set aside.").With(id, reason), async (call, result, cancellationToken) =>
        {
            var order = new JsonObject { ["reason"] = result.GetValue(reason) };
            await call.Printer.OneAsync(await call.Console.SendAsync(HttpMethod.Post, $"api/v1/ledger/overruns/{result.GetValue(id)}/acknowledge", order, cancellationToken), OverrunLines);
            return ExitCode.Ok;
        });
    }

    private static Command Verify(Tool tool) => tool.Does(
        new Command("verify", "Examine hashes, links, head and anchors of the whole ledger. Exit code 1 when it is not intact."), async (call, _, cancellationToken) =>
        {
            var found = await call.Console.GetAsync("api/v1/ledger/verify", cancellationToken);
            await call.Printer.OneAsync(found, [new("verdict", "Verdict"), new("entries", "Entries", Show.Number), new("head", "Head"), new("firstBad", "First bad", Show.Number)]);
            return found.Root.GetProperty("verdict").GetString() == "intact" ? ExitCode.Ok : ExitCode.Failed;
        });
}
