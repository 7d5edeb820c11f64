using Hal9.Engine;
using Hal9.Engine.Budgets;

namespace Hal9.Tests.Engine.Budgets;

public sealed class EnvelopeTests
{
    private static Envelope Run(long nano, long? tokens = null, int? steps = null) => new("run envelope", new EnvelopeLimits(new Usd(nano), tokens, steps, null));

    [Fact]
    public void TryReserve_BeyondTheParent_IsRefusedAlthoughTheChildHasRoom()
    {
        var run = Run(100);
        var children = run.CutAll([("a", 0.5), ("b", 0.5)]);
        Assert.Null(run.TryReserve(new Usd(60), 1));

        var refusal = children[0].TryReserve(new Usd(50), 1);

        Assert.Equal("run envelope", refusal?.Scope);
    }

    [Fact]
    public void TryReserve_BeyondTheChildsShare_IsRefusedByTheChild()
    {
        var child = Run(100).CutAll([("a", 0.25)])[0];

        Assert.Equal("a", child.TryReserve(new Usd(26), 1)?.Scope);
        Assert.Null(child.TryReserve(new Usd(25), 1));
    }

    [Fact]
    public void Settle_FreesTheReservationAndCountsUpwards()
    {
        var run = Run(100);
        var child = run.CutAll([("a", 1)])[0];
        Assert.Null(child.TryReserve(new Usd(80), 10));

        child.Settle(new Usd(80), 10, new Usd(30), 5);

        Assert.Equal(new Usd(30), run.Spent);
        Assert.Null(child.TryReserve(new Usd(70), 1));
        Assert.NotNull(child.TryReserve(new Usd(1), 1));
    }

    [Fact]
    public void TryReserve_TokenLimit_Holds()
    {
        var run = Run(100, tokens: 10);

        Assert.Null(run.TryReserve(Usd.Zero, 10));
        Assert.Equal(10, run.TryReserve(Usd.Zero, 1)?.LimitTokens);
    }

    [Fact]
    public void OpenStep_BelowAChild_CountsForTheRun()
    {
        var run = Run(100, steps: 2);
        var child = run.CutAll([("a", 1)])[0];
        run.OpenStep();
        child.OpenStep();

        Assert.Throws<BudgetRefused>(child.OpenStep);
    }
}
