using Hal9.Web.Shared.Times;

namespace Hal9.Tests.Web.Shared.Times;

public sealed class TimeRangeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 14, 23, 40, TimeSpan.Zero);
    private static readonly TimeRange Otherwise = TimeRange.Last(TimeSpan.FromHours(6));

    [Fact]
    public void Address_OfAnyRange_ReadsBackTheSame()
    {
        foreach (var range in TimeRange.Usual.Append(TimeRange.Between(Now.AddDays(-3), Now)).Append(TimeRange.Last(TimeSpan.FromMinutes(217))))
        {
            Assert.Equal(range, TimeRange.Parse(range.FromText, range.ToText, Otherwise));
        }
    }

    [Theory]
    [InlineData("now-15m", null, "now-15m")]
    [InlineData("now-24h", "now", "now-24h")]
    [InlineData("now-7d", "", "now-7d")]
    [InlineData("1795782000000", "1795785600000", "2026-11-27T12:20:00Z")]
    [InlineData("2026-11-27T01:00:00+01:00", "2026-11-27T01:00", "2026-11-27T00:00:00Z")]
    [InlineData("now-0h", null, "now-6h")]
    [InlineData("now-9999d", null, "now-6h")]
    [InlineData("now-6h", "2026-11-27", "now-6h")]
    [InlineData("2026-11-27", "2026-11-26", "now-6h")]
    [InlineData("99999999999999999", "1", "now-6h")]
    [InlineData("yesterday", null, "now-6h")]
    [InlineData(null, null, "now-6h")]
    public void Parse_TakesGrafanasWords_AndNothingElse(string? from, string? to, string text) => Assert.Equal(text, TimeRange.Parse(from, to, Otherwise).FromText);

    [Fact]
    public void Shift_MovesByHalves_AndEndsAtNow()
    {
        var earlier = TimeRange.Last(TimeSpan.FromHours(2)).Shift(-1, Now);

        Assert.Equal((Now.AddHours(-3), Now.AddHours(-1)), earlier.At(Now));
        Assert.Equal(TimeRange.Last(TimeSpan.FromHours(2)), earlier.Shift(1, Now));
        Assert.Equal((Now.AddHours(-4), Now.AddHours(-2)), earlier.Shift(-1, Now).At(Now));
    }

    [Fact]
    public void ZoomOut_DoublesUpToAYear()
    {
        Assert.Equal(TimeRange.Last(TimeSpan.FromHours(4)), TimeRange.Last(TimeSpan.FromHours(2)).ZoomOut(Now));
        Assert.Equal((Now.AddHours(-13), Now.AddHours(-9)), TimeRange.Between(Now.AddHours(-12), Now.AddHours(-10)).ZoomOut(Now).At(Now));
        Assert.Equal(TimeRange.Last(TimeSpan.FromDays(300)), TimeRange.Last(TimeSpan.FromDays(300)).ZoomOut(Now));
    }
}
