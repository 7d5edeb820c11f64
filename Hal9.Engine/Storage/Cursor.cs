namespace Hal9.Engine.Storage;

/// <summary>The place where a list's next page begins: the id of the last item shown.</summary>
public static class Cursor
{
    /// <summary>Reads a cursor; null when there is none.</summary>
    /// <exception cref="ArgumentException">It is no cursor of ours.</exception>
    public static Guid? Read(string? cursor) =>
        string.IsNullOrEmpty(cursor) ? null
        : Guid.TryParse(cursor, out var id) ? id
        : throw new ArgumentException("This is not a cursor of this list: use the `next` of a page.", nameof(cursor));
}
