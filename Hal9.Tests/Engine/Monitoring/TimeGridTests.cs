using Hal9.Engine.Monitoring;

namespace Hal9.Tests.Engine.Monitoring;

public sealed class TimeGridTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 14, 23, 40, TimeSpan.Zero);

    [Theory]
    [InlineData(15, "14:08:00", "14:24:00", 1, "13:52:00")]
    [InlineData(60, "13:23:00", "14:24:00", 1, "12:22:00")]
    [InlineData(360, "08:20:00", "14:25:00", 5, "02:16:00")]
    public void Grid_OfTheLastMinutes_MovesOutwards_AndComparesWithWhatHasPassed(int minutes, string from, string to, int step, string before)
    {
        var grid = TimeGrid.Of(Now.AddMinutes(-minutes), Now, Now);

        Assert.Equal((At(from), At(to), TimeSpan.FromMinutes(step), At(before)), (grid.From, grid.To, grid.Step, grid.Before));
        Assert.Equal((grid.To - grid.From) / grid.Step, grid.Count);
    }

    [Fact]
    public void Grid_OfTheLastDay_IsStillOfMinutes_AndOneOfThreeDaysAgoIsOfHours()
    {
        var day = TimeGrid.Of(Now.AddDays(-1), Now, Now);
        var old = TimeGrid.Of(Now.AddDays(-10), Now.AddDays(-10).AddMinutes(30), Now);

        Assert.Equal(TimeSpan.FromMinutes(15), day.Step);
        Assert.Equal((TimeSpan.FromHours(1), 14, 15), (old.Step, old.From.Hour, old.To.Hour));
        Assert.Equal(old.From.AddHours(-1), old.Before);
    }

    [Fact]
    public void Grid_ThatHasPassed_IsComparedWithTheSameLength()
    {
        var grid = TimeGrid.Of(Now.AddDays(-40), Now.AddDays(-33), Now);

        Assert.Equal(grid.To - grid.From, grid.From - grid.Before);
    }

    [Fact]
    public void Grid_OfNothingOrTooMuch_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => TimeGrid.Of(Now, Now, Now));
        Assert.Throws<ArgumentException>(() => TimeGrid.Of(Now.AddDays(-401), Now, Now));
    }

    [Fact]
    public void Grid_OfAnyLength_HasAboutAHundredSteps()
    {
        for (var hours = 0.1; hours < 24 * 399; hours *= 1.7)
        {
            Assert.InRange(TimeGrid.Of(Now.AddHours(-hours), Now, Now).Count, 1, 102);
        }
    }

    private static DateTimeOffset At(string time) => new(Now.Date + TimeSpan.Parse(time, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.Zero);
}
