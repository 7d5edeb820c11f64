using Hal9.Engine.Budgets;
using Hal9.Web.Runs;
using Hal9.Web.Shared.Tables;
using Hal9.Web.Shared.Times;

namespace Hal9.Web.Budgets;

/// <summary>What the address of the costs remembers. What cannot be read is left out, never guessed.</summary>
/// <param name="Range">Which time.</param>
/// <param name="By">By what.</param>
/// <param name="Step">How finely, if somebody chose it.</param>
public sealed record CostsQuery(TimeRange Range, CostGroup By = CostGroup.Model, BudgetPeriod? Step = null)
{
    /// <summary>Keys of the columns that the table can be sorted by.</summary>
    public static readonly string[] Sortable = ["cost", "calls", "perCall", "input", "output", "name"];

    /// <summary>What costs are broken down by here. Teams are not built yet.</summary>
    public static readonly CostGroup[] Groups =
        [CostGroup.Tenant, CostGroup.User, CostGroup.Key, CostGroup.Model, CostGroup.Provider, CostGroup.Neuron, CostGroup.Layer, CostGroup.Kind, CostGroup.Tag, CostGroup.Run];

    /// <summary>How finely it can be looked at.</summary>
    public static readonly BudgetPeriod[] Steps = [BudgetPeriod.Hour, BudgetPeriod.Day, BudgetPeriod.Week, BudgetPeriod.Month];

    private static readonly TimeRange UsualRange = TimeRange.Last(TimeSpan.FromDays(30));

    /// <summary>To what it is narrowed.</summary>
    public CostFilter Of { get; init; } = CostFilter.All;

    /// <summary>What the name of a row contains.</summary>
    public string? Text { get; init; }

    /// <summary>Sort, place and columns.</summary>
    public TableQuery Table { get; init; } = new();

    /// <summary>Something narrows what is counted.</summary>
    public bool IsNarrowed => Of != CostFilter.All || Text is not null;

    /// <summary>Reads an address.</summary>
    public static CostsQuery Parse(string? from, string? to, string? by, string? step, CostFilter of, string? text, TableQuery table)
    {
        var group = Read<CostGroup>(by) is { } known && Groups.Contains(known) ? known : CostGroup.Model;
        return new CostsQuery(TimeRange.Parse(from, to, UsualRange), group, Read<BudgetPeriod>(step) is { } asked && Steps.Contains(asked) ? asked : null)
        {
            // What is counted by label cannot be narrowed by anything else.
            Of = group is CostGroup.Tag ? CostFilter.All : of, Text = string.IsNullOrWhiteSpace(text) ? null : text.Trim(), Table = table,
        };
    }

    /// <summary>Reads the parts that narrow.</summary>
    public static CostFilter ReadOf(string? user, string? key, string? model, string? provider, string? neuron, string? layer, string? kind) =>
        RunsQuery.ReadOf(user, key, model, provider, neuron, layer) with { Kind = Read<Engine.Events.RunKind>(kind)?.ToString().ToLowerInvariant() };

    /// <summary>How finely now: as chosen where that is not too many steps, else as fits the time.</summary>
    public BudgetPeriod Granularity(DateTimeOffset now)
    {
        var (from, to) = Range.At(now);
        var days = (to - from).TotalDays;
        var finest = By is CostGroup.Tag || days > 31 ? BudgetPeriod.Day : BudgetPeriod.Hour;
        return Step is { } chosen ? (chosen < finest ? finest : chosen) : days <= 3 && finest is BudgetPeriod.Hour ? BudgetPeriod.Hour : days <= 120 ? BudgetPeriod.Day : BudgetPeriod.Week;
    }

    /// <summary>The same, looked at anew: from its first page.</summary>
    public CostsQuery Anew() => this with { Table = Table with { After = null } };

    /// <summary>The address.</summary>
    public string ToUrl() => Urls.Costs(
        Range == UsualRange ? null : Range, By is CostGroup.Model ? null : By.ToString().ToLowerInvariant(), Step?.ToString().ToLowerInvariant(), Of, Text, Table);

    /// <summary>The address of all that is shown as CSV.</summary>
    public string ToExportUrl() => Urls.CostsExport + (this with { Table = Table with { After = null, Hidden = null } }).ToUrl()[Urls.Costs().Length..];

    /// <summary>The same on the command line; null where the tool cannot narrow like this.</summary>
    internal string? ToCliLine(DateTimeOffset now)
    {
        var (from, to) = Range.At(now);
        return IsNarrowed ? null : Shared.CliLines.Costs(
            By.ToString().ToLowerInvariant(), By is CostGroup.Run ? null : Granularity(now).ToString().ToLowerInvariant(), Range.Back is { } back ? back : null, from, to);
    }

    private static T? Read<T>(string? value) where T : struct, Enum =>
        value is not null && !int.TryParse(value, out _) && Enum.TryParse<T>(value, ignoreCase: true, out var read) ? read : null;
}
