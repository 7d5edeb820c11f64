using Hal9.Engine.Runs;

namespace Hal9.Web.Runs;

/// <summary>The rows of the list of runs while it lives: known rows change in place, new ones wait while somebody points at the table.</summary>
public sealed class RunLines
{
    private List<RunLine> shown = [];
    private List<RunLine> waiting = [];

    /// <summary>The rows to show.</summary>
    public IReadOnlyList<RunLine> Shown => shown;

    /// <summary>How many new rows wait.</summary>
    public int Waiting => waiting.Count;

    /// <summary>Shows a page from its beginning.</summary>
    public void Replace(IReadOnlyList<RunLine> page)
    {
        shown = [.. page];
        waiting = [];
    }

    /// <summary>Takes the newest page in.</summary>
    /// <param name="newest">The page as it is now, newest first.</param>
    /// <param name="hold">Somebody points at the table: rows must not move below the pointer.</param>
    public void Merge(IReadOnlyList<RunLine> newest, bool hold)
    {
        ArgumentNullException.ThrowIfNull(newest);
        if (!hold)
        {
            Replace(newest);
            return;
        }
        var now = newest.ToDictionary(line => line.Id);
        var known = shown.Select(line => line.Id).ToHashSet();
        shown = [.. shown.Select(line => now.GetValueOrDefault(line.Id, line))];
        waiting = [.. newest.Where(line => !known.Contains(line.Id))];
    }

    /// <summary>Shows the rows that wait, newest first.</summary>
    public void Release()
    {
        shown = [.. waiting, .. shown];
        waiting = [];
    }
}
