using System.Globalization;
using System.Text.RegularExpressions;

namespace Hal9.Tests.Web.Shell;

/// <summary>The palette in <c>wwwroot/app.css</c>: text 4.5:1, borders of controls, icons and the focus ring 3:1, light and dark.</summary>
public sealed partial class PaletteTests
{
    private static readonly string[] Grounds = ["canvas", "surface", "raised", "sunken", "hover", "selected"];
    private static readonly string[] Inks = ["text", "text-soft"];
    private static readonly string[] QuietGrounds = ["canvas", "surface", "raised", "sunken", "hover"];
    private static readonly string[] Tones = ["working", "waiting", "good", "failing", "paused", "strategic", "design", "implementation"];
    private static readonly Dictionary<string, (double Light, double Dark)> Tokens = Read();

    public static TheoryData<string, string> Texts =>
    [
        .. Grounds.SelectMany(ground => Inks.Select(ink => (ink, ground))),
        .. QuietGrounds.Select(ground => ("text-faint", ground)),
        .. Tones.Select(tone => (tone, tone + "-tint")),
        .. QuietGrounds.SelectMany(ground => Tones.Take(5).Append("accent").Select(tone => (tone, ground))),
        ("on-accent", "accent-fill"), ("on-accent", "accent-fill-hover"), ("canvas", "text"),
    ];

    public static TheoryData<string, string> Shapes =>
    [
        .. QuietGrounds.SelectMany(ground => new[] { "line-control", "focus", "eye", "accent-fill" }.Select(shape => (shape, ground))),
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_OnItsGround_IsReadable(string ink, string ground) => AssertContrast(ink, ground, 4.5);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Shape_OnItsGround_IsSeen(string shape, string ground) => AssertContrast(shape, ground, 3);

    private static void AssertContrast(string over, string under, double least)
    {
        var (a, b) = (Tokens[over], Tokens[under]);

        Assert.True(Contrast(a.Light, b.Light) >= least, string.Create(CultureInfo.InvariantCulture, $"light: {over} on {under} is {Contrast(a.Light, b.Light):0.00}"));
        Assert.True(Contrast(a.Dark, b.Dark) >= least, string.Create(CultureInfo.InvariantCulture, $"dark: {over} on {under} is {Contrast(a.Dark, b.Dark):0.00}"));
    }

    private static double Contrast(double a, double b) => (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);

    private static Dictionary<string, (double, double)> Read() => Token().Matches(File.ReadAllText(Path.Combine(Rules.Sources.Root, "wwwroot/app.css")))
        .ToDictionary(m => m.Groups["name"].Value, m => (Luminance(m.Groups["light"].Value), Luminance(m.Groups["dark"].Value)));

    // WCAG 2.2, "relative luminance".
    private static double Luminance(string hex)
    {
        double[] channels = [.. Enumerable.Range(0, 3).Select(i => Convert.ToInt32(hex.Substring(i * 2, 2), 16) / 255.0).Select(c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4))];
        return (0.2126 * channels[0]) + (0.7152 * channels[1]) + (0.0722 * channels[2]);
    }

    [GeneratedRegex("--(?<name>[a-z-]+): light-dark\\(#(?<light>[0-9a-f]{6}), #(?<dark>[0-9a-f]{6})\\)")]
    private static partial Regex Token();
}
