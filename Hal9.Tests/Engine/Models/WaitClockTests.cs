using Hal9.Engine.Models;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Engine.Models;

public sealed class WaitClockTests
{
    [Fact]
    public void Total_OfWaitsThatOverlap_CountsTheirTimeOnce()
    {
        var time = new FakeTimeProvider();
        var clock = new WaitClock(time);

        clock.Enter();
        time.Advance(TimeSpan.FromMilliseconds(10));
        clock.Enter();
        time.Advance(TimeSpan.FromMilliseconds(5));
        clock.Leave();
        clock.Leave();
        time.Advance(TimeSpan.FromMilliseconds(100));
        clock.Enter();
        time.Advance(TimeSpan.FromMilliseconds(3));

        Assert.Equal(18, clock.Total.TotalMilliseconds, 3);
    }
}
