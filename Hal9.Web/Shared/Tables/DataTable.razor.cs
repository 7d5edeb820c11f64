using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Shared.Tables;

/// <summary>
/// The one table of lists: pages by key, sort, filter chips, columns, density, count, export, and the four states of a list. The page asks its door and
/// hands rows in; the table makes addresses and shows.
/// </summary>
/// <typeparam name="TItem">A row.</typeparam>
public sealed partial class DataTable<TItem>(NavigationManager navigation)
{
    private readonly List<TableColumn<TItem>> columns = [];

    /// <summary>The rows; null while they load.</summary>
    [Parameter, EditorRequired] public IReadOnlyList<TItem>? Items { get; set; }

    /// <summary>What the table is called, for those who hear it.</summary>
    [Parameter, EditorRequired] public string Label { get; set; } = "";

    /// <summary>The <see cref="TableColumn{TItem}"/>s.</summary>
    [Parameter, EditorRequired] public RenderFragment Columns { get; set; } = default!;

    /// <summary>What tells a row from the others; people copy it.</summary>
    [Parameter, EditorRequired] public Func<TItem, object> IdOf { get; set; } = default!;

    /// <summary>A row's own page.</summary>
    [Parameter, EditorRequired] public Func<TItem, string> HrefOf { get; set; } = default!;

    /// <summary>What the address says about the table.</summary>
    [Parameter, EditorRequired] public TableQuery Query { get; set; } = default!;

    /// <summary>The address of another view of it, with the page's filters.</summary>
    [Parameter, EditorRequired] public Func<TableQuery, string> Address { get; set; } = default!;

    /// <summary>The filters' fields.</summary>
    [Parameter] public RenderFragment? Filters { get; set; }

    /// <summary>The filters that narrow the list now.</summary>
    [Parameter] public IReadOnlyList<FilterChip> Chips { get; set; } = [];

    /// <summary>The page shows the filters itself, since they narrow more than the table.</summary>
    [Parameter] public bool ChipsElsewhere { get; set; }

    /// <summary>The address without any filter.</summary>
    [Parameter] public string ClearHref { get; set; } = "";

    /// <summary>What else stands above the table: saved views.</summary>
    [Parameter] public RenderFragment? Tools { get; set; }

    /// <summary>Right above the rows: what waits to be shown.</summary>
    [Parameter] public RenderFragment? Above { get; set; }

    /// <summary>What can be done with a row beside opening it: buttons with <c>data-row-act</c>, which phones keep.</summary>
    [Parameter] public RenderFragment<TItem>? RowTools { get; set; }

    /// <summary>What is shown while there is nothing at all: what this is, and how it begins.</summary>
    [Parameter] public RenderFragment? Empty { get; set; }

    /// <summary>How many rows there are, where that is cheap to know.</summary>
    [Parameter] public RowCount? Count { get; set; }

    /// <summary>Where the next page begins; null: this is the last.</summary>
    [Parameter] public string? Next { get; set; }

    /// <summary>The filtered rows as CSV.</summary>
    [Parameter] public string? ExportHref { get; set; }

    /// <summary>Why the rows could not be read; rows that are there stay, marked as old.</summary>
    [Parameter] public Failure? Failure { get; set; }

    /// <summary>When the rows that are shown were last true.</summary>
    [Parameter] public DateTimeOffset? StaleSince { get; set; }

    /// <summary>Read the rows again.</summary>
    [Parameter] public EventCallback OnRetry { get; set; }

    /// <summary>The pointer came in or left.</summary>
    [Parameter] public EventCallback<bool> OnPoint { get; set; }

    [CascadingParameter] private ViewerClock? Clock { get; set; }

    private NavigationManager Navigation => navigation;

    private TimeZoneInfo Zone => (Clock ?? ViewerClock.Utc).Zone;

    private IEnumerable<TableColumn<TItem>> Visible => columns.Where(column => column.IsMain || !Query.Hides(column.Key));

    internal void Add(TableColumn<TItem> column) => columns.Add(column);

    internal void Remove(TableColumn<TItem> column) => columns.Remove(column);

    private string? SortOf(TableColumn<TItem> column) => !column.Sorts ? null : Query.Sort != column.Key ? "none" : Query.Ascending ? "ascending" : "descending";

    private string InWords(RowCount count)
    {
        var rows = count.Rows.ToString("#,0", CultureInfo.CurrentCulture) + (count.AndMore ? "+" : "");
        return count.OfAll is { } all ? T["RowsOf", rows, all.ToString("#,0", CultureInfo.CurrentCulture)] : count.Rows == 1 ? T["RowsOne", rows] : T["RowsMany", rows];
    }
}
