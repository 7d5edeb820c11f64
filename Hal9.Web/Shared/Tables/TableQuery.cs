namespace Hal9.Web.Shared.Tables;

/// <summary>What the address of a table remembers beside its filters. What cannot be read is left out, never guessed.</summary>
/// <param name="Sort">The key of the column that decides the order; none: the list's own order.</param>
/// <param name="Ascending">Lowest first.</param>
/// <param name="After">Where the page begins.</param>
/// <param name="Hidden">Keys of the columns that are not shown, in order, with dots between.</param>
public sealed record TableQuery(string? Sort = null, bool Ascending = false, string? After = null, string? Hidden = null)
{
    /// <summary>Nothing decides that later rows appear elsewhere than at the top: the first page in the list's own order.</summary>
    public bool IsNewest => After is null && Sort is null;

    /// <summary>Reads the parts of an address; a sort by an unknown column is no sort.</summary>
    public static TableQuery Parse(string? sort, string? order, string? after, string? hidden, IReadOnlyCollection<string> sortable) => new(
        sort is not null && sortable.Contains(sort) ? sort : null, order == "asc", string.IsNullOrEmpty(after) ? null : after, string.IsNullOrEmpty(hidden) ? null : hidden);

    /// <summary>The order for the address.</summary>
    public string? Order => Ascending ? "asc" : null;

    /// <summary>Whether the column is left out.</summary>
    public bool Hides(string key) => Hidden is not null && Hidden.Split('.').Contains(key);

    /// <summary>The same with the column left out or shown.</summary>
    public TableQuery Toggle(string key)
    {
        var hidden = Hidden?.Split('.').Where(other => other != key) ?? [];
        var next = string.Join('.', (Hides(key) ? hidden : hidden.Append(key)).Order(StringComparer.Ordinal));
        return this with { Hidden = next.Length == 0 ? null : next };
    }

    /// <summary>The same sorted by the column: highest first, then lowest first, then the list's own order. It begins at its first page.</summary>
    public TableQuery SortBy(string key) => Sort != key ? this with { Sort = key, Ascending = false, After = null }
        : Ascending ? this with { Sort = null, Ascending = false, After = null }
        : this with { Ascending = true, After = null };
}

/// <summary>A filter that narrows a list now.</summary>
/// <param name="Name">What is filtered.</param>
/// <param name="Value">To what.</param>
/// <param name="Without">The address without it.</param>
public sealed record FilterChip(string Name, string Value, string Without);

/// <summary>How many rows there are.</summary>
/// <param name="Rows">The rows counted.</param>
/// <param name="AndMore">Counting stopped there.</param>
/// <param name="OfAll">The rows without any filter; null: there is no filter, or it was not counted.</param>
public sealed record RowCount(int Rows, bool AndMore = false, int? OfAll = null);
