using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Hal9.Cli.Api;
using Hal9.Cli.Output;

namespace Hal9.Cli.Commands;

/// <summary>More for a time, and the marks that were passed.</summary>
internal static class RaiseCommands
{
    private static readonly Column[] Lines =
    [
        new("id", "Raise"), new("budgetId", "Budget"), new("scope.kind", "Scope", IsExtra: true), new("scope.id", "Of", IsExtra: true), new("state", "State"), new("amountUsd", "Amount", Show.Money),
        new("tokens", "Tokens", Show.Number), new("reason", "Reason", Show.Short), new("runId", "Run", IsExtra: true), new("askedBy", "Asked by", IsExtra: true), new("askedAt", "Asked", Show.Time),
        new("expiresAt", "Expires", Show.Time), new("decidedBy", "Decided by", IsExtra: true), new("decidedAt", "Decided", Show.Time, IsExtra: true), new("decision", "Decision", Show.Short, IsExtra: true),
    ];

    private static readonly Column[] AlertLines =
    [
        new("id", "Alert", IsExtra: true), new("at", "At", Show.Time), new("scope.kind", "Scope"), new("scope.id", "Of"), new("period", "Period"), new("mark", "Mark %", Show.Number),
        new("spentUsd", "Spent", Show.Money), new("limitUsd", "Limit", Show.Money), new("spentTokens", "Tokens", Show.Number), new("limitTokens", "Token limit", Show.Number), new("budgetId", "Budget", IsExtra: true),
    ];

    public static Command Ask(Tool tool)
    {
        var id = Parts.Id("The budget; a refusal names it.");
        var usd = new Option<string?>("--usd") { Description = "What is added to the limit of money.", HelpName = "usd" };
        var tokens = new Option<long?>("--tokens") { Description = "What is added to the limit of tokens.", HelpName = "n" };
        var reason = new Option<string?>("--reason") { Description = "Why.", HelpName = "text" };
        var until = new Option<string?>("--until") { Description = "Until when (ISO 8601); else until the budget's period ends.", HelpName = "time" };
        var run = new Option<Guid?>("--run") { Description = "The run that was refused or waits for it.", HelpName = "id" };
        var of = new Option<string?>("--of") { Description = "Of a budget that stands for each: whose limit; else one's own.", HelpName = "id" };
        var command = new Command("raise", "Ask for more for a time; from somebody who may edit budgets it is granted at once.").With(id, usd, tokens, reason, until, run, of);
        command.Validators.Add(result =>
        {
            if (result.GetResult(usd) is null && result.GetResult(tokens) is null)
            {
                result.AddError("How much: --usd or --tokens.");
            }
        });
        return tool.Does(command, async (call, result, cancellationToken) =>
        {
            var order = new JsonObject
            {
                ["amountUsd"] = result.GetValue(usd), ["tokens"] = result.GetValue(tokens), ["reason"] = result.GetValue(reason), ["expiresAt"] = result.GetValue(until),
                ["runId"] = result.GetValue(run)?.ToString(), ["scopeId"] = result.GetValue(of),
            };
            await call.Printer.OneAsync(await call.Console.SendAsync(HttpMethod.Post, $"api/v1/budgets/{result.GetValue(id)}/raises", order, cancellationToken), Lines);
            return ExitCode.Ok;
        });
    }

    public static Command List(Tool tool)
    {
        var state = new Option<string?>("--state") { Description = "Only such: asked, approved or declined.", HelpName = "state" };
        state.AcceptOnlyFromAmong("asked", "approved", "declined");
        var (limit, after) = (Parts.Limit(), Parts.After());
        return tool.Does(new Command("raises", "Raises that were asked for, newest first.").With(state, limit, after), async (call, result, cancellationToken) =>
        {
            var page = await call.Console.GetAsync(
                Address.Of(
                    "api/v1/budgets/raises", ("state", result.GetValue(state)), ("limit", result.GetValue(limit)?.ToString(CultureInfo.InvariantCulture)), ("after", result.GetValue(after))),
                cancellationToken);
            await call.Printer.ListAsync(page, Lines, "There are no such raises.");
            await call.NoteMoreAsync(page);
            return ExitCode.Ok;
        });
    }

    public static Command Decide(Tool tool, bool approve)
    {
        var id = Parts.Id("The raise.");
        var reason = new Option<string?>("--reason") { Description = "Why so.", HelpName = "text" };
        var command = approve
            ? new Command("approve", "Grant a raise that was asked for.").With(id, reason)
            : new Command("decline", "Decline a raise, or end one that was granted.").With(id, reason);
        return tool.Does(command, async (call, result, cancellationToken) =>
        {
            var order = new JsonObject { ["reason"] = result.GetValue(reason) };
            await call.Printer.OneAsync(
                await call.Console.SendAsync(HttpMethod.Post, $"api/v1/budgets/raises/{result.GetValue(id)}/{(approve ? "approve" : "decline")}", order, cancellationToken), Lines);
            return ExitCode.Ok;
        });
    }

    public static Command Alerts(Tool tool)
    {
        var (limit, after) = (Parts.Limit(), Parts.After());
        return tool.Does(new Command("alerts", "Warning marks that were passed, newest first: one per mark and period.").With(limit, after), async (call, result, cancellationToken) =>
        {
            var page = await call.Console.GetAsync(
                Address.Of("api/v1/budgets/alerts", ("limit", result.GetValue(limit)?.ToString(CultureInfo.InvariantCulture)), ("after", result.GetValue(after))), cancellationToken);
            await call.Printer.ListAsync(page, AlertLines, "No budget has passed a mark.");
            await call.NoteMoreAsync(page);
            return ExitCode.Ok;
        });
    }
}
