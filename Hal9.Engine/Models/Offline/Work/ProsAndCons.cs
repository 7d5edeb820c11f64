using System.Text;

namespace Hal9.Engine.Models.Offline.Work;

/// <summary>Sorts what was given into for and against by cue words.</summary>
internal static class ProsAndCons
{
    public static string Write(string instruction, string told)
    {
        var sentences = Summary.SentencesOf(told);
        var sides = sentences.ToLookup(Side);
        var text = new StringBuilder($"## {Worker.Title(instruction)}\n\n");
        List("For", sides["for"]);
        List("Against", sides["against"]);
        if (sides["open"].Any())
        {
            List("Not sorted", sides["open"]);
        }
        return text.Append(sentences.Count > 0
            ? "Sorted by cue words such as *cheap* or *slow*; the sentences are yours, word for word."
            : $"The request holds no statements to sort, and the offline model knows none: {OfflineNote.Connect}.").ToString();

        void List(string heading, IEnumerable<string> items)
        {
            text.Append("### ").Append(heading).Append("\n\n");
            foreach (var item in items.Take(20).DefaultIfEmpty("not given"))
            {
                text.Append("- ").Append(Script.Shorten(item.ReplaceLineEndings(" "), 300)).Append('\n');
            }
            text.Append('\n');
        }
    }

    private static string Side(string sentence)
    {
        var against = Lexicon.Shipped.SpeaksAgainst.Weight(sentence);
        var speaks = Lexicon.Shipped.SpeaksFor.Weight(sentence);
        return against > speaks ? "against" : speaks > against ? "for" : "open";
    }
}
