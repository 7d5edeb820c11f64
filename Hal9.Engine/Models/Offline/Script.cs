using System.Buffers;
using System.Text;

namespace Hal9.Engine.Models.Offline;

/// <summary>What the rules need to know about writing systems.</summary>
internal static class Script
{
    /// <summary>Han, kana, Thai, Lao, Khmer, Burmese: written without spaces between words.</summary>
    public static bool IsIdeographic(Rune rune) => rune.Value is
        (>= 0x2E80 and <= 0x2FDF) or (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF)
        or (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x20000 and <= 0x3FFFF);

    /// <summary>Scripts whose words need no check of their borders: the above, and Hangul, whose particles stick to the word.</summary>
    public static bool IsBorderless(char character) =>
        IsIdeographic(Rune.IsValid(character) ? new Rune(character) : Rune.ReplacementChar) || character is >= '\uAC00' and <= '\uD7A3';

    /// <summary>The text with each half of a character (a lone surrogate) replaced, so that it can be written as UTF-8.</summary>
    public static string WellFormed(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            return text;
        }
        var whole = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        Span<char> buffer = stackalloc char[2];
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != OperationStatus.Done)
            {
                rune = Rune.ReplacementChar;
            }
            whole.Append(buffer[..rune.EncodeToUtf16(buffer)]);
            rest = rest[length..];
        }
        return whole.ToString();
    }

    /// <summary>At most so many UTF-16 units, cut at a word where there is one in the last third, with an ellipsis.</summary>
    public static string Shorten(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }
        var cut = text.AsSpan(0, length).LastIndexOfAny(' ', '\n');
        cut = cut > length * 2 / 3 ? cut : char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
        return text[..cut].TrimEnd(' ', ',', ';', ':', '\n', '\r') + "…";
    }
}
