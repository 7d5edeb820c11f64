namespace Hal9.Cli.Output;

/// <summary>Cells of comma-separated values (RFC 4180), fit for a spreadsheet.</summary>
internal static class Csv
{
    public static string Row(IEnumerable<string> cells) => string.Join(',', cells.Select(Cell));

    /// <summary>What a spreadsheet would take for a formula gets an apostrophe in front: what people and models write ends up here. Plain numbers stay numbers.</summary>
    public static string Cell(string text)
    {
        var safe = text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] && !IsNumber(text) ? "'" + text : text;
        return safe.AsSpan().IndexOfAny("\",\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static bool IsNumber(string text) => text.Length > 1 && text[0] == '-' && text.Skip(1).All(letter => char.IsAsciiDigit(letter) || letter == '.');
}
