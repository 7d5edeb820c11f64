using Hal9.Engine.Conversations;
using Hal9.Engine.Events;
using Hal9.Web.Shared.Tables;
using Hal9.Web.Shared.Times;

namespace Hal9.Web.Conversations;

/// <summary>What the address of the history remembers. What cannot be read is left out, never guessed.</summary>
/// <param name="Kind">Only conversations, or only runs without one.</param>
/// <param name="Show">A choice.</param>
/// <param name="Text">Words to look for in messages.</param>
public sealed record HistoryQuery(HistoryKind? Kind = null, HistoryShow Show = HistoryShow.All, string? Text = null)
{
    /// <summary>Keys of the columns that the list can be sorted by.</summary>
    public static readonly string[] Sortable = ["time", "cost"];

    private const int PageLength = 50;

    /// <summary>Whose.</summary>
    public Guid? UserId { get; init; }

    /// <summary>How deep.</summary>
    public RunMode? Mode { get; init; }

    /// <summary>With this label.</summary>
    public string? Tag { get; init; }

    /// <summary>What is put away.</summary>
    public bool Archived { get; init; }

    /// <summary>When it was last used.</summary>
    public TimeRange? Used { get; init; }

    /// <summary>What the panel beside the list shows.</summary>
    public Guid? Peek { get; init; }

    /// <summary>Sort, place and columns.</summary>
    public TableQuery Table { get; init; } = new();

    /// <summary>Something narrows the list.</summary>
    public bool IsNarrowed => ToFilter().IsNarrowed;

    /// <summary>Reads an address.</summary>
    public static HistoryQuery Parse(
        string? kind, string? show, string? text, string? user, string? mode, string? tag, string? archived, string? from, string? to, string? peek, TableQuery table) =>
        new(Read<HistoryKind>(kind), Read<HistoryShow>(show) ?? HistoryShow.All, string.IsNullOrWhiteSpace(text) ? null : text.Trim())
        {
            UserId = Guid.TryParse(user, out var id) ? id : null, Mode = Read<RunMode>(mode), Tag = string.IsNullOrWhiteSpace(tag) ? null : tag, Archived = archived == "1",
            Used = TimeRange.Instant(from) is { } begin && TimeRange.Instant(to) is { } end && begin < end ? TimeRange.Between(begin, end) : null,
            Peek = Guid.TryParse(peek, out var shown) ? shown : null, Table = table,
        };

    /// <summary>The same from its first page, with nothing in the panel.</summary>
    public HistoryQuery Anew() => this with { Peek = null, Table = Table with { After = null } };

    /// <summary>The address.</summary>
    public string ToUrl() => Urls.History(Write(Kind), Show is HistoryShow.All ? null : Write<HistoryShow>(Show), Text, UserId, Write(Mode), Tag, Archived, Used, Peek, Table);

    /// <summary>The address of the same rows as CSV: all of them, from the first.</summary>
    public string ToExportUrl() => Urls.HistoryExport + (Anew() with { Table = Table with { After = null, Hidden = null } }).ToUrl()[Urls.History().Length..];

    /// <summary>As the engine asks for it.</summary>
    public HistoryFilter ToFilter() => new()
    {
        Kind = Kind, Show = Show, Text = Text, UserId = UserId, Mode = Mode, Tag = Tag, Archived = Archived, From = Used?.From, Before = Used?.To,
        Sort = Table.Sort == "cost" ? HistorySort.Cost : HistorySort.Time, Ascending = Table.Sort is not null && Table.Ascending, After = Table.After, Limit = PageLength,
    };

    private static string? Write<T>(T? value) where T : struct, Enum => value?.ToString().ToLowerInvariant();

    private static T? Read<T>(string? value) where T : struct, Enum =>
        value is not null && !int.TryParse(value, out _) && Enum.TryParse<T>(value, ignoreCase: true, out var read) ? read : null;
}
