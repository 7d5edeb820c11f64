using Hal9.Engine.Codegen;

namespace Hal9.Tests.Engine.Codegen;

public sealed class EditApplierTests
{
    private static Dictionary<string, string> Files(string text) => new() { ["src/A.cs"] = text };

    private static FileEdit Edit(string anchor, string replace, string sha = "", string path = "src/A.cs") => new(path, sha, anchor, replace);

    [Fact]
    public void Apply_UniqueAnchor_IsReplaced()
    {
        var (changed, fault) = EditApplier.Apply(Files("one two three"), [Edit("two", "2")]);

        Assert.Null(fault);
        Assert.Equal("one 2 three", changed!["src/A.cs"]);
    }

    [Theory]
    [InlineData("a a", "a")]
    [InlineData("aaa", "aa")]
    [InlineData("abab", "ab")]
    public void Apply_AnchorMoreThanOnce_IsRefused(string text, string anchor) =>
        Assert.Contains("more than once", EditApplier.Apply(Files(text), [Edit(anchor, "x")]).Fault!.Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("b", "does not occur")]
    [InlineData("A", "does not occur")]
    [InlineData("", "empty")]
    public void Apply_AnchorNotThere_IsRefused(string anchor, string reason) =>
        Assert.Contains(reason, EditApplier.Apply(Files("a"), [Edit(anchor, "x")]).Fault!.Reason, StringComparison.Ordinal);

    [Fact]
    public void Apply_SecondEditRefused_ChangesNothing()
    {
        var files = Files("one two");

        var (changed, fault) = EditApplier.Apply(files, [Edit("one", "1"), Edit("three", "3")]);

        Assert.NotNull(fault);
        Assert.Null(changed);
        Assert.Equal("one two", files["src/A.cs"]);
    }

    [Fact]
    public void Apply_SecondEdit_SeesTheFirst()
    {
        var (changed, _) = EditApplier.Apply(Files("one"), [Edit("one", "two two2"), Edit("two2", "three")]);

        Assert.Equal("two three", changed!["src/A.cs"]);
    }

    [Fact]
    public void Apply_OtherVersionOfTheFile_IsRefused()
    {
        var sha = EditApplier.ShownSha("one");

        Assert.Null(EditApplier.Apply(Files("one"), [Edit("one", "1", sha)]).Fault);
        Assert.Contains("not the one", EditApplier.Apply(Files("one two"), [Edit("one", "1", sha)]).Fault!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_UnknownFile_IsRefused() => Assert.NotNull(EditApplier.Apply(Files("a"), [Edit("a", "b", path: "src/B.cs")]).Fault);

    /// <summary>Random texts of few letters, so that anchors are often ambiguous: what is applied is exactly one replacement, everything else is refused.</summary>
    [Fact]
    public void Apply_FiveHundredSeededCases_AreAppliedOnceOrRefused()
    {
        var (applied, refused) = (0, 0);
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            string Text(int most) => new([.. Enumerable.Range(0, random.Next(1, most)).Select(_ => "ab\n"[random.Next(3)])]);
            var (text, anchor, replace) = (Text(40), Text(6), Text(5));
            var places = Enumerable.Range(0, text.Length).Count(i => string.CompareOrdinal(text, i, anchor, 0, anchor.Length) == 0);

            var (changed, fault) = EditApplier.Apply(Files(text), [Edit(anchor, replace)]);

            Assert.Equal(places == 1, fault is null);
            if (fault is null)
            {
                applied++;
                var at = text.IndexOf(anchor, StringComparison.Ordinal);
                Assert.Equal(text[..at] + replace + text[(at + anchor.Length)..], changed!["src/A.cs"]);
            }
            else
            {
                refused++;
            }
        }
        Assert.InRange(applied, 50, 450);
        Assert.InRange(refused, 50, 450);
    }
}
