using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hal9.Engine.Models.Offline;

/// <summary>Writes the structured answers.</summary>
internal static class Json
{
    // Readable in every script; the reader is a JSON parser, never a page.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(JsonNode node) => node.ToJsonString(Plain);

    /// <summary>
    /// The text, cut so that it and the JSON around it stay within a token limit: cut JSON would be none. Escaped line breaks cost two more.
    /// </summary>
    public static string Fit(string text, int limit)
    {
        const int Around = 200;
        var room = Math.Max(64, limit - Around);
        if (limit == int.MaxValue || Cost(text) <= room)
        {
            return text;
        }
        var cut = Tokens.Cut(text, room);
        while (cut.Length > 0 && Cost(cut) > room)
        {
            cut = Tokens.Cut(cut, Tokens.Count(cut) * 9 / 10);
        }
        return cut.TrimEnd() + "\n\n… (cut at the output limit)";
    }

    private static int Cost(string text) => Tokens.Count(Write(JsonValue.Create(text)));
}
