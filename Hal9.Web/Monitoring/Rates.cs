using Hal9.Engine.Monitoring;

namespace Hal9.Web.Monitoring;

/// <summary>Rates of run statistics.</summary>
internal static class Rates
{
    /// <summary>Runs per minute of what of the time has passed.</summary>
    public static double PerMinute(this RunStatistics statistics, DateTimeOffset now)
    {
        var (from, to) = (statistics.Grid.From, statistics.Grid.To);
        return statistics.Total.Runs / Math.Max(1, ((now < to && now > from ? now : to) - from).TotalMinutes);
    }

    /// <summary>The share of those that failed; null: none ended.</summary>
    public static double? ErrorRate(this RunPoint point) => point.Runs > 0 ? (double)point.Failed / point.Runs : null;
}
