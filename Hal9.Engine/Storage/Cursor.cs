using System.Globalization;

namespace Hal9.Engine.Storage;

/// <summary>The place where a list's next page begins: the id of the last item shown, and before it the value that the list is sorted by when that is not the id.</summary>
public static class Cursor
{
    /// <summary>Reads a cursor of a list that is sorted by a number; null when there is none.</summary>
    /// <exception cref="ArgumentException">It is no cursor of ours.</exception>
    public static (long Value, Guid Id)? ReadSorted(string? cursor) =>
        string.IsNullOrEmpty(cursor) ? null
        : cursor.Split('_') is [var value, var id] && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && Guid.TryParse(id, out var last) ? (number, last)
        : throw new ArgumentException("This is not a cursor of this list: use the `next` of a page.", nameof(cursor));

    /// <summary>Writes what <see cref="ReadSorted"/> reads.</summary>
    public static string WriteSorted(long value, Guid id) => string.Create(CultureInfo.InvariantCulture, $"{value}_{id}");

    /// <summary>Reads a cursor; null when there is none.</summary>
    /// <exception cref="ArgumentException">It is no cursor of ours.</exception>
    public static Guid? Read(string? cursor) =>
        string.IsNullOrEmpty(cursor) ? null
        : Guid.TryParse(cursor, out var id) ? id
        : throw new ArgumentException("This is not a cursor of this list: use the `next` of a page.", nameof(cursor));
}
