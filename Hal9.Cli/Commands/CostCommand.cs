using System.CommandLine;
using System.Globalization;
using Hal9.Cli.Api;
using Hal9.Cli.Output;

namespace Hal9.Cli.Commands;

/// <summary>Where the money went.</summary>
internal static class CostCommand
{
    private static readonly Column[] Lines =
    [
        new("key", "Key"), new("from", "From", Show.Time), new("usd", "Cost", Show.Money), new("calls", "Calls", Show.Number), new("inputTokens", "Input", Show.Number),
        new("cachedTokens", "Cached", Show.Number), new("cacheWriteTokens", "Cache write", Show.Number, IsExtra: true), new("outputTokens", "Output", Show.Number),
        new("reasoningTokens", "Reasoning", Show.Number, IsExtra: true), new("unpriced", "Unpriced", Show.Number),
    ];

    public static Command Make(Tool tool)
    {
        var group = new Option<string>("--group-by", "-g") { Description = "tenant, user, key, model, provider, neuron, layer, kind, tag or run.", HelpName = "key", DefaultValueFactory = _ => "tenant" };
        group.CompletionSources.Add("tenant", "user", "key", "model", "provider", "neuron", "layer", "kind", "tag", "run");
        var granularity = new Option<string?>("--granularity") { Description = "hour, day, week or month; without it one line per key.", HelpName = "period" };
        granularity.CompletionSources.Add("hour", "day", "week", "month");
        var from = new Option<string?>("--from") { Description = "From this time on (ISO 8601).", HelpName = "time" };
        var to = new Option<string?>("--to") { Description = "Up to this time (ISO 8601).", HelpName = "time" };
        var last = new Option<TimeSpan?>("--last")
        {
            Description = "The last hours or days, such as 24h or 7d, instead of --from.", HelpName = "span",
            CustomParser = result =>
            {
                if (ReadSpan(result.Tokens[0].Value) is { } span)
                {
                    return span;
                }
                result.AddError($"--last: '{result.Tokens[0].Value}' is not like 24h or 7d.");
                return null;
            },
        };
        var command = new Command("cost", "What was spent, broken down, from the ledger.").With(group, granularity, from, to, last);
        command.Validators.Add(result =>
        {
            if (result.GetResult(from) is not null && result.GetResult(last) is not null)
            {
                result.AddError("--from and --last exclude each other.");
            }
        });
        return tool.Does(command, async (call, result, cancellationToken) =>
        {
            var begin = result.GetValue(last) is { } span ? (call.Around.Time.GetUtcNow() - span).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) : result.GetValue(from);
            var page = await call.Console.GetAsync(
                Address.Of("api/v1/costs", ("groupBy", result.GetValue(group)), ("granularity", result.GetValue(granularity)), ("from", begin), ("to", result.GetValue(to))), cancellationToken);
            await call.Printer.ListAsync(page, result.GetValue(granularity) is null ? [.. Lines.Where(column => column.Path != "from")] : Lines, "Nothing was spent in that time.");
            return ExitCode.Ok;
        });
    }

    /// <summary>24h, 7d.</summary>
    internal static TimeSpan? ReadSpan(string text) =>
        text.Length > 1 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 100_000
            ? text[^1] switch { 'h' => TimeSpan.FromHours(number), 'd' => TimeSpan.FromDays(number), _ => null }
            : null;
}
