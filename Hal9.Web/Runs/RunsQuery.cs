using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Web.Shared.Tables;
using Hal9.Web.Shared.Times;

namespace Hal9.Web.Runs;

/// <summary>What the address of the list of runs remembers. What cannot be read is left out, never guessed.</summary>
public sealed record RunsQuery(RunStatus? Status = null, RunKind? Kind = null, RunMode? Mode = null, string? Text = null)
{
    /// <summary>Keys of the columns that the list can be sorted by.</summary>
    public static readonly string[] Sortable = ["started", "cost"];

    private const int PageLength = 50;

    /// <summary>When they ended, from one instant to another; null: whenever, or not yet.</summary>
    public TimeRange? Ended { get; init; }

    /// <summary>Whose and with what, as costs are narrowed; its kind is not used here.</summary>
    public CostFilter Of { get; init; } = CostFilter.All;

    /// <summary>With this label.</summary>
    public string? Tag { get; init; }

    /// <summary>Sort, place and columns.</summary>
    public TableQuery Table { get; init; } = new();

    /// <summary>Something narrows the list.</summary>
    public bool IsNarrowed => Status is not null || Kind is not null || Mode is not null || Ended is not null || Of != CostFilter.All || Tag is not null || !string.IsNullOrWhiteSpace(Text);

    /// <summary>The newest page: only there do new runs appear.</summary>
    public bool IsNewest => Table.After is null && Table.Sort is null or "started" && !Table.Ascending;

    /// <summary>Reads an address.</summary>
    public static RunsQuery Parse(string? status, string? kind, string? mode, string? text, TableQuery table, string? from = null, string? to = null) =>
        new(Read<RunStatus>(status), Read<RunKind>(kind), Read<RunMode>(mode), string.IsNullOrWhiteSpace(text) ? null : text.Trim())
        {
            Table = table,
            Ended = TimeRange.Instant(from) is { } begin && TimeRange.Instant(to) is { } end && begin < end ? TimeRange.Between(begin, end) : null,
        };

    /// <summary>Reads whose and with what; ids and layers that cannot be read are left out.</summary>
    public static CostFilter ReadOf(string? user, string? key, string? model, string? provider, string? neuron, string? layer) => new(
        Guid.TryParse(user, out var person) ? person.ToString() : null, key is Urls.NoKey ? "" : Guid.TryParse(key, out var known) ? known.ToString() : null,
        Blank(model), Blank(provider), Blank(neuron), Read<Layer>(layer)?.ToString());

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    /// <summary>The address.</summary>
    public string ToUrl() => Urls.Runs(Write(Status), Write(Kind), Write(Mode), Text, Table, Ended, Of, Tag);

    /// <summary>The address of the same rows as CSV: all of them, from the first.</summary>
    public string ToExportUrl() => Urls.RunsExport + (this with { Table = Table with { After = null, Hidden = null } }).ToUrl()[Urls.Runs().Length..];

    /// <summary>The same list on the command line; null where the tool cannot narrow or sort like this.</summary>
    internal string? ToCliLine() =>
        Mode is null && Ended is null && Of == CostFilter.All && Tag is null && (Table.Sort is null or "started") && !Table.Ascending ? Shared.CliLines.Runs(Write(Status), Write(Kind), Text) : null;

    /// <summary>As the engine asks for it.</summary>
    public RunFilter ToFilter() => new(Status, Kind, Text, Table.After, PageLength)
    {
        Mode = Mode,
        EndedFrom = Ended?.From,
        EndedBefore = Ended?.To,
        UserId = Guid.TryParse(Of.User, out var user) ? user : null,
        KeyId = Of.Key is "" ? Guid.Empty : Guid.TryParse(Of.Key, out var key) ? key : null,
        Model = Of.Model,
        Provider = Of.Provider,
        Neuron = Of.Neuron,
        Layer = Read<Layer>(Of.Layer),
        Tag = Tag,
        Sort = Table.Sort == "cost" ? RunSort.Cost : RunSort.Started,
        Ascending = Table.Ascending,
    };

    private static string? Write<T>(T? value) where T : struct, Enum => value?.ToString().ToLowerInvariant();

    private static T? Read<T>(string? value) where T : struct, Enum =>
        value is not null && !int.TryParse(value, out _) && Enum.TryParse<T>(value, ignoreCase: true, out var read) ? read : null;
}
