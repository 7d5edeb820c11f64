using System.Globalization;
using System.Text.RegularExpressions;
using Hal9.Engine.Events;

namespace Hal9.Web.Shared;

/// <summary>What to type into a shell for what a page shows or does. The tests read each line by the tool's own commands.</summary>
internal static partial class CliLines
{
    /// <summary>A list of runs.</summary>
    public static string Runs(string? status, string? kind, string? text) =>
        "hal9 run list" + Option("status", status) + Option("kind", kind) + Option("text", text);

    /// <summary>A run: live, or as it ended.</summary>
    public static string Run(Guid id, bool ended) => $"hal9 run {(ended ? "get" : "watch")} {id}";

    /// <summary>Stopping a run or a part of it.</summary>
    public static string Cancel(Guid id, Guid? step, string? reason) => $"hal9 run cancel {id}" + Option("step", step?.ToString()) + Option("reason", reason);

    /// <summary>A conversation.</summary>
    public static string Conversation(Guid id) => $"hal9 history show {id}";

    /// <summary>A new conversation, with the hierarchy or with one model.</summary>
    public static string Chat(RunMode mode, string? model = null) => "hal9 chat --model " + Quote(model ?? $"hal9/{mode.ToString().ToLowerInvariant()}");

    /// <summary>A budget of the tenant for a month, as an example to change.</summary>
    public static string Budget() => "hal9 budget set --scope tenant --period month --limit-usd 50";

    /// <summary>A month of the ledger.</summary>
    public static string Statement(DateOnly month) => "hal9 ledger statement" + Option("month", Urls.MonthText(month));

    /// <summary>Costs of a time by something: of the last hours or days, or from one instant to another.</summary>
    public static string Costs(string groupBy, string? granularity, TimeSpan? back, DateTimeOffset from, DateTimeOffset to) =>
        "hal9 cost" + Option("group-by", groupBy) + Option("granularity", granularity) + (back is { } span && span.TotalHours % 1 == 0
            ? Option("last", span.TotalDays % 1 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays}d") : string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours}h"))
            : Option("from", Instant(from)) + Option("to", Instant(to)));

    /// <summary>Projects of code generation.</summary>
    public static string Codegen() => "hal9 codegen list";

    /// <summary>A project.</summary>
    public static string Project(Guid id) => $"hal9 codegen get {id}";

    /// <summary>All budgets.</summary>
    public static string Budgets() => "hal9 budget list";

    /// <summary>One's own conversations.</summary>
    public static string History() => "hal9 history list";

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Option(string name, string? value) => string.IsNullOrWhiteSpace(value) ? "" : $" --{name}={Quote(value)}";

    /// <summary>As a POSIX shell takes it for one word, whatever stands in it.</summary>
    internal static string Quote(string text) => Plain().IsMatch(text) ? text : $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^[\w./:@-]+\z", RegexOptions.ECMAScript)]
    private static partial Regex Plain();
}
