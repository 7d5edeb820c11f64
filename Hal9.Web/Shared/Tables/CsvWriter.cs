using System.Globalization;
using System.Text;
using Hal9.Engine;

namespace Hal9.Web.Shared.Tables;

/// <summary>
/// Rows as CSV (RFC 4180) in the invariant culture, whoever asks. A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers and
/// times are written by us and need none.
/// </summary>
internal sealed class CsvWriter(Stream stream)
{
    private static readonly UTF8Encoding WithMark = new(encoderShouldEmitUTF8Identifier: true);
    private readonly StringBuilder rows = new();
    private bool started;

    /// <summary>Adds a row: text, enums, numbers, times, money and null.</summary>
    public async Task WriteAsync(IEnumerable<object?> cells, CancellationToken cancellationToken)
    {
        rows.AppendJoin(',', cells.Select(Cell)).Append("\r\n");
        if (rows.Length > 16_384)
        {
            await FlushAsync(cancellationToken);
        }
    }

    /// <summary>Sends what was added.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        // Spreadsheets read UTF-8 only when it begins with its mark.
        if (!started)
        {
            started = true;
            await stream.WriteAsync(WithMark.GetPreamble(), cancellationToken);
        }
        await stream.WriteAsync(WithMark.GetBytes(rows.ToString()), cancellationToken);
        rows.Clear();
    }

    internal static string Cell(object? value) => value switch
    {
        null => "",
        Usd usd => usd.ToString(),
        DateTimeOffset at => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        string text => Quote(IsFormula(text) ? "'" + text : text),
        Enum word => Quote(word.ToString()),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Quote(value.ToString() ?? ""),
    };

    private static bool IsFormula(string text) => text.AsSpan().TrimStart() is [var first, ..] && "=+-@\uff1d\uff0b\uff0d\uff20".Contains(first, StringComparison.Ordinal) || text is ['\t' or '\r' or '\n', ..];

    private static string Quote(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 && text == text.Trim() ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
