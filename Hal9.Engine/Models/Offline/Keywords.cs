using System.Text;

namespace Hal9.Engine.Models.Offline;

/// <summary>The words that carry a text's content.</summary>
internal static class Keywords
{
    private const int LongestWord = 64;

    /// <summary>
    /// Content words in order, with repetitions, in a form to compare (lower case, no plural s); pairs of characters for scripts without spaces.
    /// </summary>
    public static IEnumerable<string> Of(string text)
    {
        foreach (var (word, ideographic) in Words(text))
        {
            if (!ideographic)
            {
                var key = Key(word);
                if (!Lexicon.Shipped.StopWords.Contains(word) && !Lexicon.Shipped.StopWords.Contains(key) && (key.Length > 1 || char.IsDigit(key[0])))
                {
                    yield return key;
                }
                continue;
            }
            var runes = word.EnumerateRunes().Select(rune => rune.ToString()).ToList();
            for (var i = 0; i < Math.Max(1, runes.Count - 1); i++)
            {
                yield return runes.Count == 1 ? runes[0] : runes[i] + runes[i + 1];
            }
        }
    }

    /// <summary>The first content words as they are written, each once.</summary>
    public static List<string> Terms(string text, int most)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var terms = new List<string>();
        foreach (var (word, ideographic) in Words(text))
        {
            var key = Key(word);
            var carries = ideographic || (key.Length > 1 && !Lexicon.Shipped.StopWords.Contains(word) && !Lexicon.Shipped.StopWords.Contains(key));
            if (carries && seen.Add(key))
            {
                terms.Add(Script.Shorten(word, 24));
                if (terms.Count == most)
                {
                    break;
                }
            }
        }
        return terms;
    }

    /// <summary>A word in the form in which words are compared.</summary>
    public static string Key(string word)
    {
        var key = word.ToLowerInvariant();
        return key.Length > 4 && key[^1] == 's' && key[^2] != 's' ? key[..^1] : key;
    }

    /// <summary>Every run of letters and digits; hyphens and apostrophes inside belong to it.</summary>
    public static IEnumerable<(string Word, bool Ideographic)> Words(string text)
    {
        var word = new StringBuilder();
        var ideographic = false;
        foreach (var rune in text.EnumerateRunes())
        {
            var inside = Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;
            var wide = inside && Script.IsIdeographic(rune);
            var joins = word.Length > 0 && !ideographic && rune.Value is '-' or '\'' or '’' or '_' or '#' or '+';
            if (word.Length > 0 && ((!inside && !joins) || (inside && wide != ideographic) || word.Length >= LongestWord))
            {
                if (Finish() is { Length: > 0 } finished)
                {
                    yield return (finished, ideographic);
                }
                word.Clear();
            }
            if (inside || (joins && word.Length > 0))
            {
                ideographic = wide || (!inside && ideographic);
                word.Append(rune.ToString());
            }
        }
        if (word.Length > 0 && Finish() is { Length: > 0 } last)
        {
            yield return (last, ideographic);
        }

        string Finish()
        {
            var text = word.ToString().TrimEnd('-', '\'', '’', '_');
            return text.EndsWith("'s", StringComparison.Ordinal) || text.EndsWith("’s", StringComparison.Ordinal) ? text[..^2] : text;
        }
    }
}
