using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Contracts;

public abstract partial class LedgerContract
{
    [Fact]
    public async Task Reserve_BlockedByOpenOnesOnly_WaitsUntilTheySettle()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await lab.LimitAsync(actor, 3 * Cent);
        var first = LedgerLab.Call(actor);
        await lab.ReserveAsync(first, 3 * Cent);

        var second = lab.ReserveAsync(LedgerLab.Call(actor), 2 * Cent, wait: Long);
        await lab.FindExhaustedAsync(actor.TenantId, actor.UserId, null, Cancelled);
        var waited = !second.IsCompleted;
        await lab.SettleAsync(first, Cent);
        await second;

        Assert.True(waited);
        Assert.Equal(1, await lab.OpenAsync(actor.TenantId));
    }

    [Fact]
    public async Task Reserve_WhileOthersWait_ComesFirstServesFirst()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await lab.LimitAsync(actor, 10 * Cent);
        var holder = LedgerLab.Call(actor);
        await lab.ReserveAsync(holder, 8 * Cent);
        var big = LedgerLab.Call(actor);
        var small = LedgerLab.Call(actor);

        var bigOne = lab.ReserveAsync(big, 9 * Cent, wait: Long);
        await lab.FindExhaustedAsync(actor.TenantId, actor.UserId, null, Cancelled);
        var smallOne = lab.ReserveAsync(small, 2 * Cent, wait: Long);
        await lab.FindExhaustedAsync(actor.TenantId, actor.UserId, null, Cancelled);
        await lab.ReleaseAsync(holder);
        await bigOne;
        await lab.ReleaseAsync(big);
        await smallOne;

        var reserves = (await lab.RowsAsync(actor.TenantId)).Where(row => row.Kind == LedgerKind.Reserve).Select(row => row.CallId);
        Assert.Equal([holder.CallId, big.CallId, small.CallId], reserves);
    }

    [Fact]
    public async Task Reserve_WhoseDeadlinePassesWhileItWaits_IsRefused()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        var lab = Open(time);
        var actor = await lab.MakeTenantAsync();
        await lab.LimitAsync(actor, 3 * Cent);
        var holder = LedgerLab.Call(actor);
        await lab.ReserveAsync(holder, 3 * Cent);

        var waiting = lab.ReserveAsync(LedgerLab.Call(actor), 2 * Cent, wait: TimeSpan.FromSeconds(10));
        await AdvanceUntilDoneAsync(time, waiting);

        var refused = await Assert.ThrowsAsync<BudgetRefused>(() => waiting);
        Assert.Contains("calls on their way hold the rest", refused.Message, StringComparison.Ordinal);
        await lab.SettleAsync(holder, 0);
        await lab.ReserveAsync(LedgerLab.Call(actor), 3 * Cent);
    }

    [Fact]
    public async Task Reserve_CancelledWhileItWaits_LetsThoseBehindPass()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await lab.LimitAsync(actor, 10 * Cent);
        await lab.ReserveAsync(LedgerLab.Call(actor), 5 * Cent);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var big = lab.Ledger.ReserveAsync(new ReserveOrder(LedgerLab.Call(actor), new Usd(9 * Cent), 1, lab.Time.GetUtcNow() + Long), static (_, _) => { }, cancel.Token);
        await lab.FindExhaustedAsync(actor.TenantId, actor.UserId, null, Cancelled);
        var small = lab.ReserveAsync(LedgerLab.Call(actor), 4 * Cent, wait: Long);
        await lab.FindExhaustedAsync(actor.TenantId, actor.UserId, null, Cancelled);
        var waited = !small.IsCompleted;

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => big);
        await small;

        Assert.True(waited);
    }

    [Fact]
    public async Task Reserve_BlockedByAnotherProcess_GoesOnWhenThatOneSettles()
    {
        var (one, two) = OpenTwo();
        var actor = await one.MakeTenantAsync();
        await one.LimitAsync(actor, 3 * Cent);
        var first = LedgerLab.Call(actor);
        await one.ReserveAsync(first, 3 * Cent);

        var second = two.ReserveAsync(LedgerLab.Call(actor), 2 * Cent, wait: Long);
        await two.FindExhaustedAsync(actor.TenantId, actor.UserId, null, Cancelled);
        await one.SettleAsync(first, Cent);
        await second;

        await Assert.ThrowsAsync<BudgetRefused>(() => one.ReserveAsync(LedgerLab.Call(actor), Cent));
    }

    [Fact]
    public async Task Raise_OfABudget_WakesThoseWhoWait()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await lab.LimitAsync(actor, 3 * Cent);
        await lab.ReserveAsync(LedgerLab.Call(actor), 3 * Cent);
        var waiting = lab.ReserveAsync(LedgerLab.Call(actor), 3 * Cent, wait: Long);
        await lab.FindExhaustedAsync(actor.TenantId, actor.UserId, null, Cancelled);

        await lab.LimitAsync(actor, 6 * Cent);

        await waiting;
    }

    private static async Task AdvanceUntilDoneAsync(FakeTimeProvider time, Task task)
    {
        while (!task.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
