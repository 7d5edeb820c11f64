using System.Globalization;

namespace Hal9.Engine.Models.Offline.Work;

/// <summary>Counts what a text holds.</summary>
internal static class Counts
{
    public static string Write(string material)
    {
        var lines = material.Split('\n');
        var words = material.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        var characters = new StringInfo(material).LengthInTextElements;
        var pieces = Segments.Of(material);
        return string.Create(CultureInfo.InvariantCulture, $"""
            ## Counted

            | What | Number |
            | --- | ---: |
            | Words (separated by white space) | {words} |
            | Sentences and list items | {pieces.Count(piece => piece.Kind is PieceKind.Sentence or PieceKind.Item)} |
            | Lines | {lines.Length} |
            | Lines with text | {lines.Count(line => !string.IsNullOrWhiteSpace(line))} |
            | Characters | {characters} |
            """).ReplaceLineEndings("\n");
    }
}
