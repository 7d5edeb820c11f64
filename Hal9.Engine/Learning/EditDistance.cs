namespace Hal9.Engine.Learning;

/// <summary>How much of an answer a person kept when they edited it.</summary>
internal static class EditDistance
{
    // The distance costs words times words, and is worked out where all writes wait: the beginning stands for the whole.
    private const int MostWords = 400;

    /// <summary>1 less the normalised edit distance in words: 1 is untouched, 0 is written anew.</summary>
    public static double Kept(string answer, string edited)
    {
        var (from, to) = (Words(answer), Words(edited));
        var longest = Math.Max(from.Length, to.Length);
        return longest == 0 ? 1 : 1 - ((double)Distance(from, to) / longest);
    }

    private static string[] Words(string text) => [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(MostWords)];

    private static int Distance(string[] from, string[] to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (from[i - 1] == to[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[^1];
    }
}
