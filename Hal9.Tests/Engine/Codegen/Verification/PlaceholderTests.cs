using Hal9.Engine.Codegen.Verification;
using Hal9.Tests.Rules;

namespace Hal9.Tests.Engine.Codegen.Verification;

/// <summary>The detector on two hundred snippets of our own, labelled by hand (B-15).</summary>
public sealed class PlaceholderTests
{
    private static readonly (bool Placeholder, Language Language, string Text)[] Labelled =
    [
        .. File.ReadAllLines(Path.Combine(Sources.Root, "Hal9.Tests/Engine/Codegen/Verification/placeholders.txt")).Where(line => line.Length > 0).Select(line => line.Split('|', 3))
            .Select(parts => (parts[0] == "+", parts[1] switch { "cs" => Language.CSharp, "py" => Language.Python, _ => Language.TypeScript }, parts[2].Replace("\\n", "\n", StringComparison.Ordinal))),
    ];

    [Fact]
    public void Detector_OnLabelledSnippets_FindsThemAndNothingElse()
    {
        var found = Labelled.Select(one => (one.Placeholder, Found: PlaceholderDetector.Find(one.Language, one.Text).Any(), one.Text)).ToList();

        var hits = found.Count(one => one.Placeholder && one.Found);
        var recall = (double)hits / found.Count(one => one.Placeholder);
        var precision = (double)hits / found.Count(one => one.Found);
        var wrong = string.Join('\n', found.Where(one => one.Placeholder != one.Found).Select(one => $"{(one.Found ? "found" : "missed")}: {one.Text}"));
        Assert.InRange(Labelled.Length, 200, int.MaxValue);
        Assert.True(recall >= 0.99 && precision >= 0.97, $"recall {recall:P1}, precision {precision:P1}\n{wrong}");
    }
}
