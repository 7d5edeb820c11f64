using System.Globalization;
using System.Text;

namespace Hal9.Engine.Models.Offline;

/// <summary>What a piece of text is.</summary>
internal enum PieceKind
{
    Sentence,
    Item,
    Heading,
    Quote,
    Row,
    Code,
}

/// <summary>A piece of text and the number of its paragraph.</summary>
internal readonly record struct Piece(PieceKind Kind, string Text, int Paragraph);

/// <summary>Takes text apart into sentences, list items, headings, quotes, table rows and fenced code. Linear in the text's length.</summary>
internal static class Segments
{
    /// <summary>A run without an end is cut here, so that one endless "sentence" is not one piece.</summary>
    private const int LongestSentence = 2000;

    private const string Enders = ".!?…";
    private const string WideEnders = "。！？｡؟।";
    private const string Closers = "\"')]}»”’」』）*_";

    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "e.g", "i.e", "etc", "vs", "mr", "mrs", "ms", "dr", "prof", "no", "nr", "fig", "st", "inc", "ltd", "approx", "resp", "mio", "mrd", "tsd",
        "z.b", "d.h", "u.a", "usw", "bzw", "ca", "ggf", "evtl", "inkl", "exkl", "vgl", "str",
    };

    public static List<Piece> Of(string text)
    {
        var pieces = new List<Piece>();
        var open = new StringBuilder();
        var openKind = PieceKind.Sentence;
        var paragraph = 0;
        string? fence = null;
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            var line = raw.TrimEnd();
            var bare = line.TrimStart();
            if (fence is not null)
            {
                if (bare.StartsWith(fence, StringComparison.Ordinal) && bare.Trim(fence[0]).IsEmpty)
                {
                    fence = null;
                    Close();
                }
                else
                {
                    open.Append(open.Length == 0 ? "" : "\n").Append(line);
                }
                continue;
            }
            if (bare.StartsWith("```", StringComparison.Ordinal) || bare.StartsWith("~~~", StringComparison.Ordinal))
            {
                Close();
                fence = bare[..3].ToString();
                openKind = PieceKind.Code;
            }
            else if (bare.IsEmpty)
            {
                Close();
                paragraph++;
            }
            else if (TryItem(bare, out var item))
            {
                Start(PieceKind.Item, item);
            }
            else if (bare[0] == '>')
            {
                Start(PieceKind.Quote, bare.TrimStart('>').TrimStart());
                Close();
            }
            else if (bare[0] == '#' && bare.TrimStart('#').StartsWith(" "))
            {
                Start(PieceKind.Heading, bare.TrimStart('#').Trim());
                Close();
            }
            else if (bare[0] == '|' || IsRow(bare))
            {
                Start(PieceKind.Row, bare);
                Close();
            }
            else if (openKind == PieceKind.Item && open.Length > 0 && line.Length - bare.Length < 2)
            {
                Close();
                open.Append(bare);
            }
            else
            {
                open.Append(open.Length == 0 || Script.IsBorderless(open[^1]) && Script.IsBorderless(bare[0]) ? "" : " ").Append(bare);
            }
        }
        Close();
        return pieces;

        void Start(PieceKind kind, ReadOnlySpan<char> content)
        {
            Close();
            openKind = kind;
            open.Append(content);
        }

        void Close()
        {
            if (open.Length > 0)
            {
                var content = open.ToString();
                open.Clear();
                if (openKind == PieceKind.Sentence)
                {
                    pieces.AddRange(Sentences(content).Select(sentence => new Piece(PieceKind.Sentence, sentence, paragraph)));
                }
                else
                {
                    pieces.Add(new Piece(openKind, content, paragraph));
                }
            }
            openKind = PieceKind.Sentence;
        }
    }

    /// <summary>The sentences of a running text, in Latin and wide punctuation.</summary>
    public static IEnumerable<string> Sentences(string text)
    {
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var wide = WideEnders.Contains(text[i], StringComparison.Ordinal);
            var ender = wide || Enders.Contains(text[i], StringComparison.Ordinal);
            if (ender)
            {
                var dot = i;
                while (i + 1 < text.Length && (Enders.Contains(text[i + 1], StringComparison.Ordinal) || WideEnders.Contains(text[i + 1], StringComparison.Ordinal)))
                {
                    i++;
                }
                while (i + 1 < text.Length && Closers.Contains(text[i + 1], StringComparison.Ordinal))
                {
                    i++;
                }
                var free = wide || i + 1 >= text.Length || char.IsWhiteSpace(text[i + 1]);
                ender = free && !(text[dot] == '.' && i == dot && IsAbbreviation(text, start, dot));
            }
            if (ender || (i - start >= LongestSentence && char.IsWhiteSpace(text[i])) || i - start >= LongestSentence * 2)
            {
                // Never between the halves of a character.
                i += char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 1 : 0;
                if (Cut(text, start, i + 1) is { } sentence)
                {
                    yield return sentence;
                }
                start = i + 1;
            }
        }
        if (Cut(text, start, text.Length) is { } rest)
        {
            yield return rest;
        }
    }

    /// <summary>Whether a line is a list item, and its content.</summary>
    public static bool TryItem(ReadOnlySpan<char> line, out ReadOnlySpan<char> content)
    {
        content = default;
        var marker = 0;
        if (line.Length > 1 && "-*+•‣–·".Contains(line[0], StringComparison.Ordinal))
        {
            marker = 1;
        }
        else
        {
            while (marker < 3 && marker < line.Length && char.IsAsciiDigit(line[marker]))
            {
                marker++;
            }
            marker = marker == 0 && line.Length > 1 && char.IsAsciiLetterLower(line[0]) && line[1] == ')' ? 1 : marker;
            marker = marker > 0 && marker < line.Length && line[marker] is '.' or ')' ? marker + 1 : 0;
        }
        if (marker == 0 || marker >= line.Length || !(char.IsWhiteSpace(line[marker]) || line[marker - 1] == '•'))
        {
            return false;
        }
        content = line[marker..].Trim();
        foreach (var box in (ReadOnlySpan<string>)["[ ]", "[x]", "[X]"])
        {
            content = content.StartsWith(box, StringComparison.Ordinal) ? content[box.Length..].TrimStart() : content;
        }
        return !content.IsEmpty;
    }

    /// <summary>A line of values: tabs, semicolons, or commas that stand neither in a number nor before a space; no sentence ends in it.</summary>
    private static bool IsRow(ReadOnlySpan<char> line)
    {
        if (line.Contains('\t') || line.Count(';') >= 2)
        {
            return true;
        }
        if (!line.Contains(',') || line.Contains(". ", StringComparison.Ordinal) || line[^1] is '.' or '!' or '?')
        {
            return false;
        }
        var separators = 0;
        for (var i = 1; i < line.Length; i++)
        {
            if (line[i] == ',' && !(i + 1 < line.Length && char.IsAsciiDigit(line[i - 1]) && char.IsAsciiDigit(line[i + 1])))
            {
                separators++;
                if (i + 1 < line.Length && line[i + 1] == ' ')
                {
                    return false;
                }
            }
        }
        return separators > 0;
    }

    private static bool IsAbbreviation(string text, int start, int dot)
    {
        var first = dot;
        while (first > start && !char.IsWhiteSpace(text[first - 1]) && text[first - 1] is not '(')
        {
            first--;
        }
        var word = text.AsSpan(first, dot - first);
        return word.Length <= 6
            && ((word.Length == 1 && char.IsLetter(word[0])) || Abbreviations.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word) || IsOrdinal(text, word, dot));
    }

    /// <summary>A day before a month's name, as in "3. März".</summary>
    private static bool IsOrdinal(string text, ReadOnlySpan<char> word, int dot)
    {
        if (word.Length is 0 or > 2 || word.ContainsAnyExceptInRange('0', '9') || dot + 2 >= text.Length)
        {
            return false;
        }
        var next = text.AsSpan(dot + 1).TrimStart();
        foreach (var month in CultureInfo.GetCultureInfo("de").DateTimeFormat.MonthNames)
        {
            if (month.Length > 0 && next.StartsWith(month, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }

    private static string? Cut(string text, int start, int end)
    {
        var span = text.AsSpan(start, end - start).Trim();
        return span.IndexOfAnyExcept(Enders + WideEnders + Closers + " ") < 0 ? null : span.ToString();
    }
}
