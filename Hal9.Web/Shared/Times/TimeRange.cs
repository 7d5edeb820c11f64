using System.Globalization;
using System.Text.RegularExpressions;

namespace Hal9.Web.Shared.Times;

/// <summary>A stretch of time as an address has it, in Grafana's words: <c>from=now-6h</c>, or two instants in <c>from</c> and <c>to</c>.</summary>
/// <param name="Back">So long before now, to now.</param>
/// <param name="From">Or from this instant (UTC).</param>
/// <param name="To">To this one.</param>
public sealed partial record TimeRange(TimeSpan? Back, DateTimeOffset? From = null, DateTimeOffset? To = null)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <summary>What the picker offers.</summary>
    public static IReadOnlyList<TimeRange> Usual { get; } =
        [Last(TimeSpan.FromMinutes(15)), Last(TimeSpan.FromHours(1)), Last(TimeSpan.FromHours(6)), Last(TimeSpan.FromHours(24)), Last(TimeSpan.FromDays(7)), Last(TimeSpan.FromDays(30)), Last(TimeSpan.FromDays(90))];

    /// <summary>So long before now, to now.</summary>
    public static TimeRange Last(TimeSpan back) => new(back);

    /// <summary>From one instant to another.</summary>
    public static TimeRange Between(DateTimeOffset from, DateTimeOffset to) => new(null, Whole(from), Whole(to));

    /// <summary>Reads the parts of an address; what cannot be read, is empty or longer than a year is <paramref name="otherwise"/>.</summary>
    public static TimeRange Parse(string? from, string? to, TimeRange otherwise)
    {
        if (from is not null && Relative().Match(from) is { Success: true } match && to is null or "" or "now")
        {
            var count = int.Parse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture);
            var back = match.Groups["unit"].Value switch { "m" => TimeSpan.FromMinutes(count), "h" => TimeSpan.FromHours(count), _ => TimeSpan.FromDays(count) };
            return back > TimeSpan.Zero && back <= Longest ? Last(back) : otherwise;
        }
        return Instant(from) is { } begin && Instant(to) is { } end && begin < end && end - begin <= Longest ? Between(begin, end) : otherwise;
    }

    /// <summary>The instants that it means now.</summary>
    public (DateTimeOffset From, DateTimeOffset To) At(DateTimeOffset now) => Back is { } back ? (now - back, now) : (From!.Value, To!.Value);

    /// <summary>The same length, so many halves of it later (or earlier); never beyond now, where it is the newest again.</summary>
    public TimeRange Shift(int halves, DateTimeOffset now)
    {
        var (from, to) = At(now);
        var by = (to - from) / 2 * halves;
        return to + by >= now ? Last(RoundUp(to - from)) : Between(from + by, to + by);
    }

    /// <summary>Twice the length around the same middle, up to now.</summary>
    public TimeRange ZoomOut(DateTimeOffset now)
    {
        var (from, to) = At(now);
        var length = to - from;
        return length * 2 > Longest ? this : to + (length / 2) >= now ? Last(RoundUp(length * 2)) : Between(from - (length / 2), to + (length / 2));
    }

    /// <summary><c>from</c> for an address.</summary>
    public string FromText => Back switch
    {
        null => Write(From!.Value),
        { TotalDays: > 1 } back when back.TotalDays % 1 == 0 => string.Create(CultureInfo.InvariantCulture, $"now-{back.TotalDays}d"),
        { } back when back.TotalHours % 1 == 0 => string.Create(CultureInfo.InvariantCulture, $"now-{back.TotalHours}h"),
        { } back => string.Create(CultureInfo.InvariantCulture, $"now-{Math.Ceiling(back.TotalMinutes)}m"),
    };

    /// <summary><c>to</c> for an address; null: now.</summary>
    public string? ToText => To is { } to ? Write(to) : null;

    /// <summary>An instant for an address.</summary>
    public static string Write(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>An instant of an address: ISO 8601, or milliseconds since 1970.</summary>
    public static DateTimeOffset? Instant(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds < 32_503_680_000_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;

    private static DateTimeOffset Whole(DateTimeOffset at) => new(at.UtcDateTime.AddTicks(-(at.UtcDateTime.Ticks % TimeSpan.TicksPerSecond)), TimeSpan.Zero);

    private static TimeSpan RoundUp(TimeSpan length) => TimeSpan.FromMinutes(Math.Min(Longest.TotalMinutes, Math.Ceiling(length.TotalMinutes)));

    [GeneratedRegex(@"^now-(?<count>[0-9]{1,6})(?<unit>[mhd])$")]
    private static partial Regex Relative();
}
