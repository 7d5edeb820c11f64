using System.Text.RegularExpressions;

namespace Hal9.Engine.Desk;

/// <summary>A part of a prompt.</summary>
/// <param name="Text">As it stands in the prompt.</param>
/// <param name="Place">Which of the variables stands here, by its number from 0; null: plain text.</param>
public sealed record PromptPiece(string Text, int? Place);

/// <summary>A text with places to fill: <c>{{name}}</c>.</summary>
public static partial class PromptText
{
    /// <summary>The names of the places in the order of the text, each once.</summary>
    public static IReadOnlyList<string> VariablesOf(string text) =>
        [.. Place().Matches(text).Select(match => match.Groups["name"].Value).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The text cut at its places, so that whoever fills them needs to know nothing of how a place is written.</summary>
    public static IReadOnlyList<PromptPiece> PiecesOf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var variables = VariablesOf(text);
        var pieces = new List<PromptPiece>();
        var end = 0;
        foreach (Match match in Place().Matches(text))
        {
            if (match.Index > end)
            {
                pieces.Add(new PromptPiece(text[end..match.Index], null));
            }
            var number = variables.TakeWhile(name => !string.Equals(name, match.Groups["name"].Value, StringComparison.OrdinalIgnoreCase)).Count();
            pieces.Add(new PromptPiece(match.Value, number));
            end = match.Index + match.Length;
        }
        if (end < text.Length)
        {
            pieces.Add(new PromptPiece(text[end..], null));
        }
        return pieces;
    }

    [GeneratedRegex(@"\{\{\s*(?<name>[\p{L}\p{N}_][\p{L}\p{N}_ -]{0,39}?)\s*\}\}")]
    private static partial Regex Place();
}
