using System.Text;

namespace Hal9.Engine.Models.Offline.Work;

/// <summary>Answers a question with sentences of the text that was given, or says that it holds none.</summary>
internal static class Extract
{
    public static string Answer(string question, string material)
    {
        var asked = Keywords.Of(question).ToHashSet(StringComparer.Ordinal);
        var sentences = Summary.SentencesOf(material);
        var best = sentences
            .Select((sentence, index) => (Sentence: sentence, Index: index, Hits: Keywords.Of(sentence).Distinct().Count(asked.Contains)))
            .Where(found => found.Hits > 0)
            .OrderByDescending(found => found.Hits).ThenBy(found => found.Index)
            .Take(4)
            .OrderBy(found => found.Index)
            .ToList();
        if (best.Count == 0)
        {
            return Outline.OfQuestion(question) + "\n\nThe text that you gave shares no word with the question.";
        }
        var text = new StringBuilder($"## {Worker.Title(question)}\n\nSentences of your text that share most words with the question, word for word; whether they answer it is for you to judge:\n\n");
        foreach (var found in best)
        {
            text.Append("> ").Append(Script.Shorten(found.Sentence.ReplaceLineEndings(" "), 500)).Append("\n\n");
        }
        return text.ToString().TrimEnd();
    }
}
