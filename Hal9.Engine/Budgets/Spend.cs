namespace Hal9.Engine.Budgets;

/// <summary>What was spent in a part of the time asked for.</summary>
/// <param name="At">Its begin (UTC).</param>
/// <param name="Amount">Settled money.</param>
/// <param name="Calls">Settled model calls.</param>
/// <param name="InputTokens">With cached and cache-write tokens.</param>
/// <param name="OutputTokens">With reasoning tokens.</param>
/// <param name="Unpriced">Calls among them without a price of their own, booked at the ceiling price.</param>
public sealed record SpendPoint(DateTimeOffset At, Usd Amount, long Calls, long InputTokens, long OutputTokens, long Unpriced)
{
    internal static SpendPoint SumOf(DateTimeOffset at, IEnumerable<SpendPoint> points)
    {
        var all = points.ToList();
        return new SpendPoint(at, new Usd(all.Sum(p => p.Amount.Nano)), all.Sum(p => p.Calls), all.Sum(p => p.InputTokens), all.Sum(p => p.OutputTokens), all.Sum(p => p.Unpriced));
    }
}

/// <summary>Spend over time.</summary>
/// <param name="Points">Every step, also those in which nothing was spent.</param>
/// <param name="Total">All of them as one point.</param>
/// <param name="Previous">The stretch before as one point.</param>
public sealed record SpendSeries(IReadOnlyList<SpendPoint> Points, SpendPoint Total, SpendPoint Previous);
