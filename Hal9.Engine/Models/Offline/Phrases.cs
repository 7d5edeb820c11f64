using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hal9.Engine.Models.Offline;

/// <summary>
/// Words and phrases to look for, without regard to case. They match whole words; a star at the end lets the word go on. Phrases of scripts
/// without borders match anywhere.
/// </summary>
[JsonConverter(typeof(FromArray))]
internal sealed class Phrases
{
    private readonly List<(string Text, bool Open)> entries;
    private readonly ILookup<char, (string Text, bool Open)> byFirst;
    private readonly HashSet<string> words;

    public Phrases(IEnumerable<string> phrases)
    {
        entries = [.. phrases.Select(phrase => (phrase.TrimEnd('*'), phrase.EndsWith('*'))).OrderByDescending(entry => entry.Item1.Length)];
        byFirst = entries.ToLookup(entry => char.ToUpperInvariant(entry.Text[0]));
        words = entries.Select(entry => entry.Text).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether one of them occurs.</summary>
    public bool In(string text) => Find(text).At >= 0;

    /// <summary>Whether the word is one of them, as a whole.</summary>
    public bool Is(string word) => words.Contains(word);

    /// <summary>The length of the one that the text begins with, or 0.</summary>
    public int AtStart(ReadOnlySpan<char> text)
    {
        foreach (var (phrase, open) in text.IsEmpty ? [] : byFirst[char.ToUpperInvariant(text[0])])
        {
            if (text.StartsWith(phrase, StringComparison.OrdinalIgnoreCase) && Ends(text, phrase.Length, open, phrase[^1]))
            {
                var length = phrase.Length;
                while (open && length < text.Length && char.IsLetter(text[length]))
                {
                    length++;
                }
                return length;
            }
        }
        return 0;
    }

    /// <summary>The first occurrence; at -1 when there is none.</summary>
    public (int At, int Length) Find(string text)
    {
        var best = (At: -1, Length: 0);
        foreach (var (phrase, open) in entries)
        {
            var at = First(text, phrase, open, best.At < 0 ? text.Length : Math.Min(text.Length, best.At + phrase.Length));
            best = at >= 0 && (best.At < 0 || at < best.At) ? (at, phrase.Length) : best;
        }
        return best;
    }

    /// <summary>How well they fit a text: the summed lengths of those that occur.</summary>
    public int Weight(string text) => entries.Where(entry => First(text, entry.Text, entry.Open, text.Length) >= 0).Sum(entry => entry.Text.Length);

    private static int First(string text, string phrase, bool open, int scope)
    {
        // Scripts without borders have no case, and the search without it is far quicker.
        var comparison = Script.IsBorderless(phrase[0]) ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        for (var from = 0; from + phrase.Length <= scope;)
        {
            var at = text.AsSpan(from, scope - from).IndexOf(phrase, comparison);
            if (at < 0)
            {
                return -1;
            }
            at += from;
            var begins = at == 0 || Script.IsBorderless(phrase[0]) || !char.IsLetterOrDigit(phrase[0]) || !char.IsLetterOrDigit(text[at - 1]);
            if (begins && Ends(text, at + phrase.Length, open, phrase[^1]))
            {
                return at;
            }
            from = at + 1;
        }
        return -1;
    }

    private static bool Ends(ReadOnlySpan<char> text, int end, bool open, char last) =>
        open || end >= text.Length || Script.IsBorderless(last) || !char.IsLetterOrDigit(last) || !char.IsLetterOrDigit(text[end]);

    private sealed class FromArray : JsonConverter<Phrases>
    {
        public override Phrases Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(JsonSerializer.Deserialize<string[]>(ref reader, options) ?? []);

        public override void Write(Utf8JsonWriter writer, Phrases value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
