using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Monitoring;

namespace Hal9.Tests.Engine.Budgets;

public sealed class CostRulesTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(301, true)]
    [InlineData(300, false)]
    public void Anomaly_IsMoreThanThreeTimesTheMedianOfThoseBefore(int cents, bool stands)
    {
        var found = CostAnomaly.Find(Cents(90, 0, 100, 110, 0, 100, 100, 5000), [(Monday, OfCents(cents))]);

        Assert.Equal(stands ? [new CostAnomaly(Monday, OfCents(cents), OfCents(100))] : [], found);
    }

    [Fact]
    public void Anomaly_NeedsSomethingUsual_AndACent()
    {
        Assert.Empty(CostAnomaly.Find(Cents(1, 1, 1, 1), [(Monday, OfCents(100))]));
        Assert.Empty(CostAnomaly.Find([.. Enumerable.Repeat(new Usd(10), 10)], [(Monday, new Usd(9_999_999))]));
        Assert.Single(CostAnomaly.Find([.. Enumerable.Repeat(new Usd(10), 10)], [(Monday, OfCents(1))]));
        // What stood out is among those before the next.
        Assert.Equal([Monday], CostAnomaly.Find(Cents(1, 1, 1, 1, 1), [(Monday, OfCents(9)), (Monday.AddDays(1), OfCents(2))]).Select(a => a.At));
    }

    [Fact]
    public void Forecast_WithoutAWholeDay_GoesOnAtTodaysPace()
    {
        var now = Monday.AddHours(12);

        var forecast = CostForecast.Of(Monday, Monday.AddDays(7), now, OfCents(60), [], TimeSpan.FromHours(6));

        Assert.Equal(OfCents(60 + (60 * 26)), forecast.Expected);
        Assert.Equal(0, forecast.Days);
        // A call a second ago is no pace for a month.
        Assert.Equal(OfCents(60 + (60 * 156)), CostForecast.Of(Monday, Monday.AddDays(7), now, OfCents(60), [], TimeSpan.FromSeconds(1)).Expected);
    }

    [Fact]
    public void Quantiles_OfCosts_AreReadFromTheirBucketsAtMostATwentiethTooHigh()
    {
        var costs = Enumerable.Range(1, 1000).Select(i => new Usd(i * 123_457L)).ToList();
        var rising = costs.GroupBy(CostBuckets.Of).OrderBy(group => group.Key).Select(group => (group.Key, (long)group.Count())).ToList();

        foreach (var q in new[] { 0.01, 0.5, 0.95, 1 })
        {
            var exact = costs[(int)Math.Ceiling(q * costs.Count) - 1].Nano;

            Assert.InRange((double)CostBuckets.Quantile(rising, q).Nano / exact, 0.9999, 1.045);
        }
        Assert.Equal(Usd.Zero, CostBuckets.Quantile([(CostBuckets.Of(Usd.Zero), 3)], 0.95));
    }

    private static Usd OfCents(long cents) => new(cents * Usd.NanoPerUsd / 100);

    private static IReadOnlyList<Usd> Cents(params int[] cents) => [.. cents.Select(c => OfCents(c))];
}
