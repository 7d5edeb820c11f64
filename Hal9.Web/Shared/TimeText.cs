using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Localization;

namespace Hal9.Web.Shared;

/// <summary>Times and durations as people read them, in the culture of the viewer. Symbols of units (ms, s, min, h) are the same everywhere.</summary>
internal static partial class TimeText
{
    /// <summary>How long ago, in words; the date once it is more than six days.</summary>
    public static string Ago(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone, IStringLocalizer<SharedTexts> texts)
    {
        var past = now - at;
        return past.TotalSeconds switch
        {
            < 10 => texts["JustNow"],
            < 60 => texts["SecondsAgo", (int)past.TotalSeconds],
            < 3600 => texts["MinutesAgo", (int)past.TotalMinutes],
            < 86400 => texts["HoursAgo", (int)past.TotalHours],
            < 6 * 86400 => texts["DaysAgo", (int)past.TotalDays],
            _ => TimeZoneInfo.ConvertTime(at, zone).ToString(DatePattern, CultureInfo.CurrentCulture),
        };
    }

    /// <summary>The moment itself, with its zone.</summary>
    public static string Absolute(DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        return $"{local.ToString($"ddd {DatePattern}, HH:mm:ss", CultureInfo.CurrentCulture)} {(local.Offset == TimeSpan.Zero ? "UTC" : "UTC" + local.ToString("zzz", CultureInfo.InvariantCulture))}";
    }

    /// <summary>The time of day to the millisecond.</summary>
    public static string Clock(DateTimeOffset at, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(at, zone).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>The time of day to the second.</summary>
    public static string Short(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Day and minute, without the year.</summary>
    public static string Minute(DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        return $"{local.ToString(DayPattern, CultureInfo.CurrentCulture)}, {local.ToString("HH:mm", CultureInfo.InvariantCulture)}";
    }

    /// <summary>A month by its name, with its year.</summary>
    public static string Month(DateOnly month) => month.ToString("MMMM yyyy", CultureInfo.CurrentCulture);

    /// <summary>The day, without the year.</summary>
    public static string Day(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString($"ddd {DayPattern}", CultureInfo.CurrentCulture);

    /// <summary>A moment to come with its minute: the weekday within a week, else the day.</summary>
    public static string Ahead(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone) => at - now < TimeSpan.FromDays(6.5)
        ? TimeZoneInfo.ConvertTime(at, zone).ToString("dddd HH:mm", CultureInfo.CurrentCulture)
        : Minute(at, zone);

    /// <summary>A moment to come, in short: the time of day within a day, else the date.</summary>
    public static string Soon(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(at, zone).ToString(at - now < TimeSpan.FromDays(1) ? "HH:mm" : DatePattern, CultureInfo.CurrentCulture);

    /// <summary>A duration with about three significant digits.</summary>
    public static string Length(TimeSpan span) => span switch
    {
        { TotalMilliseconds: < 1000 } => string.Create(CultureInfo.CurrentCulture, $"{Math.Max(0, span.TotalMilliseconds):0} ms"),
        { TotalSeconds: < 60 } => string.Create(CultureInfo.CurrentCulture, $"{span.TotalSeconds:0.0} s"),
        { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes} min {span.Seconds} s",
        _ => $"{(int)span.TotalHours} h {span.Minutes} min",
    };

    /// <summary>A round length: seconds or minutes.</summary>
    public static string Interval(TimeSpan span) => span.TotalSeconds < 60 ? $"{span.TotalSeconds:0} s" : $"{span.TotalMinutes:0} min";

    /// <summary>A number of tokens, shortened above ten thousand.</summary>
    public static string Count(long count) => count < 10_000
        ? count.ToString("#,0", CultureInfo.CurrentCulture)
        : (count / 1000.0).ToString("#,0.#", CultureInfo.CurrentCulture) + " k";

    // The culture's own order and points, with the month shortened: "22 Nov 2026", "22. Nov. 2026".
    private static string DatePattern => Weekday().Replace(CultureInfo.CurrentCulture.DateTimeFormat.LongDatePattern, "").Replace("MMMM", "MMM", StringComparison.Ordinal).Trim();

    private static string DayPattern => CultureInfo.CurrentCulture.DateTimeFormat.MonthDayPattern.Replace("MMMM", "MMM", StringComparison.Ordinal);

    [GeneratedRegex("dddd,? ?")]
    private static partial Regex Weekday();
}
