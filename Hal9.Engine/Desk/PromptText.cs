using System.Text.RegularExpressions;

namespace Hal9.Engine.Desk;

/// <summary>A text with places to fill: <c>{{name}}</c>.</summary>
public static partial class PromptText
{
    /// <summary>The names of the places in the order of the text, each once.</summary>
    public static IReadOnlyList<string> VariablesOf(string text) =>
        [.. Place().Matches(text).Select(match => match.Groups["name"].Value).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The text with its places filled; one that was not given a word stays as it is, so that it is seen. What is filled in is not looked at again.</summary>
    public static string Fill(string text, IReadOnlyDictionary<string, string> words) => Place().Replace(
        text, match => words.FirstOrDefault(word => string.Equals(word.Key, match.Groups["name"].Value, StringComparison.OrdinalIgnoreCase)).Value is { Length: > 0 } word ? word : match.Value);

    [GeneratedRegex(@"\{\{\s*(?<name>[\p{L}\p{N}_][\p{L}\p{N}_ -]{0,39}?)\s*\}\}")]
    private static partial Regex Place();
}
