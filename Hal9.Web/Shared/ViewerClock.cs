namespace Hal9.Web.Shared;

/// <summary>The viewer's clock: now, their time zone, and a tick that moves relative times on. The layout owns it and cascades it.</summary>
public sealed class ViewerClock(TimeProvider time, TimeZoneInfo zone)
{
    /// <summary>A clock for where none is cascaded: the system's time in UTC.</summary>
    public static ViewerClock Utc { get; } = new(TimeProvider.System, TimeZoneInfo.Utc);

    /// <summary>Raised now and then by the owner.</summary>
    public event Action? Ticked;

    /// <summary>Now (UTC).</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>The viewer's zone.</summary>
    public TimeZoneInfo Zone { get; } = zone;

    /// <summary>Moves every relative time on.</summary>
    public void Tick() => Ticked?.Invoke();

    /// <summary>The zone of an IANA id, UTC when there is no such zone.</summary>
    public static TimeZoneInfo ZoneOf(string? id) =>
        id is { Length: > 0 and < 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : TimeZoneInfo.Utc;
}
