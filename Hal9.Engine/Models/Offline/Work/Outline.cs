using System.Text;

namespace Hal9.Engine.Models.Offline.Work;

/// <summary>What is given, what is asked for, and what is open: for goals that rules can only put in order.</summary>
internal static class Outline
{
    public const string CannotKnow = Cannot + "know this: " + OfflineNote.Connect + ".";

    private const string Cannot = "The offline model cannot ";

    private static readonly string[] QuestionNeeds =
        ["A source that can be checked, and its date", "Place, time and version for which the answer must hold", "What you want to decide with it"];

    private static readonly HashSet<string> Boilerplate =
        [.. QuestionNeeds.Select(need => "- " + need), .. Lexicon.Shipped.OpenPoints.Select(point => "- [ ] " + point.Question)];

    /// <summary>Whether a paragraph admits that something cannot be done; it must stand wherever it holds.</summary>
    public static bool Admits(string paragraph) => paragraph.StartsWith(Cannot, StringComparison.Ordinal);

    /// <summary>Whether a list line is one that every outline may have.</summary>
    public static bool IsBoilerplate(string line) => Boilerplate.Contains(line);

    /// <summary>The outline of a goal.</summary>
    public static string Of(string instruction, GoalReading reading, string told)
    {
        var text = Begin(instruction);
        if (reading.Tasks.Count > 0)
        {
            List(text, "Asked for", "- [ ] ", reading.Tasks.Select(task => task.Text));
        }
        List(text, "Given", "- ", told.Length == 0 ? [] : Summary.SentencesOf(told).Take(12));
        Open(text, instruction + "\n" + told);
        return text.Append("Carrying it out needs knowledge that is not in the request: ").Append(OfflineNote.Connect).Append('.').ToString();
    }

    /// <summary>The outline of a text that came without a clear request.</summary>
    public static string OfText(string instruction, string material)
    {
        var text = Begin(instruction);
        var headings = Segments.Of(material).Where(piece => piece.Kind == PieceKind.Heading).Select(piece => piece.Text).Distinct(StringComparer.Ordinal).Take(20).ToList();
        List(text, "Its headings", "- ", headings);
        var sentences = Summary.SentencesOf(material);
        List(text, "Its main sentences, word for word", "- ", Summary.Best(sentences, Math.Clamp(sentences.Count / 4, 1, 7)));
        List(text, "Its most frequent words", "- ", Summary.Topics(material, 8));
        return text.ToString().TrimEnd();
    }

    /// <summary>What answering a question of fact would need.</summary>
    public static string OfQuestion(string question)
    {
        var text = Begin(question).Append(CannotKnow).Append("\n\n");
        var terms = Keywords.Terms(question, 6);
        List(text, "What an answer would need", "- ",
        [
            terms.Count > 0 ? $"Facts about: {string.Join(", ", terms)}" : "Facts about what you ask",
            .. QuestionNeeds,
        ]);
        return text.Append("Paste a text that holds the answer, and its fitting sentences are shown.").ToString();
    }

    /// <summary>What these rules can do.</summary>
    public static string OfItself()
    {
        var text = new StringBuilder("## What the offline model does\n\nIt takes requests apart by fixed rules and works on what you give it. It has no knowledge of its own.\n\n");
        List(text, "Try", "- ",
        [
            "Summarise this: (paste a text)",
            "Compare A and B in terms of cost and risk. (Add what you know of them.)",
            "Plan the release of our app. Then draft an email to the customers.",
            "Make a timeline of this: (paste a text with dates)",
            "Make a table of this: (paste CSV, or lines such as \"name: value\")",
            "What is 17.5% of 200?",
            "Ask about a text that you paste under your question.",
        ]);
        List(text, "Shapes that it knows", "- ", Lexicon.Shapes.Select(shape => shape.Name));
        return text.Append("For everything else ").Append(OfflineNote.Connect).Append('.').ToString();
    }

    /// <summary>What something needs that rules cannot do.</summary>
    public static string OfInability(string instruction, Inability inability, string told)
    {
        var text = Begin(instruction).Append(inability.Says).Append(": ").Append(OfflineNote.Connect).Append(".\n\n");
        List(text, "What it would need", "- [ ] ", inability.Needs);
        List(text, "Given so far", "- ", told.Length == 0 ? [] : Summary.SentencesOf(told).Take(8));
        return text.ToString().TrimEnd();
    }

    /// <summary>A checklist of the person's own points, without a known shape.</summary>
    public static string Checklist(string instruction, IReadOnlyList<string> given, string told)
    {
        var text = Begin(instruction);
        List(text, "Your points", "- [ ] ", given.Count > 0 ? given : [$"(list the steps of: {Worker.Title(instruction)})"]);
        Open(text, instruction + "\n" + told);
        return text.Append("There is no known shape for this; steps of its own need a model: ").Append(OfflineNote.Connect).Append('.').ToString();
    }

    private static StringBuilder Begin(string instruction) => new($"## {Worker.Title(instruction)}\n\n");

    private static void Open(StringBuilder text, string input) => List(text, "Not given", "- [ ] ",
        Lexicon.Shipped.OpenPoints.Where(point => !point.Answered.In(Script.Shorten(input, 4000))).Select(point => point.Question));

    private static void List(StringBuilder text, string heading, string mark, IEnumerable<string> items)
    {
        var any = false;
        foreach (var item in items.Take(40))
        {
            text.Append(any ? "" : $"### {heading}\n\n").Append(mark).Append(Script.Shorten(item.ReplaceLineEndings(" "), 400)).Append('\n');
            any = true;
        }
        text.Append(any ? "\n" : "");
    }
}
