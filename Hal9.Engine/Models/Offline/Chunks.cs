using System.Globalization;

namespace Hal9.Engine.Models.Offline;

/// <summary>Cuts a text into groups of words for streaming. Joined again they are the text, and no character is torn.</summary>
internal static class Chunks
{
    private const int Shortest = 24;

    /// <summary>With the default delay the longest answer streams in about two seconds.</summary>
    private const int Most = 120;

    public static IEnumerable<string> Of(string text)
    {
        var length = Math.Max(Shortest, (text.Length / Most) + 1);
        var start = 0;
        while (start < text.Length)
        {
            var end = EndOf(text, start, length);
            yield return text[start..end];
            start = end;
        }
    }

    /// <summary>Behind the first white space after the length; scripts without spaces are cut at a whole text element.</summary>
    private static int EndOf(string text, int start, int length)
    {
        var end = start;
        while (end < text.Length)
        {
            var element = StringInfo.GetNextTextElementLength(text.AsSpan(end));
            var done = end - start >= length && (char.IsWhiteSpace(text[end]) || end - start >= length * 2);
            end += element;
            if (done)
            {
                break;
            }
        }
        return end;
    }
}
