using CsCheck;
using Hal9.Engine.Budgets;

namespace Hal9.Tests.Engine.Budgets;

public sealed class TenantCalendarTests
{
    [Theory]
    // A day of 23 hours, then the first day of summer time in whole.
    [InlineData("Europe/Berlin", BudgetPeriod.Day, 1, "2026-03-29T10:00Z", "2026-03-28T23:00Z", "2026-03-29T22:00Z")]
    [InlineData("Europe/Berlin", BudgetPeriod.Day, 1, "2026-10-25T10:00Z", "2026-10-24T22:00Z", "2026-10-25T23:00Z")]
    [InlineData("Europe/Berlin", BudgetPeriod.Month, 1, "2026-03-31T21:59Z", "2026-02-28T23:00Z", "2026-03-31T22:00Z")]
    [InlineData("Europe/Berlin", BudgetPeriod.Month, 15, "2026-01-14T12:00Z", "2025-12-14T23:00Z", "2026-01-14T23:00Z")]
    [InlineData("America/New_York", BudgetPeriod.Week, 1, "2026-11-02T04:59Z", "2026-10-26T04:00Z", "2026-11-02T05:00Z")]
    [InlineData("Asia/Kolkata", BudgetPeriod.Hour, 1, "2026-06-01T10:40Z", "2026-06-01T10:30Z", "2026-06-01T11:30Z")]
    // Clocks spring from midnight to one: the day begins at one.
    [InlineData("America/Santiago", BudgetPeriod.Day, 1, "2026-09-06T12:00Z", "2026-09-06T04:00Z", "2026-09-07T03:00Z")]
    // Clocks go back from one to midnight: the day begins at the first midnight.
    [InlineData("America/Havana", BudgetPeriod.Day, 1, "2026-11-01T12:00Z", "2026-11-01T04:00Z", "2026-11-02T05:00Z")]
    [InlineData("No/Such_Zone", BudgetPeriod.Day, 1, "2026-11-01T12:00Z", "2026-11-01T00:00Z", "2026-11-02T00:00Z")]
    public void PeriodOf_LocalCalendar_IsRightAcrossClockChanges(string zone, BudgetPeriod period, int fiscalStart, string at, string start, string end)
    {
        var found = TenantCalendar.Of(zone).PeriodOf(period, fiscalStart, DateTimeOffset.Parse(at, null));

        Assert.Equal((DateTimeOffset.Parse(start, null), DateTimeOffset.Parse(end, null)), (found.Start, found.End));
    }

    [Fact]
    public void PeriodOf_AnyInstant_ContainsItAndItsHourAndDay()
    {
        string[] names = ["Etc/UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Adelaide", "Pacific/Auckland", "America/Santiago", "Africa/Cairo", "Asia/Kathmandu"];
        var zones = Gen.Int[0, names.Length - 1].Select(i => names[i]);
        var instants = Gen.Long[new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), new DateTimeOffset(2035, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()];

        Gen.Select(zones, instants, Gen.Enum<BudgetPeriod>(), Gen.Int[1, 28]).Sample((zone, milliseconds, period, fiscalStart) =>
        {
            var calendar = TenantCalendar.Of(zone);
            var at = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
            var (start, end) = calendar.PeriodOf(period, fiscalStart, at);
            var day = calendar.DayOf(at);

            Assert.True(start <= at && (end is null || at < end));
            Assert.True(day <= calendar.HourOf(at) && calendar.HourOf(at) <= at);
            Assert.Equal(day, calendar.DayOf(day));
            Assert.True(period is BudgetPeriod.Hour or BudgetPeriod.Total || start == calendar.DayOf(start));
            Assert.True(end is null || period == BudgetPeriod.Hour || calendar.PeriodOf(period, fiscalStart, end.Value).Start == end);
        }, iter: 2000);
    }
}
