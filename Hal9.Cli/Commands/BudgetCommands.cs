using System.CommandLine;
using System.Text.Json.Nodes;
using Hal9.Cli.Output;

namespace Hal9.Cli.Commands;

/// <summary>Limits.</summary>
internal static class BudgetCommands
{
    private static readonly Column[] Lines =
    [
        new("id", "Budget"), new("scope.kind", "Scope"), new("scope.id", "Of"), new("period", "Period"), new("limitUsd", "Limit", Show.Money), new("spentUsd", "Spent", Show.Money),
        new("reservedUsd", "Reserved", Show.Money), new("limitTokens", "Token limit", Show.Number), new("spentTokens", "Tokens", Show.Number), new("reservedTokens", "Reserved tokens", Show.Number, IsExtra: true),
        new("marks", "Marks %", IsExtra: true), new("ladder", "At the limit", IsExtra: true), new("raisedUsd", "Raised", Show.Money, IsExtra: true), new("raisedTokens", "Raised tokens", Show.Number, IsExtra: true),
        new("raisedUntil", "Raised until", Show.Time, IsExtra: true), new("resetsAt", "Resets", Show.Time),
    ];

    public static Command Make(Tool tool) => new Command("budget", "Limits of what may be spent.")
        .With(List(tool), Put(tool), Delete(tool), RaiseCommands.Ask(tool), RaiseCommands.List(tool), RaiseCommands.Decide(tool, true), RaiseCommands.Decide(tool, false), RaiseCommands.Alerts(tool));

    private static Command List(Tool tool) => tool.Does(new Command("list", "All budgets with what they have left."), async (call, _, cancellationToken) =>
    {
        await call.Printer.ListAsync(await call.Console.GetAsync("api/v1/budgets", cancellationToken), Lines, "There are no budgets: nothing is limited.");
        return ExitCode.Ok;
    });

    private static Command Put(Tool tool)
    {
        var scope = new Option<string>("--scope") { Description = "tenant, user, key, neuron or model.", HelpName = "kind", DefaultValueFactory = _ => "tenant" };
        scope.CompletionSources.Add("tenant", "user", "key", "neuron", "model");
        var id = new Option<string?>("--id") { Description = "Which: the id of a user or key, a neuron's name, provider/model; * for each that has none of its own.", HelpName = "id" };
        var period = new Option<string>("--period") { Description = "hour, day, week, month or total.", HelpName = "period", Required = true };
        period.CompletionSources.Add("hour", "day", "week", "month", "total");
        var usd = new Option<string?>("--limit-usd") { Description = "The limit in money.", HelpName = "usd" };
        var tokens = new Option<long?>("--limit-tokens") { Description = "The limit in tokens.", HelpName = "n" };
        var marks = new Option<int[]>("--mark") { Description = "A warning mark in percent; may be given several times.", HelpName = "percent" };
        var ladder = new Option<string[]>("--ladder") { Description = "What happens at the limit, tried in order: clamp, cheaper, offline, pause, refuse.", HelpName = "step", AllowMultipleArgumentsPerToken = true };
        ladder.AcceptOnlyFromAmong("clamp", "cheaper", "offline", "pause", "refuse");
        var fiscal = new Option<int?>("--fiscal-start") { Description = "First day of the month, 1 to 28.", HelpName = "day" };
        var command = new Command("set", "Make the budget of a scope and period, or replace it. What was spent in the period counts at once.").With(scope, id, period, usd, tokens, marks, ladder, fiscal);
        command.Validators.Add(result =>
        {
            if (result.GetResult(usd) is null && result.GetResult(tokens) is null)
            {
                result.AddError("A limit is needed: --limit-usd or --limit-tokens.");
            }
        });
        return tool.Does(command, async (call, result, cancellationToken) =>
        {
            var order = new JsonObject { ["scope"] = new JsonObject { ["kind"] = result.GetValue(scope), ["id"] = result.GetValue(id) }, ["period"] = result.GetValue(period) };
            if (result.GetValue(usd) is { } money)
            {
                order["limitUsd"] = money;
            }
            if (result.GetValue(tokens) is { } most)
            {
                order["limitTokens"] = most;
            }
            if (result.GetValue(marks) is { Length: > 0 } percents)
            {
                order["marks"] = new JsonArray([.. percents.Select(percent => JsonValue.Create(percent))]);
            }
            if (result.GetValue(ladder) is { Length: > 0 } wanted)
            {
                order["ladder"] = new JsonArray([.. wanted.Select(word => JsonValue.Create(word))]);
            }
            if (result.GetValue(fiscal) is { } day)
            {
                order["fiscalStart"] = day;
            }
            await call.Printer.OneAsync(await call.Console.SendAsync(HttpMethod.Put, "api/v1/budgets", order, cancellationToken), Lines);
            return ExitCode.Ok;
        });
    }

    private static Command Delete(Tool tool)
    {
        var id = Parts.Id("The budget.");
        return tool.Does(new Command("delete", "Remove a budget.").With(id), async (call, result, cancellationToken) =>
        {
            await call.Console.SendAsync(HttpMethod.Delete, $"api/v1/budgets/{result.GetValue(id)}", null, cancellationToken);
            await call.NoteAsync("The budget is removed.");
            return ExitCode.Ok;
        });
    }
}
