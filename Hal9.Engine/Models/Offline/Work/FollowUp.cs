namespace Hal9.Engine.Models.Offline.Work;

/// <summary>Work on the assistant's last answer: "shorten that", "as a list", "summarise it".</summary>
internal static class FollowUp
{
    private const int LongestRequest = 120;

    public static string? TryWrite(OfflineRequest request)
    {
        var goal = request.Goal;
        if (request.Previous.Length == 0 || goal.Length > LongestRequest || goal.Contains('\n', StringComparison.Ordinal) || GoalReading.Of(goal).Material.Length > 0)
        {
            return null;
        }
        var words = Lexicon.Shipped;
        var previous = request.Previous;
        return words.AsList.In(goal) ? Summary.AsList(goal, previous)
            : words.Count.In(goal) ? Counts.Write(previous)
            : words.Table.In(goal) ? Tables.TryWrite(goal, previous)
            : words.Timeline.In(goal) ? Timeline.Write(goal, previous)
            : words.Shorten.In(goal) || (words.Summarise.In(goal) && Keywords.Terms(goal, 4).Count <= 3) ? Summary.Write(goal, previous)
            : null;
    }
}
