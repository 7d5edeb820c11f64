using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Contracts;

public abstract partial class LedgerContract
{
    [Theory]
    [InlineData(BudgetScopeKind.Neuron, "writer", "neuron writer")]
    [InlineData(BudgetScopeKind.Neuron, "*", "neuron writer")]
    [InlineData(BudgetScopeKind.Model, "openai/gpt-4o-mini", "model openai/gpt-4o-mini")]
    [InlineData(BudgetScopeKind.Model, "*", "model openai/gpt-4o-mini")]
    [InlineData(BudgetScopeKind.User, "*", "user")]
    [InlineData(BudgetScopeKind.Key, "*", "key ci")]
    public async Task Budget_OfAnyScope_LimitsItsCallsAndNoOthers(BudgetScopeKind kind, string scopeId, string owner)
    {
        var (one, two) = OpenTwo();
        var actor = await one.MakeTenantAsync();
        await one.MakeNeuronAsync(actor, "writer");
        var key = await one.MakeKeyAsync(actor);
        await one.Budgets.PutAsync(actor, new PutBudget { ScopeKind = kind, ScopeId = scopeId, Period = BudgetPeriod.Day, Limit = new Usd(3 * Cent) }, Cancelled);
        var call = LedgerLab.Call(actor, key);
        var other = kind switch
        {
            BudgetScopeKind.Neuron => call with { Neuron = "critic" },
            BudgetScopeKind.Model => call with { Provider = "azure" },
            BudgetScopeKind.User => call with { UserId = Guid.CreateVersion7() },
            _ => call with { KeyId = null },
        };
        await two.ReserveAsync(call with { CallId = Guid.CreateVersion7() }, Cent);
        await SpendAsync(one, call, 2 * Cent);

        var refused = await Assert.ThrowsAsync<BudgetRefused>(() => two.ReserveAsync(call with { CallId = Guid.CreateVersion7() }, 2 * Cent, wait: Long));
        await two.ReserveAsync(other with { CallId = Guid.CreateVersion7() }, 3 * Cent);
        await two.ReserveAsync(call with { CallId = Guid.CreateVersion7() }, 0);

        Assert.Equal((owner, kind), (refused.Refusal.Scope, refused.Refusal.ScopeKind));
        Assert.True(await one.Verifier.RollUpsAgreeAsync(actor.TenantId, Cancelled));
    }

    [Fact]
    public async Task Budget_OfOnesOwn_StandsInsteadOfTheOneForEach()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await lab.Budgets.PutAsync(actor, EachUser(Cent), Cancelled);
        await lab.Budgets.PutAsync(actor, new PutBudget { ScopeKind = BudgetScopeKind.User, ScopeId = actor.UserId.ToString(), Period = BudgetPeriod.Total, Limit = new Usd(5 * Cent) }, Cancelled);

        await lab.ReserveAsync(LedgerLab.Call(actor), 5 * Cent);

        await Assert.ThrowsAsync<BudgetRefused>(() => lab.ReserveAsync(LedgerLab.Call(actor with { UserId = Guid.CreateVersion7() }), 2 * Cent));
        Assert.Equal([(Budget.Each, 0L), (actor.UserId.ToString(), 5 * Cent)], (await lab.Budgets.ListAsync(actor, Cancelled)).Select(b => (b.ScopeId, b.Reserved.Nano)));
    }

    // Each person who has never been seen gets the same budget, not a share of one: a person who waits is not in another one's line.
    [Fact]
    public async Task Requests_SixtyFourFirstOnesOfAnUnknownUser_GetNoMoreThanTheDefaultBudget()
    {
        var (one, two) = OpenTwo();
        var actor = await one.MakeTenantAsync();
        await one.Budgets.PutAsync(actor, EachUser(3 * Cent), Cancelled);
        var unknown = actor with { UserId = Guid.CreateVersion7() };

        var admitted = await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
        {
            try
            {
                await (i % 2 == 0 ? one : two).ReserveAsync(LedgerLab.Call(unknown), Cent);
                return true;
            }
            catch (BudgetRefused)
            {
                return false;
            }
        }));
        await one.ReserveAsync(LedgerLab.Call(actor with { UserId = Guid.CreateVersion7() }), 3 * Cent);

        Assert.Equal(3, admitted.Count(yes => yes));
    }

    [Fact]
    public async Task Marks_PassedByThousandCallsOfTwoProcesses_AreToldOncePerPeriod()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        var one = Open(time);
        var two = Open(Same(one.Database), time);
        var actor = await one.MakeTenantAsync();
        await one.Budgets.PutAsync(actor, new PutBudget { ScopeKind = BudgetScopeKind.Tenant, Period = BudgetPeriod.Hour, Limit = new Usd(10_000), Marks = [50, 80] }, Cancelled);
        await SpendAsync(one, actor, 4_999);
        var before = await one.Budgets.AlertsAsync(actor, null, 200, Cancelled);

        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => SpendAsync(i % 2 == 0 ? one : two, actor, 1)));
        await one.Budgets.PutAsync(actor, new PutBudget { ScopeKind = BudgetScopeKind.Tenant, Period = BudgetPeriod.Hour, Limit = new Usd(7_000), Marks = [50, 80] }, Cancelled);
        await SpendAsync(two, actor, 1);
        var hour = await one.Budgets.AlertsAsync(actor, null, 200, Cancelled);
        time.Advance(TimeSpan.FromHours(1));
        await SpendAsync(two, actor, 6_000);
        var next = await one.Budgets.AlertsAsync(actor, null, 200, Cancelled);

        Assert.Empty(before);
        Assert.Equal([80, 50], hour.Select(alert => alert.Mark).OrderDescending());
        Assert.Equal([(10_000L, 5_000L), (7_000L, 5_999L)], hour.OrderBy(alert => alert.Mark).Select(alert => (alert.Limit!.Value.Nano, alert.Spent.Nano)));
        Assert.Equal(4, next.Count);
        Assert.Equal(2, next.Select(alert => alert.PeriodStart).Distinct().Count());
    }

    [Fact]
    public async Task Raise_OfABudget_HoldsInEveryProcessUntilItExpires()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        var one = Open(time);
        var two = Open(Same(one.Database), time);
        var actor = await one.MakeTenantAsync();
        var member = actor with { UserId = Guid.CreateVersion7(), Role = Role.Member };
        var budget = await one.LimitAsync(actor, 3 * Cent, BudgetPeriod.Month);
        await SpendAsync(two, actor, 3 * Cent);
        var refusal = (await Assert.ThrowsAsync<BudgetRefused>(() => two.ReserveAsync(LedgerLab.Call(actor), Cent))).Refusal;

        var asked = await one.Budgets.AskAsync(member, refusal.BudgetId!.Value, new AskRaise(new Usd(2 * Cent), Reason: "the demo", ExpiresAt: time.GetUtcNow().AddHours(1)), Cancelled);
        await Assert.ThrowsAsync<AccessDenied>(() => one.Budgets.DecideAsync(member, asked!.Id, new DecideRaise(true), Cancelled));
        await Assert.ThrowsAsync<BudgetRefused>(() => two.ReserveAsync(LedgerLab.Call(actor), Cent));
        Assert.False(await two.Ledger.HasRoomAsync(actor.TenantId, refusal, Cancelled));
        var granted = await one.Budgets.DecideAsync(actor, asked!.Id, new DecideRaise(true, "fine"), Cancelled);
        Assert.True(await two.Ledger.HasRoomAsync(actor.TenantId, refusal, Cancelled));
        await SpendAsync(two, actor, Cent);
        var raised = Assert.Single(await one.Budgets.ListAsync(actor, Cancelled));
        time.Advance(TimeSpan.FromHours(1));
        var after = await Assert.ThrowsAsync<BudgetRefused>(() => two.ReserveAsync(LedgerLab.Call(actor), 1));

        Assert.Equal((RaiseState.Asked, RaiseState.Approved, actor.UserId), (asked.State, granted!.State, granted.DecidedBy));
        Assert.Equal((3 * Cent, 2 * Cent, 4 * Cent), (raised.Limit!.Value.Nano, raised.Raised!.Value.Nano, raised.Spent.Nano));
        Assert.Equal(granted.ExpiresAt, raised.RaisedUntil);
        Assert.Equal(new Usd(3 * Cent), after.Refusal.Limit);
        Assert.Equal(budget.Id, after.Refusal.BudgetId);
        Assert.Equal(asked.Id, Assert.Single(await one.Budgets.RaisesAsync(member, RaiseState.Approved, null, 50, Cancelled)).Id);
    }

    [Fact]
    public async Task Raise_AskedForFiftyTimesAtOnceWithOneKey_IsMadeOnce()
    {
        var (one, two) = OpenTwo();
        var actor = await one.MakeTenantAsync();
        var budget = await one.LimitAsync(actor, 3 * Cent);
        var order = new AskRaise(new Usd(Cent), ExpiresAt: one.Time.GetUtcNow().AddDays(1));

        var raises = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => (i % 2 == 0 ? one : two).Budgets.AskAsync(actor, budget.Id, order, new RequestKey("once", "order"), Cancelled)));
        await Assert.ThrowsAsync<RequestKeyReused>(() => two.Budgets.AskAsync(actor, budget.Id, order, new RequestKey("once", "another order"), Cancelled));
        await two.Budgets.AskAsync(actor with { UserId = Guid.CreateVersion7() }, budget.Id, order, new RequestKey("once", "another order"), Cancelled);

        Assert.Single(raises.Select(raise => raise!.Id).Distinct());
        Assert.Equal(2, (await one.Budgets.RaisesAsync(actor, null, null, 50, Cancelled)).Count);
        Assert.Equal(2 * Cent, (await one.Budgets.ListAsync(actor, Cancelled)).Single().Raised!.Value.Nano);
    }

    [Fact]
    public async Task Raise_DecidedTwiceOrOutOfRange_IsRefused()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        var member = actor with { UserId = Guid.CreateVersion7(), Role = Role.Member };
        var budget = await lab.LimitAsync(actor, 3 * Cent);
        var others = await lab.Budgets.PutAsync(actor, new PutBudget { ScopeKind = BudgetScopeKind.User, ScopeId = actor.UserId.ToString(), Period = BudgetPeriod.Day, Limit = new Usd(1) }, Cancelled);
        var soon = lab.Time.GetUtcNow().AddDays(1);
        var asked = await lab.Budgets.AskAsync(member, budget.Id, new AskRaise(new Usd(1), ExpiresAt: soon), Cancelled);
        await lab.Budgets.DecideAsync(actor, asked!.Id, new DecideRaise(false, "no"), Cancelled);

        Assert.StartsWith("raise: it was declined", (await FaultAsync(lab.Budgets.DecideAsync(actor, asked.Id, new DecideRaise(true), Cancelled))).Message, StringComparison.Ordinal);
        Assert.StartsWith("expiresAt:", (await FaultAsync(lab.Budgets.AskAsync(member, budget.Id, new AskRaise(new Usd(1)), Cancelled))).Message, StringComparison.Ordinal);
        Assert.StartsWith("tokens: this budget has no limit", (await FaultAsync(lab.Budgets.AskAsync(member, budget.Id, new AskRaise(Tokens: 5, ExpiresAt: soon), Cancelled))).Message, StringComparison.Ordinal);
        Assert.StartsWith("amountUsd: above 0", (await FaultAsync(lab.Budgets.AskAsync(member, budget.Id, new AskRaise(Usd.Zero, ExpiresAt: soon), Cancelled))).Message, StringComparison.Ordinal);
        Assert.Null(await lab.Budgets.AskAsync(member, others.Id, new AskRaise(new Usd(1)), Cancelled));
        Assert.Null(await lab.Budgets.AskAsync(member, Guid.CreateVersion7(), new AskRaise(new Usd(1)), Cancelled));
    }

    [Fact]
    public async Task Clamp_OfALadder_SetsAsideWhatIsLeftAndNoMore()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await lab.Budgets.PutAsync(actor, new PutBudget { ScopeKind = BudgetScopeKind.Tenant, Period = BudgetPeriod.Total, Limit = new Usd(10 * Cent), Ladder = [LadderStep.Clamp, LadderStep.Pause] }, Cancelled);
        await SpendAsync(lab, actor, 7 * Cent);
        var order = new ReserveOrder(LedgerLab.Call(actor), new Usd(8 * Cent), 100, lab.Time.GetUtcNow());
        var shorter = order with { Shorten = (money, _) => money >= new Usd(2 * Cent) ? order with { Amount = money!.Value, Tokens = 50 } : null };

        var granted = await lab.Ledger.ReserveAsync(shorter, static (_, _) => { }, Cancelled);
        await lab.SettleAsync(order.Dimensions, 2 * Cent, input: 40);
        var refused = await Assert.ThrowsAsync<BudgetRefused>(() => lab.Ledger.ReserveAsync(shorter with { Dimensions = LedgerLab.Call(actor) }, static (_, _) => { }, Cancelled));
        var last = await Assert.ThrowsAsync<BudgetRefused>(() => lab.Ledger.ReserveAsync(
            shorter with { Dimensions = LedgerLab.Call(actor), Tried = [LadderStep.Clamp, LadderStep.Pause] }, static (_, _) => { }, Cancelled));

        Assert.Equal((3 * Cent, 50L), (granted.Order.Amount.Nano, granted.Order.Tokens));
        Assert.Contains("this call may cost 0.08 USD", granted.ShortenedBy!.Reason, StringComparison.Ordinal);
        Assert.Equal(LadderStep.Pause, refused.Refusal.Next);
        Assert.Null(last.Refusal.Next);
        Assert.Equal(9 * Cent, await lab.SettledAsync(actor.TenantId));
    }

    private static PutBudget EachUser(long nano) => new() { ScopeKind = BudgetScopeKind.User, ScopeId = Budget.Each, Period = BudgetPeriod.Total, Limit = new Usd(nano) };

    private static Task<ArgumentException> FaultAsync(Task task) => Assert.ThrowsAsync<ArgumentException>(() => task);

    private static async Task SpendAsync(LedgerLab lab, LedgerDimensions call, long nano)
    {
        var own = call with { CallId = Guid.CreateVersion7() };
        await lab.ReserveAsync(own, nano, wait: Long);
        await lab.SettleAsync(own, nano);
    }
}
