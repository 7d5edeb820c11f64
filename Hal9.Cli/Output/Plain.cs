using System.Text;

namespace Hal9.Cli.Output;

/// <summary>Text from elsewhere, fit for a terminal: what a model writes must not move the cursor, rename the window or answer for its reader.</summary>
internal static class Plain
{
    /// <summary>Without control characters, except line breaks and tabs.</summary>
    public static string Text(string text)
    {
        if (!text.Any(IsUnfit))
        {
            return text;
        }
        var fit = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            fit.Append(IsUnfit(letter) ? '\uFFFD' : letter);
        }
        return fit.ToString();
    }

    /// <summary>The same in one line.</summary>
    public static string Line(string text) => Text(text.ReplaceLineEndings(" ").Replace('\t', ' '));

    /// <summary>One line of at most so many characters.</summary>
    public static string Short(string text, int most) => Line(text.Length > most * 4 ? text[..(most * 4)] : text) is var line && line.Length > most ? line[..(most - 1)] + "…" : line;

    private static bool IsUnfit(char letter) => char.IsControl(letter) && letter is not ('\n' or '\t');
}
