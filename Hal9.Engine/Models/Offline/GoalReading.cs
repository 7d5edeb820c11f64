using System.Text;

namespace Hal9.Engine.Models.Offline;

/// <summary>A part of a goal that asks for something.</summary>
/// <param name="Text">What it asks for.</param>
/// <param name="Follows">It says that it needs the part before.</param>
/// <param name="FollowsAll">It says that it needs all parts before.</param>
internal sealed record GoalTask(string Text, bool Follows, bool FollowsAll);

/// <summary>A goal, read: what it asks for, what it tells, and the text that it hands over to be worked on.</summary>
/// <param name="Instruction">The part that asks; the whole goal when nothing else can be told apart.</param>
/// <param name="Lead">The words over a list ("Prepare the launch:"), or empty.</param>
/// <param name="Tasks">What is asked for, in order.</param>
/// <param name="Context">Sentences that only tell something.</param>
/// <param name="Material">The text to work on, or empty.</param>
internal sealed record GoalReading(string Instruction, string Lead, IReadOnlyList<GoalTask> Tasks, IReadOnlyList<string> Context, string Material)
{
    internal const string MaterialLine = "Material:";
    private const string GivenLine = "Given:";
    private const string BuildsOn = "Builds on: ";
    private const int LongestInstruction = 600;

    public static GoalReading Of(string goal)
    {
        var (instruction, material) = Split(goal.Trim());
        var lead = "";
        var context = new List<string>();
        var asked = new List<(string Text, bool Asks)>();
        var pieces = Segments.Of(instruction);
        var given = false;
        for (var i = 0; i < pieces.Count; i++)
        {
            var piece = pieces[i];
            given = piece.Text == GivenLine || (given && piece.Kind is PieceKind.Item);
            if (given)
            {
                context.AddRange(piece.Kind == PieceKind.Item ? [piece.Text] : []);
            }
            else if (piece.Kind is PieceKind.Code or PieceKind.Row or PieceKind.Quote)
            {
                material = Join(material, piece.Text);
            }
            else if (piece.Kind is PieceKind.Item)
            {
                asked.Add((lead.Length > 0 ? $"{lead}: {piece.Text}" : piece.Text, true));
            }
            else if (piece.Kind is PieceKind.Heading || (i + 1 < pieces.Count && pieces[i + 1].Kind == PieceKind.Item && Ends(piece.Text)))
            {
                lead = piece.Text.TrimEnd(':', '：', ' ');
            }
            else
            {
                asked.Add((piece.Text, Asks(piece.Text)));
            }
        }
        if (asked.Any(part => part.Asks))
        {
            context.AddRange(asked.Where(part => !part.Asks).Select(part => part.Text));
            asked.RemoveAll(part => !part.Asks);
        }
        else if (asked.Count == 0 && lead.Length > 0)
        {
            asked.Add((lead, true));
        }
        var tasks = asked.SelectMany(part => Clauses(part.Text)).Select(Task).ToList();
        return new GoalReading(instruction, lead, tasks, context, material);
    }

    /// <summary>A goal made of its parts, in the form that <see cref="Of"/> reads.</summary>
    public static string Compose(string task, IEnumerable<string> context, string material)
    {
        var text = new StringBuilder(task);
        var given = string.Join('\n', context.Select(line => "- " + line));
        text.Append(given.Length > 0 ? $"\n\n{GivenLine}\n{given}" : "");
        text.Append(material.Length > 0 ? $"\n\n{MaterialLine}\n{material}" : "");
        return text.ToString();
    }

    /// <summary>What a part says of another that it builds on.</summary>
    public static string Reference(string part) => BuildsOn + Worker.Title(part);

    /// <summary>Whether a line given along is such a reference.</summary>
    public static bool IsReference(string line) => line.StartsWith(BuildsOn, StringComparison.Ordinal);

    /// <summary>A task without its verb.</summary>
    public static string WithoutVerb(string task)
    {
        var bare = Bare(task);
        return bare[Lexicon.Shipped.Imperatives.AtStart(bare)..].ToString();
    }

    /// <summary>A composed goal that was put on one line, without what was given along.</summary>
    public static string WithoutParts(string line)
    {
        var given = line.IndexOf($"  {GivenLine} - ", StringComparison.Ordinal);
        line = given < 0 ? line : line[..given];
        var material = line.IndexOf($"  {MaterialLine} ", StringComparison.Ordinal);
        return material < 0 ? line : line[..material];
    }

    /// <summary>Whether a sentence asks for something.</summary>
    public static bool Asks(string sentence) =>
        IsQuestion(sentence) || Lexicon.Shipped.Imperatives.AtStart(Bare(sentence)) > 0 || Lexicon.Shipped.Requests.In(sentence);

    /// <summary>Whether a sentence is a question.</summary>
    public static bool IsQuestion(string sentence) => sentence.AsSpan().TrimEnd(" \"'”»)*_") is [.., '?' or '？' or '؟'];

    /// <summary>The sentence without what may stand before a task.</summary>
    public static ReadOnlySpan<char> Bare(string sentence)
    {
        var rest = sentence.AsSpan().TrimStart(" \"'“„«(*_¿¡");
        for (var length = Lexicon.Shipped.Politeness.AtStart(rest); length > 0; length = Lexicon.Shipped.Politeness.AtStart(rest))
        {
            rest = rest[length..].TrimStart(" ,:;");
        }
        return rest;
    }

    /// <summary>
    /// The instruction and the material: marked by us, or after a colon, or in other paragraphs than the words that ask for work on a given
    /// text.
    /// </summary>
    private static (string Instruction, string Material) Split(string goal)
    {
        var marked = goal.StartsWith(MaterialLine, StringComparison.Ordinal) ? 0 : goal.IndexOf("\n" + MaterialLine, StringComparison.Ordinal);
        if (marked >= 0)
        {
            return (goal[..marked].Trim(), goal[(goal.IndexOf(MaterialLine, marked, StringComparison.Ordinal) + MaterialLine.Length)..].Trim());
        }
        var given = goal.Contains("\n" + GivenLine, StringComparison.Ordinal);
        var on = Lexicon.Shipped.OnMaterial;
        var firstEnd = ParagraphEnd(goal);
        var first = goal[..Math.Min(firstEnd, LongestInstruction)];
        if (given)
        {
            return (goal, "");
        }
        if (firstEnd <= LongestInstruction && firstEnd < goal.Length && (on.In(first) || (WantsStatements(first) && OnlyTells(goal[firstEnd..]))))
        {
            return (first.Trim(), goal[firstEnd..].Trim());
        }
        var lastStart = goal.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (lastStart >= 0 && goal.Length - lastStart <= LongestInstruction && on.In(goal[lastStart..]))
        {
            return (goal[lastStart..].Trim(), goal[..lastStart].Trim());
        }
        var colon = first.AsSpan().IndexOfAny(":：\n");
        if (colon > 0 && colon + 1 < goal.Length && first[colon] != '\n' ? on.In(first[..colon]) : colon > 0 && on.In(first[..colon]))
        {
            return (first[..colon].Trim(), goal[(colon + 1)..].Trim());
        }
        var sentence = Segments.Sentences(first).FirstOrDefault() ?? "";
        var rest = goal.StartsWith(sentence, StringComparison.Ordinal) ? goal[sentence.Length..].Trim() : "";
        return rest.Length > 0 && on.In(sentence) && OnlyTells(rest) ? (sentence, rest) : (goal, "");
    }

    /// <summary>What is worked on with statements, if there are any: questions, comparisons, pros and cons.</summary>
    private static bool WantsStatements(string text) =>
        IsQuestion(text.TrimEnd()) || Lexicon.Shipped.Compare.In(text) || Lexicon.Shipped.ProsAndCons.In(text);

    private static bool OnlyTells(string text) => !Segments.Of(text).Exists(piece => Asks(piece.Text));

    private static int ParagraphEnd(string goal)
    {
        for (var i = goal.IndexOf('\n', StringComparison.Ordinal); i >= 0; i = goal.IndexOf('\n', i + 1))
        {
            var next = goal.AsSpan(i + 1).IndexOf('\n');
            if (goal.AsSpan(i + 1, next < 0 ? goal.Length - i - 1 : next).IsWhiteSpace())
            {
                return i;
            }
        }
        return goal.Length;
    }

    /// <summary>"Do this and compare that, then write it up": a new clause begins where a task begins.</summary>
    private static IEnumerable<string> Clauses(string text)
    {
        if (text.Length > LongestInstruction || Lexicon.Shipped.Imperatives.AtStart(Bare(text)) == 0)
        {
            yield return text;
            yield break;
        }
        var start = 0;
        for (var i = 1; i < text.Length - 1; i++)
        {
            var joint = Joint(text.AsSpan(i));
            if (joint > 0 && !Bare(text[start..i]).IsEmpty && Lexicon.Shipped.Imperatives.AtStart(Bare(text[(i + joint)..])) > 0 && Bare(text[(i + joint)..]).ContainsAny(" \u00A0"))
            {
                yield return text[start..i].Trim();
                start = i + joint;
                i = start;
            }
        }
        yield return text[start..].Trim();
    }

    /// <summary>The length of what joins two clauses; the words that tell the order stay with the second one.</summary>
    private static int Joint(ReadOnlySpan<char> text)
    {
        foreach (var joint in (ReadOnlySpan<string>)[", and ", "; and ", " and ", " und ", ", ", "; "])
        {
            if (text.StartsWith(joint, StringComparison.OrdinalIgnoreCase))
            {
                return joint.Length;
            }
        }
        return 0;
    }

    private static GoalTask Task(string text)
    {
        var words = Lexicon.Shipped;
        var start = text.AsSpan().TrimStart();
        var beginning = Script.Shorten(text, LongestInstruction);
        // "and then": what tells the order may stand behind other such words.
        var second = start.IndexOf(' ') is > 0 and var space ? start[(space + 1)..] : default;
        var all = words.DependenceOnAll.AtStart(start) > 0 || words.DependenceOnAll.In(beginning);
        var follows = all || words.Sequence.AtStart(start) > 0 || (words.Politeness.AtStart(start) > 0 && words.Sequence.AtStart(second) > 0)
            || words.Dependence.In(beginning) || RefersBack(text);
        var polite = words.Politeness.AtStart(start) > 0 && (IsQuestion(text) || words.Imperatives.AtStart(Bare(text)) > 0);
        return new GoalTask(polite || words.Imperatives.AtStart(start) > 0 ? Capital(Bare(text)) : text, follows, all);
    }

    /// <summary>The object of the verb, or the last word, stands for something said before: "compare them", "write tests for it".</summary>
    private static bool RefersBack(string text)
    {
        var last = text.AsSpan().TrimEnd(" .!");
        if (Lexicon.Shipped.Imperatives.AtStart(Bare(text)) > 0 && last.LastIndexOf(' ') is > 0 and var space && Lexicon.Shipped.Pronouns.Is(last[(space + 1)..].ToString()))
        {
            return true;
        }
        var bare = Bare(text);
        var verb = Lexicon.Shipped.Imperatives.AtStart(bare);
        return verb > 0 && Lexicon.Shipped.Pronouns.AtStart(bare[verb..].TrimStart()) is var length and > 0
            && bare[verb..].TrimStart()[length..].TrimEnd(" .!") is { Length: 0 } or [',', ..];
    }

    private static string Capital(ReadOnlySpan<char> text) => string.Concat(text[..1].ToString().ToUpperInvariant(), text[1..]);

    private static bool Ends(string text) => text.AsSpan().TrimEnd() is [.., ':' or '：'];

    private static string Join(string first, string second) => first.Length == 0 ? second : first + "\n" + second;
}
