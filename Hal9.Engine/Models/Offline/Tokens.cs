using System.Buffers;
using System.Text;

namespace Hal9.Engine.Models.Offline;

/// <summary>
/// Counts tokens as a tokenizer roughly would, the same on every machine: five letters or three digits, one ideograph, one mark or line break.
/// </summary>
internal static class Tokens
{
    /// <summary>The number of tokens in a text.</summary>
    public static int Count(string text) => Walk(text, int.MaxValue).Tokens;

    /// <summary>The longest beginning of the text with at most so many tokens; never half a character.</summary>
    public static string Cut(string text, int limit)
    {
        // No token is shorter than one UTF-16 unit, so a text this short always fits.
        if (text.Length <= limit)
        {
            return text;
        }
        var end = Walk(text, limit).End;
        return end == text.Length ? text : text[..end];
    }

    private static (int Tokens, int End) Walk(string text, int limit)
    {
        var tokens = 0;
        var run = 0;
        var runKind = Kind.Space;
        var position = 0;
        while (position < text.Length)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(position), out var rune, out var length) != OperationStatus.Done)
            {
                rune = Rune.ReplacementChar;
            }
            var kind = KindOf(rune);
            run = kind == runKind ? run + 1 : 1;
            runKind = kind;
            var starts = kind switch
            {
                Kind.Space => false,
                Kind.Letter => run % 5 == 1,
                Kind.Digit => run % 3 == 1,
                _ => true,
            };
            if (starts && tokens == limit)
            {
                return (tokens, position);
            }
            tokens += starts ? 1 : 0;
            position += length;
        }
        return (tokens, text.Length);
    }

    private static Kind KindOf(Rune rune) =>
        rune.Value == '\n' ? Kind.Mark
        : Rune.IsWhiteSpace(rune) ? Kind.Space
        : Script.IsIdeographic(rune) ? Kind.Mark
        : Rune.IsLetter(rune) ? Kind.Letter
        : Rune.IsDigit(rune) ? Kind.Digit
        : Kind.Mark;

    private enum Kind
    {
        Space,
        Letter,
        Digit,
        Mark,
    }
}
