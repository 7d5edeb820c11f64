using Hal9.Engine.Budgets;
using Hal9.Web.Shared.Tables;

namespace Hal9.Web.Budgets;

/// <summary>What the address of the budgets remembers. What cannot be read is left out, never guessed.</summary>
/// <param name="Kind">Only those of one kind of scope.</param>
/// <param name="Period">Only those over one period.</param>
/// <param name="Near">Only those that are used by four fifths or more.</param>
/// <param name="Text">What the name of the scope contains.</param>
public sealed record BudgetsQuery(BudgetScopeKind? Kind = null, BudgetPeriod? Period = null, bool Near = false, string? Text = null)
{
    /// <summary>Keys of the columns that the table can be sorted by.</summary>
    public static readonly string[] Sortable = ["used", "limit", "name"];

    /// <summary>From which used share on a budget is near its limit.</summary>
    public const double NearFrom = 0.8;

    /// <summary>Sort and columns.</summary>
    public TableQuery Table { get; init; } = new();

    /// <summary>The budget that is being changed.</summary>
    public Guid? Edit { get; init; }

    /// <summary>The budget that is raised for a time.</summary>
    public Guid? Raise { get; init; }

    /// <summary>A new one is being made.</summary>
    public bool IsNew { get; init; }

    /// <summary>Something narrows the list.</summary>
    public bool IsNarrowed => Kind is not null || Period is not null || Near || Text is not null;

    /// <summary>Reads an address.</summary>
    public static BudgetsQuery Parse(string? kind, string? period, string? near, string? text, string? edit, string? isNew, TableQuery table, string? raise = null) =>
        new(Read<BudgetScopeKind>(kind), Read<BudgetPeriod>(period), near == "1", string.IsNullOrWhiteSpace(text) ? null : text.Trim())
        {
            Table = table, Edit = Guid.TryParse(edit, out var id) ? id : null, IsNew = isNew == "1", Raise = Guid.TryParse(raise, out var raised) ? raised : null,
        };

    /// <summary>The address.</summary>
    public string ToUrl() => Urls.Budgets(Kind?.ToString().ToLowerInvariant(), Period?.ToString().ToLowerInvariant(), Near, Text, Table, Edit, IsNew, Raise);

    /// <summary>The same without a form.</summary>
    public BudgetsQuery Closed() => this with { Edit = null, IsNew = false, Raise = null };

    /// <summary>The address of the same rows as CSV.</summary>
    public string ToExportUrl() => Urls.BudgetsExport + (Closed() with { Table = Table with { Hidden = null, After = null } }).ToUrl()[Urls.Budgets().Length..];

    /// <summary>The rows that fit, in the order of the address; else nested: the tenant, then everybody's, a person's keys below the person.</summary>
    public IReadOnlyList<BudgetLine> Apply(IReadOnlyList<BudgetLine> lines)
    {
        var fitting = lines.Where(line =>
            (Kind is null || line.Budget.ScopeKind == Kind) && (Period is null || line.Budget.Period == Period) && (!Near || line.Used >= NearFrom)
            && (Text is null || line.Name.Contains(Text, StringComparison.CurrentCultureIgnoreCase)));
        return Table.Sort switch
        {
            "used" => [.. Table.Ascending ? fitting.OrderBy(line => line.Used) : fitting.OrderByDescending(line => line.Used)],
            "limit" => [.. Table.Ascending ? fitting.OrderBy(line => line.Budget.Limit?.Nano ?? 0) : fitting.OrderByDescending(line => line.Budget.Limit?.Nano ?? 0)],
            "name" => [.. Table.Ascending ? fitting.OrderBy(line => line.Name, StringComparer.CurrentCultureIgnoreCase) : fitting.OrderByDescending(line => line.Name, StringComparer.CurrentCultureIgnoreCase)],
            _ => [.. fitting],
        };
    }

    private static T? Read<T>(string? value) where T : struct, Enum =>
        value is not null && !int.TryParse(value, out _) && Enum.TryParse<T>(value, ignoreCase: true, out var read) ? read : null;
}
