namespace Hal9.Engine.Models.Offline;

/// <summary>The sentence that marks every text of the offline model. It stands first, so that a text that is cut keeps it.</summary>
internal static class OfflineNote
{
    public const string Text = "The built-in offline model: rules, not AI.";

    /// <summary>How a missing model is connected.</summary>
    public const string Connect = "connect a model (settings under `Hal9:Models:Providers`)";

    private const string Line = "> *" + Text + "*";

    /// <summary>The text under the note, which occurs once.</summary>
    public static string Above(string text) => Line + "\n\n" + Without(text);

    /// <summary>Whether the text carries the note.</summary>
    public static bool In(string text) => text.Contains(Text, StringComparison.Ordinal);

    /// <summary>The text without the note.</summary>
    public static string Without(string text) =>
        In(text) ? string.Join('\n', text.Split('\n').Where(line => !line.Contains(Text, StringComparison.Ordinal))).Trim() : text.Trim();
}
