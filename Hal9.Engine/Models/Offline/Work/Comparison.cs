namespace Hal9.Engine.Models.Offline.Work;

/// <summary>Sets things side by side with what the input says of them; every other cell says "not given".</summary>
internal static class Comparison
{
    private const int MostSubjects = 5;
    private const int MostAspects = 8;
    private const string NotGiven = "not given";

    /// <summary>The table, or null when fewer than two things are named.</summary>
    public static string? TryWrite(string instruction, string told)
    {
        var (words, aspectWords) = Parts(instruction);
        var subjects = Names(words, MostSubjects);
        var announced = Segments.Sentences(instruction).Concat(Summary.SentencesOf(told)).Select(Announced).OfType<string>().FirstOrDefault();
        var statements = Summary.SentencesOf(told).FindAll(statement => Announced(statement) is null);
        if (subjects.Count < 2)
        {
            subjects = [.. statements.Select(Tables.Pair).OfType<(string Key, string Value)>().Select(pair => pair.Key).Distinct(StringComparer.OrdinalIgnoreCase).Take(MostSubjects)];
        }
        if (subjects.Count < 2)
        {
            return null;
        }
        var aspects = Names(announced?.TrimEnd('.', ' ') ?? BeforeFor(aspectWords), MostAspects);
        var asked = aspects.Count > 0;
        aspects = asked ? aspects : [.. Lexicon.Shipped.Aspects];
        var about = subjects.Select(subject => statements.Where(statement => Mentions(statement, subject)).Take(50).ToList()).ToList();
        var used = new HashSet<string>(StringComparer.Ordinal);
        var rows = new List<IReadOnlyList<string>> { (string[])["", .. subjects] };
        foreach (var aspect in aspects)
        {
            rows.Add((string[])[aspect, .. about.Select(own => Cell(own.Where(statement => Mentions(statement, aspect)), used))]);
        }
        if (about.Exists(own => own.Exists(statement => !used.Contains(statement))))
        {
            rows.Add((string[])["Also said", .. about.Select(own => Cell(own.Where(statement => !used.Contains(statement)).ToList(), used))]);
        }
        var note = statements.Count == 0
            ? $"The request says nothing about them, and the offline model knows nothing of its own. Add what you know, or {OfflineNote.Connect}."
            : "Cells hold your own sentences that name both; nothing was added.";
        return $"## {Worker.Title(instruction)}\n\n{Tables.Markdown(rows)}\n\n{(asked ? "" : "The request names no aspects; the rows are general ones. ")}{note}";
    }

    /// <summary>What "Criteria: cost, effort" names, or null for any other sentence.</summary>
    private static string? Announced(string sentence) =>
        Tables.Pair(sentence) is { } pair && Lexicon.Shipped.AspectHeads.Contains(pair.Key.ToLowerInvariant()) ? pair.Value : null;

    /// <summary>The words that name the things, and those that name the aspects.</summary>
    private static (string Subjects, string Aspects) Parts(string instruction)
    {
        var sentence = Segments.Sentences(instruction).FirstOrDefault(part => Lexicon.Shipped.Compare.In(part)) ?? instruction;
        sentence = sentence.ReplaceLineEndings(" ").TrimEnd('.', '!', '?', ':', ' ', '。', '？');
        var (at, length) = Lexicon.Shipped.Compare.Find(sentence);
        var verb = sentence.AsSpan(at, length);
        var infix = verb.StartsWith("v", StringComparison.OrdinalIgnoreCase) && !verb.StartsWith("verg", StringComparison.OrdinalIgnoreCase);
        // "A versus B" stays whole; after "compare" only what follows; in Korean, Chinese and Japanese the verb may stand last.
        var before = sentence[..at].TrimEnd('을', '를', 'を', ' ');
        var rest = infix ? sentence : Script.IsBorderless(verb[0]) && before.Length > 2 ? before : sentence[(at + length)..];
        foreach (var join in Lexicon.Shipped.AspectJoins)
        {
            var found = rest.IndexOf(join, StringComparison.OrdinalIgnoreCase);
            if (found > 0)
            {
                return (BeforeFor(rest[..found]), rest[(found + join.Length)..]);
            }
        }
        return (BeforeFor(rest), "");
    }

    /// <summary>"a and b for our team": whom it is for is no name. Two such words belong to the names: "tools for home and tools for work".</summary>
    private static string BeforeFor(string words)
    {
        foreach (var joint in (ReadOnlySpan<string>)[" for ", " für "])
        {
            var at = words.IndexOf(joint, StringComparison.OrdinalIgnoreCase);
            if (at > 0 && at == words.LastIndexOf(joint, StringComparison.OrdinalIgnoreCase))
            {
                return words[..at];
            }
        }
        return words;
    }

    private static List<string> Names(string words, int most)
    {
        var parts = new List<string> { words };
        foreach (var join in Lexicon.Shipped.CompareJoins)
        {
            parts = [.. parts.SelectMany(part => part.Split(join, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        }
        return [.. parts.Select(Name).Where(name => name.Any(char.IsLetterOrDigit)).Distinct(StringComparer.OrdinalIgnoreCase).Take(most)];
    }

    private static string Name(string part)
    {
        var name = GoalReading.Bare(part).Trim(" \"'“”,.;:").ToString();
        var verb = Lexicon.Shipped.Compare.AtStart(name);
        name = verb > 0 ? name[verb..].TrimStart() : name;
        foreach (var article in (ReadOnlySpan<string>)["between ", "zwischen ", "the ", "a ", "an ", "and ", "der ", "die ", "das "])
        {
            name = name.StartsWith(article, StringComparison.OrdinalIgnoreCase) ? name[article.Length..] : name;
        }
        return Script.Shorten(name, 60);
    }

    private static string Cell(IEnumerable<string> statements, HashSet<string> used)
    {
        var cell = statements.Take(2).ToList();
        used.UnionWith(cell);
        return cell.Count == 0 ? NotGiven : string.Join(" ", cell);
    }

    private static bool Mentions(string statement, string name) =>
        statement.Contains(name, StringComparison.OrdinalIgnoreCase)
        || (Keywords.Of(name).ToList() is { Count: > 0 } words && Keywords.Of(statement).ToHashSet(StringComparer.Ordinal) is var said && words.TrueForAll(said.Contains));
}
