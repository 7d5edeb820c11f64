using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Contracts;

public abstract partial class LedgerContract
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData("Etc/UTC")]
    [InlineData("Asia/Kolkata")]
    public async Task Spend_StepByStep_IsTheLedgersToTheNano_ByMinuteAndByHour(string zone)
    {
        var time = new FakeTimeProvider(Noon);
        var lab = Open(time);
        var actor = await lab.MakeTenantAsync(zone);
        await BookAsync(lab, LedgerLab.Call(actor), 1_000_000_001, new TokenUsage(100, 50, Cached: 30, Reasoning: 20));
        time.Advance(Minute * 29);
        await BookAsync(lab, LedgerLab.Call(actor), 2, new TokenUsage(1, 2), PriceList.CeilingVersion);
        time.Advance(Minute * 2);
        await BookAsync(lab, LedgerLab.Call(actor), 4, new TokenUsage(3, 4));

        var minutes = await lab.Costs.SeriesAsync(actor, Noon, Noon + (Minute * 29), Noon + (Minute * 32), Minute, Cancelled);
        var hours = await lab.Costs.SeriesAsync(actor, Noon - (Minute * 90), Noon - (Minute * 30), Noon + (Minute * 90), Hour, Cancelled);

        Assert.Equal([2L, 0L, 4L], minutes.Points.Select(point => point.Amount.Nano));
        Assert.Equal(new SpendPoint(Noon + (Minute * 29), new Usd(6), 2, 4, 6, 1), minutes.Total);
        Assert.Equal(new SpendPoint(Noon, new Usd(1_000_000_001), 1, 100, 50, 0), minutes.Previous);
        Assert.Equal([1_000_000_003L, 4L], hours.Points.Select(point => point.Amount.Nano));
        Assert.Equal((1_000_000_007L, 3L, 0L), (hours.Total.Amount.Nano, hours.Total.Calls, hours.Previous.Calls));
    }

    [Fact]
    public async Task Spend_OfToday_BeginsWithTheTenantsDay()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 29, 22, 30, 0, TimeSpan.Zero));
        var lab = Open(time);
        var actor = await lab.MakeTenantAsync("Europe/Berlin");
        await BookAsync(lab, LedgerLab.Call(actor), 1, new TokenUsage(1, 1));
        time.Advance(Hour);
        await BookAsync(lab, LedgerLab.Call(actor), 2, new TokenUsage(1, 1));

        var today = await lab.Costs.DayAsync(actor, time.GetUtcNow(), Cancelled);

        Assert.Equal((2L, new DateTimeOffset(2026, 11, 29, 23, 0, 0, TimeSpan.Zero)), (today.Amount.Nano, today.At));
    }

    [Fact]
    public async Task Spend_AndBudgets_OfAMember_AreTheirOwn()
    {
        var time = new FakeTimeProvider(Noon);
        var lab = Open(time);
        var admin = await lab.MakeTenantAsync();
        var member = admin with { UserId = Guid.CreateVersion7(), Role = Role.Member };
        await lab.JoinAsync(member);
        await BookAsync(lab, LedgerLab.Call(admin), 1, new TokenUsage(1, 1));
        await BookAsync(lab, LedgerLab.Call(member), 2, new TokenUsage(1, 1));
        await lab.LimitAsync(admin, 100);
        await lab.Budgets.PutAsync(admin, new PutBudget { ScopeKind = BudgetScopeKind.User, ScopeId = member.UserId.ToString(), Period = BudgetPeriod.Day, Limit = new Usd(50) }, Cancelled);

        var (from, to) = (Noon - (Minute * 30), Noon + (Minute * 30));

        Assert.Equal(2, (await lab.Costs.SeriesAsync(member, from - Hour, from, to, Minute, Cancelled)).Total.Amount.Nano);
        Assert.Equal(2, (await lab.Costs.SeriesAsync(member, from - Hour, from, to, Hour, Cancelled)).Total.Amount.Nano);
        Assert.Equal(2, (await lab.Costs.DayAsync(member, Noon, Cancelled)).Amount.Nano);
        Assert.Equal(3, (await lab.Costs.DayAsync(admin, Noon, Cancelled)).Amount.Nano);
        var own = Assert.Single(await lab.Budgets.ListOwnAsync(member, Cancelled));
        Assert.Equal((50L, 2L), (own.Limit!.Value.Nano, own.Spent.Nano));
        await Assert.ThrowsAsync<AccessDenied>(() => lab.Budgets.ListOwnAsync(admin with { Role = Role.Analyst }, Cancelled));
    }
}
