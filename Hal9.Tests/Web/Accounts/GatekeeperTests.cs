using Hal9.Web.Accounts;

namespace Hal9.Tests.Web.Accounts;

public sealed class GatekeeperTests
{
    [Fact]
    public void MayTry_AfterTooManyFailures_IsOverForThatAddressOnly()
    {
        using var gatekeeper = new Gatekeeper();
        for (var i = 0; i < Gatekeeper.FailuresPerMinute; i++)
        {
            Assert.True(gatekeeper.MayTry("192.0.2.1"));
            gatekeeper.Failed("192.0.2.1");
        }

        Assert.False(gatekeeper.MayTry("192.0.2.1"));
        Assert.True(gatekeeper.MayTry("192.0.2.2"));
    }
}
