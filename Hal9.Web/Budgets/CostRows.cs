using Hal9.Web.Shared.Tables;

namespace Hal9.Web.Budgets;

/// <summary>Order and pages of the table of costs.</summary>
internal static class CostRows
{
    /// <summary>In the order of the address; the dearest first when it says nothing.</summary>
    public static IReadOnlyList<CostLine> Sort(IEnumerable<CostLine> lines, TableQuery table)
    {
        if (table.Sort is "name")
        {
            var byName = lines.OrderBy(line => line.Name, StringComparer.CurrentCultureIgnoreCase).ThenBy(line => line.Key, StringComparer.Ordinal);
            return [.. table.Ascending ? byName : byName.Reverse()];
        }
        Func<CostLine, long> number = table.Sort switch
        {
            "calls" => line => line.Sum.Calls,
            "perCall" => line => line.PerCall.Nano,
            "input" => line => line.Sum.InputTokens,
            "output" => line => line.Sum.OutputTokens,
            _ => line => line.Sum.Amount.Nano,
        };
        return [.. (table is { Sort: not null, Ascending: true } ? lines.OrderBy(number) : lines.OrderByDescending(number)).ThenBy(line => line.Key, StringComparer.Ordinal)];
    }

    /// <summary>The page that begins after a row, and the row after which the next one begins. A row that is no more begins at the top.</summary>
    public static (IReadOnlyList<CostLine> Lines, string? Next) Page(IReadOnlyList<CostLine> sorted, string? after, int length)
    {
        var from = after is null ? 0 : sorted.TakeWhile(line => CursorOf(line) != after).Count() + 1;
        from = from > sorted.Count ? 0 : from;
        IReadOnlyList<CostLine> page = [.. sorted.Skip(from).Take(length)];
        return (page, from + length < sorted.Count ? CursorOf(page[^1]) : null);
    }

    // A row without a key has a cursor, too.
    private static string CursorOf(CostLine line) => "k" + line.Key;
}
