namespace Hal9.Tests.Rules;

internal static class Rule
{
    /// <summary>Fails with every violation in full, one a line.</summary>
    public static void Holds(IEnumerable<string> violations)
    {
        var found = violations.Distinct().Order().ToList();
        Assert.True(found.Count == 0, $"{found.Count} violations:\n" + string.Join('\n', found));
    }

    /// <summary>Fails when something is found that is not listed, or listed and not found any more.</summary>
    public static void Matches(IEnumerable<string> listed, IEnumerable<string> found)
    {
        var wanted = listed.ToHashSet();
        var seen = found.ToHashSet();
        Holds(seen.Except(wanted).Select(name => $"{name} is not listed").Concat(wanted.Except(seen).Select(name => $"{name} is listed but not found")));
    }
}
