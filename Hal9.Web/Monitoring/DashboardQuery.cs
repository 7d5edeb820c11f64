using Hal9.Web.Shared.Times;

namespace Hal9.Web.Monitoring;

/// <summary>What the address of the dashboard remembers. What cannot be read is left out, never guessed.</summary>
/// <param name="Range">Which time.</param>
/// <param name="Refresh">How often it is read anew, one of <see cref="Intervals"/>.</param>
/// <param name="Wall">It hangs on a wall: without bar and navigation, in large type.</param>
public sealed record DashboardQuery(TimeRange Range, string Refresh = DashboardQuery.UsualRefresh, bool Wall = false)
{
    /// <summary>Not by itself.</summary>
    public const string Off = "off";

    private const string UsualRefresh = "30s";
    private static readonly TimeRange UsualRange = TimeRange.Last(TimeSpan.FromHours(6));

    /// <summary>How often, by its name in the address.</summary>
    public static IReadOnlyDictionary<string, TimeSpan?> Intervals { get; } = new Dictionary<string, TimeSpan?>
    {
        [Off] = null, ["5s"] = TimeSpan.FromSeconds(5), ["15s"] = TimeSpan.FromSeconds(15), ["30s"] = TimeSpan.FromSeconds(30), ["1m"] = TimeSpan.FromMinutes(1), ["5m"] = TimeSpan.FromMinutes(5),
    };

    /// <summary>Reads an address.</summary>
    public static DashboardQuery Parse(string? from, string? to, string? refresh, string? wall) =>
        new(TimeRange.Parse(from, to, UsualRange), refresh is not null && Intervals.ContainsKey(refresh) ? refresh : UsualRefresh, wall == "1");

    /// <summary>How often; null: not by itself.</summary>
    public TimeSpan? Interval => Intervals[Refresh];

    /// <summary>The address.</summary>
    public string ToUrl() => Urls.Dashboard(Range == UsualRange ? null : Range, Refresh == UsualRefresh ? null : Refresh, Wall);
}
