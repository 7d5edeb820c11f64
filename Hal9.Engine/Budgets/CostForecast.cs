namespace Hal9.Engine.Budgets;

/// <summary>
/// What a period will have cost when it ends, if the days to come are like the last whole ones: what was spent, and for what is left of the period the mean,
/// the least and the most of those days.
/// </summary>
/// <param name="From">Begin of the period (UTC).</param>
/// <param name="To">Its end (UTC).</param>
/// <param name="Spent">Settled in it so far.</param>
/// <param name="Expected">At the mean of those days.</param>
/// <param name="Low">At the least of them.</param>
/// <param name="High">At the most of them.</param>
/// <param name="Days">How many whole days were looked at, at most <see cref="MostDays"/>. 0: there is none yet; what was spent since the first call goes on.</param>
public sealed record CostForecast(DateTimeOffset From, DateTimeOffset To, Usd Spent, Usd Expected, Usd Low, Usd High, int Days)
{
    /// <summary>A week, so that a Saturday is among them.</summary>
    public const int MostDays = 7;

    /// <summary>Looks ahead.</summary>
    /// <param name="from">Begin of the period.</param>
    /// <param name="to">Its end.</param>
    /// <param name="now">Now, in it.</param>
    /// <param name="spent">Settled in it.</param>
    /// <param name="days">What each of the last whole days cost, from the first on that cost anything.</param>
    /// <param name="firstHours">With no whole day yet: for how long something has been spent.</param>
    internal static CostForecast Of(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now, Usd spent, IReadOnlyList<Usd> days, TimeSpan firstHours)
    {
        var left = Math.Max(0, (to - now).TotalDays);
        if (days.Count == 0)
        {
            // An hour at least: the first call of all, made a second ago, says nothing about a month.
            var rest = spent.Nano / Math.Max(1 / 24.0, firstHours.TotalDays) * left;
            return new CostForecast(from, to, spent, Ahead(rest), Ahead(rest), Ahead(rest), 0);
        }
        return new CostForecast(
            from, to, spent, Ahead(days.Average(day => (double)day.Nano) * left), Ahead(days.Min(day => day.Nano) * left), Ahead(days.Max(day => day.Nano) * left), days.Count);

        Usd Ahead(double nano) => new(spent.Nano + (long)Math.Min(long.MaxValue / 4.0, nano));
    }
}
