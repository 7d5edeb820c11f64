using System.Globalization;
using System.Text.Json;

namespace Hal9.Cli.Output;

/// <summary>How a value is shown in a table; CSV has it as the console sent it.</summary>
internal enum Show
{
    Text,
    Short,
    Money,
    Number,
    Time,
}

/// <summary>A column: where its value stands in the console's JSON, and how people see it.</summary>
/// <param name="Path">Names joined by dots; also the head of the CSV column.</param>
/// <param name="Title">The head of the table's column.</param>
/// <param name="As">How it is shown.</param>
/// <param name="IsExtra">Left out of tables of many rows: a terminal is narrow.</param>
internal sealed record Column(string Path, string Title, Show As = Show.Text, bool IsExtra = false)
{
    private const int ShortLength = 60;

    /// <summary>Never broken over two lines: an id could not be copied, a time not be read.</summary>
    public bool IsWhole => Path == "id" || As is Show.Time or Show.Money or Show.Number;

    public bool IsRight => As is Show.Money or Show.Number;

    /// <summary>The value as sent; lists joined by blanks.</summary>
    public string Raw(JsonElement item)
    {
        foreach (var name in Path.Split('.'))
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty(name, out item))
            {
                return "";
            }
        }
        return TextOf(item);
    }

    /// <summary>The value for people.</summary>
    public string Shown(JsonElement item, TimeZoneInfo zone)
    {
        var raw = Raw(item);
        return As switch
        {
            _ when raw.Length == 0 => "",
            Show.Short => Plain.Short(raw, ShortLength),
            Show.Money => "$" + raw,
            Show.Number when long.TryParse(raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number.ToString("N0", CultureInfo.InvariantCulture),
            Show.Time when DateTimeOffset.TryParse(raw, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) =>
                TimeZoneInfo.ConvertTime(time, zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            _ => Plain.Line(raw),
        };
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        JsonValueKind.Array => string.Join(' ', value.EnumerateArray().Select(TextOf)),
        _ => value.GetRawText(),
    };
}
