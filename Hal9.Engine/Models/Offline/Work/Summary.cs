using System.Globalization;
using System.Text;

namespace Hal9.Engine.Models.Offline.Work;

/// <summary>Summaries by extraction: the sentences whose words recur most, in the order of the text, word for word.</summary>
internal static class Summary
{
    private const int MostSentences = 7;

    public static string Write(string instruction, string material)
    {
        var sentences = SentencesOf(material);
        var chosen = Best(sentences, Math.Clamp((sentences.Count + 2) / 4, Math.Min(2, sentences.Count), MostSentences));
        var text = new StringBuilder($"## {Worker.Title(instruction)}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{chosen.Count} of {sentences.Count} sentences, chosen by how often their words recur, word for word:\n\n");
        foreach (var sentence in chosen)
        {
            text.Append("- ").Append(Script.Shorten(sentence, 400)).Append('\n');
        }
        var topics = Topics(material, 8);
        if (topics.Count > 0)
        {
            text.Append("\n**Most frequent words:** ").Append(string.Join(", ", topics)).Append('\n');
        }
        return text.ToString().TrimEnd();
    }

    /// <summary>Every sentence and item as a point.</summary>
    public static string AsList(string instruction, string material)
    {
        var sentences = SentencesOf(material);
        var text = new StringBuilder($"## {Worker.Title(instruction)}\n\n");
        foreach (var sentence in sentences.Take(100))
        {
            text.Append("- ").Append(Script.Shorten(sentence, 400)).Append('\n');
        }
        return text.Append(sentences.Count > 100 ? string.Create(CultureInfo.InvariantCulture, $"- … and {sentences.Count - 100} more\n") : "").ToString().TrimEnd();
    }

    /// <summary>The best sentences in the order in which they stand.</summary>
    public static List<string> Best(IReadOnlyList<string> sentences, int count)
    {
        var words = sentences.Select(sentence => Keywords.Of(sentence).ToList()).ToList();
        var frequency = words.SelectMany(list => list.Distinct()).CountBy(word => word, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return
        [
            .. Enumerable.Range(0, sentences.Count)
                .Select(i => (Index: i, Score: Score(words[i], frequency, i)))
                .OrderByDescending(scored => scored.Score).ThenBy(scored => scored.Index)
                .Take(count)
                .OrderBy(scored => scored.Index)
                .Select(scored => sentences[scored.Index]),
        ];
    }

    /// <summary>The sentences and items of a text, each once.</summary>
    public static List<string> SentencesOf(string text) =>
        [.. Segments.Of(text).Where(piece => piece.Kind is not (PieceKind.Heading or PieceKind.Code)).Select(piece => piece.Text).Distinct(StringComparer.Ordinal)];

    /// <summary>Words that occur more than once, most frequent first, as they are written.</summary>
    public static List<string> Topics(string text, int most)
    {
        var seen = new Dictionary<string, (string Word, int Count, int First)>(StringComparer.Ordinal);
        foreach (var (word, ideographic) in Keywords.Words(text))
        {
            var key = Keywords.Key(word);
            if ((ideographic && word.Length > 8) || key.Length < 2 || char.IsDigit(key[0]) || Lexicon.Shipped.StopWords.Contains(word) || Lexicon.Shipped.StopWords.Contains(key))
            {
                continue;
            }
            seen[key] = seen.TryGetValue(key, out var known) ? known with { Count = known.Count + 1 } : (word, 1, seen.Count);
        }
        return [.. seen.Values.Where(word => word.Count > 1).OrderByDescending(word => word.Count).ThenBy(word => word.First).Take(most).Select(word => word.Word)];
    }

    /// <summary>How often its words recur, on average, in whole numbers, so that it is the same everywhere; the first sentence counts a little more.</summary>
    private static long Score(List<string> words, Dictionary<string, int> frequency, int index)
    {
        var sum = words.Distinct().Where(word => !char.IsDigit(word[0])).Sum(word => frequency[word] - 1L);
        // Short sentences would win by one frequent word, endless ones by their length.
        return ((sum * 1000 / Math.Max(6, words.Count)) + 100) * (index == 0 ? 12 : 10);
    }
}
