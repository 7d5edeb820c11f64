using Hal9.Engine.Codegen.Verification;

namespace Hal9.Engine.Codegen;

/// <summary>What a repair must leave as it is: sealed tests, tests that were green, the public interface, and the size of the suite.</summary>
internal static class Anchors
{
    // What is told to a model and to people stays short.
    private const int MostNamed = 5;

    /// <summary>What an attempt broke, in words; empty: nothing.</summary>
    public static IReadOnlyList<string> BrokenBy(SourceTree before, VerificationReport reportBefore, SourceTree after, VerificationReport reportAfter)
    {
        var broken = new List<string>();
        Sealed(before, after, broken);
        Files(before, after, broken);
        Api(before, after, broken);
        Suite(reportBefore.UnitSuite, reportAfter.UnitSuite, broken);
        GreenTests(reportBefore, reportAfter, broken);
        return broken;
    }

    private static void Sealed(SourceTree before, SourceTree after, List<string> broken)
    {
        static IEnumerable<string> Of(SourceTree tree) =>
            tree.Files.Values.Where(file => file.Role is FileRole.VisibleTest or FileRole.HeldOutTest).Select(file => $"{file.Path} {file.Sha}");
        if (!Of(before).SequenceEqual(Of(after)))
        {
            broken.Add("a sealed acceptance test was changed");
        }
    }

    private static void Files(SourceTree before, SourceTree after, List<string> broken)
    {
        var gone = before.Files.Keys.Where(path => !after.Files.ContainsKey(path)).ToList();
        if (gone.Count > 0)
        {
            broken.Add("files were removed: " + Named(gone));
        }
    }

    private static void Api(SourceTree before, SourceTree after, List<string> broken)
    {
        var lost = PublicApiText.Of(before.Texts(FileRole.Source)).Except(PublicApiText.Of(after.Texts(FileRole.Source)), StringComparer.Ordinal).ToList();
        if (lost.Count > 0)
        {
            broken.Add("public members were removed: " + Named(lost));
        }
    }

    private static void Suite(SuiteSize before, SuiteSize after, List<string> broken)
    {
        if (after.Tests < before.Tests)
        {
            broken.Add($"there are {after.Tests} unit tests where there were {before.Tests}");
        }
        if (after.Assertions < before.Assertions)
        {
            broken.Add($"there are {after.Assertions} assertions where there were {before.Assertions}");
        }
        if (after.Skipped > before.Skipped)
        {
            broken.Add($"{after.Skipped - before.Skipped} tests were switched off");
        }
    }

    /// <summary>Only where the rung was looked at again: what does not compile any more is no better anyway.</summary>
    private static void GreenTests(VerificationReport before, VerificationReport after, List<string> broken)
    {
        foreach (var rung in before.Rungs)
        {
            if (after.Rungs.FirstOrDefault(r => r.Rung == rung.Rung) is not { Outcome: RungOutcome.Green or RungOutcome.Red } now)
            {
                continue;
            }
            var lost = rung.PassedTests.Except(now.PassedTests, StringComparer.Ordinal).ToList();
            if (lost.Count > 0)
            {
                broken.Add("tests that were green are not any more: " + Named(lost));
            }
        }
    }

    private static string Named(List<string> names) => string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "");
}
