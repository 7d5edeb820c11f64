using Hal9.Engine.Monitoring;

namespace Hal9.Tests.Engine.Monitoring;

public sealed class DurationsTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 4)]
    [InlineData(1000, 40)]
    [InlineData(1024, 40)]
    [InlineData(1025, 41)]
    public void Bucket_OfADuration_EndsAtOrAboveIt(double milliseconds, int bucket)
    {
        Assert.Equal(bucket, Durations.BucketOf(TimeSpan.FromMilliseconds(milliseconds)));
        Assert.InRange(Durations.EndOf(bucket).TotalMilliseconds, milliseconds, Math.Max(1, milliseconds * 1.19));
    }

    [Fact]
    public void Quantile_OfHundredDurations_IsTheBucketOfItsRank()
    {
        var counts = Enumerable.Range(1, 100).GroupBy(i => Durations.BucketOf(TimeSpan.FromMilliseconds(i * 10))).Select(g => (g.Key, (long)g.Count())).ToList();

        Assert.Equal(Durations.EndOf(Durations.BucketOf(TimeSpan.FromMilliseconds(500))), Durations.Quantile(counts, 0.5));
        Assert.Equal(Durations.EndOf(Durations.BucketOf(TimeSpan.FromMilliseconds(950))), Durations.Quantile(counts, 0.95));
        Assert.Null(Durations.Quantile([], 0.5));
    }
}
