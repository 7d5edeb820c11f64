using System.CommandLine;
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

    public static Command Ledger(Tool tool) => new Command("ledger", "The book of what was spent.").With(tool.Does(
        new Command("verify", "Examine hashes, links, head and anchors of the whole ledger. Exit code 1 when it is not intact."), async (call, _, cancellationToken) =>
        {
            var found = await call.Console.GetAsync("api/v1/ledger/verify", cancellationToken);
            await call.Printer.OneAsync(found, [new("verdict", "Verdict"), new("entries", "Entries", Show.Number), new("head", "Head"), new("firstBad", "First bad", Show.Number)]);
            return found.Root.GetProperty("verdict").GetString() == "intact" ? ExitCode.Ok : ExitCode.Failed;
        }));
}
