using System.CommandLine;
using System.Text.Json.Nodes;
using Hal9.Cli.Api;
using Hal9.Cli.Output;

namespace Hal9.Cli.Commands;

/// <summary>API keys.</summary>
internal static class KeyCommands
{
    private static readonly Column[] Lines =
    [
        new("id", "Id"), new("name", "Name"), new("prefix", "Prefix"), new("scopes", "Scopes"), new("createdAt", "Made", Show.Time, IsExtra: true), new("expiresAt", "Expires", Show.Time),
        new("revokedAt", "Revoked", Show.Time), new("lastUsedAt", "Last used", Show.Time),
    ];

    public static Command Make(Tool tool) => new Command("key", "API keys for programs.").With(Create(tool), List(tool), Revoke(tool));

    private static Command Create(Tool tool)
    {
        var name = new Argument<string>("name") { Description = "What it is for.", HelpName = "name" };
        var scopes = new Option<string[]>("--scope") { Description = "What it may do; may be given several times. Without any, what you may.", HelpName = "scope" };
        var expires = new Option<string?>("--expires") { Description = "When it ends (ISO 8601).", HelpName = "time" };
        var budget = new Option<string?>("--budget-usd") { Description = "What it may spend in total.", HelpName = "usd" };
        var command = new Command("create", "Make a key. It is shown this once; with --quiet nothing else is. Keys are made by people: sign in with a password first.").With(name, scopes, expires, budget);
        return tool.Does(command, async (call, result, cancellationToken) =>
        {
            var order = new JsonObject { ["name"] = result.GetValue(name), ["expiresAt"] = result.GetValue(expires), ["budgetUsd"] = result.GetValue(budget) };
            if (result.GetValue(scopes) is { Length: > 0 } some)
            {
                order["scopes"] = new JsonArray([.. some.Select(scope => JsonValue.Create(scope))]);
            }
            var made = await call.Console.SendAsync(HttpMethod.Post, "api/v1/keys", order, cancellationToken);
            if (call.Quiet && call.Printer.Format == OutputFormat.Table)
            {
                await call.Around.Out.WriteLineAsync(made.Root.GetProperty("key").GetString());
                return ExitCode.Ok;
            }
            await call.Printer.OneAsync(made, [new("id", "Id"), new("name", "Name"), new("key", "Key"), new("prefix", "Prefix"), new("scopes", "Scopes"), new("expiresAt", "Expires", Show.Time)]);
            await call.NoteAsync("Keep it now: it is not shown again.");
            return ExitCode.Ok;
        });
    }

    private static Command List(Tool tool)
    {
        var after = Parts.After();
        return tool.Does(new Command("list", "Your keys, or everybody's if you manage keys; newest first.").With(after), async (call, result, cancellationToken) =>
        {
            var page = await call.Console.GetAsync(Address.Of("api/v1/keys", ("after", result.GetValue(after))), cancellationToken);
            await call.Printer.ListAsync(page, Lines, "There are no keys.");
            await call.NoteMoreAsync(page);
            return ExitCode.Ok;
        });
    }

    private static Command Revoke(Tool tool)
    {
        var id = Parts.Id("The key's id, from 'hal9 key list'.");
        return tool.Does(new Command("revoke", "End a key at once.").With(id), async (call, result, cancellationToken) =>
        {
            await call.Console.SendAsync(HttpMethod.Delete, $"api/v1/keys/{result.GetValue(id)}", null, cancellationToken);
            await call.NoteAsync("The key is revoked.");
            return ExitCode.Ok;
        });
    }
}
