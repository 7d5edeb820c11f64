namespace Hal9.Engine.Budgets;

/// <summary>Hours, days and budget periods as a tenant's wall clock has them, as instants in UTC; right across changes of daylight saving time.</summary>
internal sealed class TenantCalendar(TimeZoneInfo zone)
{
    /// <summary>The calendar of an IANA zone; an unknown one counts in UTC.</summary>
    public static TenantCalendar Of(string? timeZone) => new(timeZone is not null && TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var found) ? found : TimeZoneInfo.Utc);

    /// <summary>The zone.</summary>
    public TimeZoneInfo Zone => zone;

    /// <summary>When the local hour began.</summary>
    public DateTimeOffset HourOf(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        var start = new DateTimeOffset(local.Year, local.Month, local.Day, local.Hour, 0, 0, local.Offset);
        return start.ToUniversalTime();
    }

    /// <summary>When the local day began.</summary>
    public DateTimeOffset DayOf(DateTimeOffset at) => StartOf(DateOf(at));

    /// <summary>The period around an instant: when it began, and when the next begins (none for <see cref="BudgetPeriod.Total"/>).</summary>
    public (DateTimeOffset Start, DateTimeOffset? End) PeriodOf(BudgetPeriod period, int fiscalStart, DateTimeOffset at)
    {
        var date = DateOf(at);
        switch (period)
        {
            case BudgetPeriod.Hour:
                var hour = HourOf(at);
                return (hour, hour.AddHours(1));
            case BudgetPeriod.Day:
                return (StartOf(date), StartOf(date.AddDays(1)));
            case BudgetPeriod.Week:
                var monday = date.AddDays(-(((int)date.DayOfWeek + 6) % 7));
                return (StartOf(monday), StartOf(monday.AddDays(7)));
            case BudgetPeriod.Month:
                var first = new DateOnly(date.Year, date.Month, fiscalStart);
                first = date.Day >= fiscalStart ? first : first.AddMonths(-1);
                return (StartOf(first), StartOf(first.AddMonths(1)));
            default:
                return (DateTimeOffset.UnixEpoch, null);
        }
    }

    private DateOnly DateOf(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    /// <summary>When a local day begins.</summary>
    public DateTimeOffset StartOf(DateOnly date)
    {
        var midnight = date.ToDateTime(TimeOnly.MinValue);
        if (zone.IsInvalidTime(midnight))
        {
            // Clocks sprang over midnight: the day begins at that instant, which is midnight by the offset before it.
            return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight.AddHours(-6))).ToUniversalTime();
        }
        // Clocks went back to midnight: the day begins when it is midnight for the first time, that is by the larger offset.
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).ToUniversalTime();
    }
}
