using System.Text;

namespace Hal9.Engine.Models.Offline.Work;

/// <summary>Makes a table from rows of values or from lines "key: value".</summary>
internal static class Tables
{
    private const int MostRows = 200;
    private const int MostColumns = 12;

    /// <summary>The table, or null when the text holds neither.</summary>
    public static string? TryWrite(string instruction, string text)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var rows = Separated(lines) ?? Pairs(lines);
        return rows is null ? null : $"## {Worker.Title(instruction)}\n\n{Markdown(rows)}";
    }

    /// <summary>Rows as a Markdown table; the first is the head.</summary>
    public static string Markdown(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var columns = Math.Min(MostColumns, rows.Max(row => row.Count));
        var text = new StringBuilder();
        for (var i = 0; i < Math.Min(rows.Count, MostRows + 1); i++)
        {
            text.Append('|');
            for (var column = 0; column < columns; column++)
            {
                text.Append(' ').Append(Cell(column < rows[i].Count ? rows[i][column] : "")).Append(" |");
            }
            text.Append('\n');
            if (i == 0)
            {
                text.Append('|').Insert(text.Length, " --- |", columns).Append('\n');
            }
        }
        return text.Append(rows.Count > MostRows + 1 ? $"\n{rows.Count - MostRows - 1} more rows are left out.\n" : "").ToString().TrimEnd();
    }

    /// <summary>"key: value" of a line; null when there is none.</summary>
    public static (string Key, string Value)? Pair(string line)
    {
        var bare = Segments.TryItem(line, out var item) ? item.ToString() : line;
        var colon = bare.AsSpan().IndexOfAny(":：=");
        return colon is > 0 and <= 60 && colon + 1 < bare.Length && !bare.AsSpan(colon).StartsWith("://") && bare.AsSpan(0, colon).IndexOfAny(".!?") < 0
            ? (bare[..colon].Trim('*', ' ', '`'), bare[(colon + 1)..].Trim('*', ' '))
            : null;
    }

    private static string Cell(string value) =>
        Script.Shorten(value.Trim(), 200).ReplaceLineEndings(" ").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);

    /// <summary>The separator that stands equally often, at least once, in at least two lines that follow each other.</summary>
    private static List<IReadOnlyList<string>>? Separated(string[] lines)
    {
        foreach (var separator in (ReadOnlySpan<char>)['|', '\t', ';', ','])
        {
            var first = Array.FindIndex(lines, line => Fields(line, separator).Count > 1);
            if (first < 0)
            {
                continue;
            }
            var width = Fields(lines[first], separator).Count;
            var rows = lines.Skip(first)
                .Where(line => line.Trim('|', '-', ':', ' ').Length > 0)
                .Select(line => Fields(line, separator))
                .TakeWhile(fields => fields.Count == width)
                .ToList<IReadOnlyList<string>>();
            if (rows.Count > 1)
            {
                return rows;
            }
        }
        return null;
    }

    private static List<IReadOnlyList<string>>? Pairs(string[] lines)
    {
        var rows = new List<IReadOnlyList<string>> { (string[])["Name", "Value"] };
        rows.AddRange(lines.Select(Pair).Where(pair => pair is not null).Select(pair => (string[])[pair!.Value.Key, pair.Value.Value]));
        return rows.Count > 1 ? rows : null;
    }

    /// <summary>The fields of a line; quotes keep separators inside, doubled quotes are one.</summary>
    private static List<string> Fields(string line, char separator)
    {
        line = separator == '|' ? line.Trim().Trim('|') : line;
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && separator != '|' && (quoted || field.Length == 0))
            {
                if (quoted && i + 1 < line.Length && line[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                    continue;
                }
                quoted = !quoted;
            }
            else if (line[i] == separator && !quoted)
            {
                fields.Add(field.ToString().Trim());
                field.Clear();
            }
            else
            {
                field.Append(line[i]);
            }
        }
        fields.Add(field.ToString().Trim());
        return fields;
    }
}
