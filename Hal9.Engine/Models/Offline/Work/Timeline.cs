using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Hal9.Engine.Models.Offline.Work;

/// <summary>Sorts the sentences that hold a date by that date.</summary>
internal static partial class Timeline
{
    private const int MostRows = 100;

    public static string Write(string instruction, string text)
    {
        var found = Summary.SentencesOf(text)
            .SelectMany((sentence, index) => Dates(Script.Shorten(sentence, 2000)).Select(date => (date.Written, date.Key, Sentence: sentence, Index: index)))
            .OrderBy(entry => entry.Key).ThenBy(entry => entry.Index)
            .ToList();
        var head = $"## {Worker.Title(instruction)}\n\n";
        if (found.Count == 0)
        {
            return head + "The text holds no date in a form that is known here (2026-03-01, 1.3.2026, 1 March 2026, March 2026, 2026년 3월 1일, 2026年3月1日, Q1 2026).";
        }
        var rows = new List<IReadOnlyList<string>> { (string[])["Date", "What the text says"] };
        rows.AddRange(found.Take(MostRows).Select(entry => (string[])[entry.Written, entry.Sentence]));
        return head + Tables.Markdown(rows);
    }

    /// <summary>The dates of a sentence as written, with a number to sort by.</summary>
    private static IEnumerable<(string Written, int Key)> Dates(string sentence)
    {
        foreach (Match match in Forms().Matches(sentence))
        {
            var year = Number(match, "y");
            var month = match.Groups["name"].Success ? MonthOf(match.Groups["name"].ValueSpan) : match.Groups["q"].Success ? (Number(match, "q") * 3) - 2 : Number(match, "m");
            var day = Number(match, "d");
            if (month is >= 0 and <= 12 && day <= 31)
            {
                yield return (match.Value.Trim(), (year * 10000) + (month * 100) + day);
            }
        }
    }

    private static int Number(Match match, string group) =>
        match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    private static int MonthOf(ReadOnlySpan<char> name)
    {
        var start = name[..3].ToString().ToLowerInvariant();
        return start switch
        {
            "jan" => 1, "feb" => 2, "mar" or "mär" => 3, "apr" => 4, "may" or "mai" => 5, "jun" => 6,
            "jul" => 7, "aug" => 8, "sep" => 9, "oct" or "okt" => 10, "nov" => 11, _ => 12,
        };
    }

    private const string Month = "(?<name>jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)";

    [GeneratedRegex(
        @"(?<![\d.,])(?:(?<y>\d{4})[-/](?<m>\d{1,2})[-/](?<d>\d{1,2})"
        + @"|(?<y>\d{4})\s?[년年]\s?(?:(?<m>\d{1,2})\s?[월月]\s?(?:(?<d>\d{1,2})\s?[일日])?)?"
        + @"|(?<d>\d{1,2})\.\s?(?<m>\d{1,2})\.\s?(?<y>\d{4})"
        + @"|(?<d>\d{1,2})(?:st|nd|rd|th|\.)?\s(?:of\s)?" + Month + @"\.?,?\s(?<y>\d{4})"
        + @"|\b" + Month + @"\.?\s(?<d>\d{1,2})(?:st|nd|rd|th)?,?\s(?<y>\d{4})"
        + @"|\b" + Month + @"\.?\s(?<y>\d{4})"
        + @"|\bq(?<q>[1-4])[\s/]?(?<y>\d{4})"
        + @"|\b(?:in|since|until|by|im\sjahr|seit|bis)\s(?<y>1\d{3}|20\d{2}))(?!\d)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Forms();
}
