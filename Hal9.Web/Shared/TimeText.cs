using System.Globalization;

namespace Hal9.Web.Shared;

/// <summary>Times and durations as people read them.</summary>
internal static class TimeText
{
    /// <summary>How long ago, in words; the date once it is more than six days.</summary>
    public static string Ago(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone)
    {
        var past = now - at;
        return past.TotalSeconds switch
        {
            < 10 => "just now",
            < 60 => $"{(int)past.TotalSeconds} s ago",
            < 3600 => $"{(int)past.TotalMinutes} min ago",
            < 86400 => $"{(int)past.TotalHours} h ago",
            < 6 * 86400 => $"{(int)past.TotalDays} d ago",
            _ => TimeZoneInfo.ConvertTime(at, zone).ToString("d MMM yyyy", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>The moment itself, with its zone.</summary>
    public static string Absolute(DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        return $"{local.ToString("ddd d MMM yyyy, HH:mm:ss", CultureInfo.InvariantCulture)} {(local.Offset == TimeSpan.Zero ? "UTC" : "UTC" + local.ToString("zzz", CultureInfo.InvariantCulture))}";
    }

    /// <summary>The time of day to the millisecond.</summary>
    public static string Clock(DateTimeOffset at, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(at, zone).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>A duration with about three significant digits.</summary>
    public static string Length(TimeSpan span) => span switch
    {
        { TotalMilliseconds: < 1000 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, span.TotalMilliseconds):0} ms"),
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s"),
        { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes} min {span.Seconds} s",
        _ => $"{(int)span.TotalHours} h {span.Minutes} min",
    };

    /// <summary>A number of tokens, shortened above ten thousand.</summary>
    public static string Count(long count) => count < 10_000
        ? count.ToString("#,0", CultureInfo.InvariantCulture)
        : (count / 1000.0).ToString("#,0.#", CultureInfo.InvariantCulture) + " k";
}
