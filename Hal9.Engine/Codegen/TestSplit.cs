using Hal9.Engine.Codegen.Verification;

namespace Hal9.Engine.Codegen;

/// <summary>The acceptance tests, sealed before anything is implemented.</summary>
/// <param name="Surface">The public types and members that they are written against, as stubs.</param>
/// <param name="Visible">What authors of the program are shown.</param>
/// <param name="HeldOut">What they never see.</param>
/// <param name="Seal">The seal of both.</param>
internal sealed record SealedTests(IReadOnlyList<CodeFile> Surface, IReadOnlyList<TestFile> Visible, IReadOnlyList<TestFile> HeldOut, string Seal)
{
    public static SealedTests Of(IReadOnlyList<CodeFile> surface, IReadOnlyList<TestFile> tests)
    {
        var (visible, heldOut) = TestSplit.Split(tests);
        return new SealedTests(surface, visible, heldOut, SealOf(visible, heldOut));
    }

    /// <summary>Whether the tests are still those that were sealed.</summary>
    public bool IsIntact => SealOf(Visible, HeldOut) == Seal;

    public IReadOnlyDictionary<string, string> VisibleTexts => Texts(Visible);

    public IReadOnlyDictionary<string, string> HeldOutTexts => Texts(HeldOut);

    private static string SealOf(IReadOnlyList<TestFile> visible, IReadOnlyList<TestFile> heldOut) => VerificationInput.SealOf(Texts(visible), Texts(heldOut));

    private static Dictionary<string, string> Texts(IReadOnlyList<TestFile> tests) => tests.ToDictionary(test => test.Path, test => test.Content, StringComparer.Ordinal);
}

/// <summary>
/// Which tests are held out: about 30 in a hundred, chosen by the hash of their text. Their author cannot choose, and the same tests are always split in the
/// same way.
/// </summary>
internal static class TestSplit
{
    private const double HeldOutShare = 0.3;

    public static (IReadOnlyList<TestFile> Visible, IReadOnlyList<TestFile> HeldOut) Split(IReadOnlyList<TestFile> tests)
    {
        // With one file there is nothing to hold out: the author would have seen no test at all.
        var count = tests.Count < 2 ? 0 : Math.Max(1, (int)Math.Round(tests.Count * HeldOutShare));
        var heldOut = tests.OrderBy(test => Digest.Of(test.Path, test.Content), StringComparer.Ordinal).Take(count).ToHashSet();
        return ([.. tests.Where(test => !heldOut.Contains(test))], [.. tests.Where(heldOut.Contains)]);
    }
}
