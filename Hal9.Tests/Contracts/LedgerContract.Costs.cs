using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Contracts;

public abstract partial class LedgerContract
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task Costs_ByEveryDimension_EqualTheLedgerToTheNano()
    {
        var lab = Open(new FakeTimeProvider(Noon));
        var actor = await lab.MakeTenantAsync();
        var keyId = await lab.MakeKeyAsync(actor);
        var runId = Guid.CreateVersion7();
        await BookAsync(lab, LedgerLab.Call(actor, keyId, runId, "a"), 1_000_000_001, new TokenUsage(100, 50, Cached: 30, CacheWrite: 7, CacheWrite1h: 3, Reasoning: 20));
        await BookAsync(lab, LedgerLab.Call(actor, null, runId, "b"), 2, new TokenUsage(1, 1));
        await BookAsync(lab, LedgerLab.Call(actor, keyId, null, "b"), 3, new TokenUsage(1, 1), PriceList.CeilingVersion);

        var byModel = await ListAsync(lab, actor, CostGroup.Model);
        var byKey = await ListAsync(lab, actor, CostGroup.Key);
        var byRun = await ListAsync(lab, actor, CostGroup.Run);

        Assert.Equal(
            [
                new CostItem("openai/a", null, new Usd(1_000_000_001), 100, 30, 10, 50, 20, 1, 0),
                new CostItem("openai/b", null, new Usd(5), 2, 0, 0, 2, 0, 2, 1),
            ], byModel);
        Assert.Equal([(keyId.ToString(), 1_000_000_004L), ("", 2L)], byKey.Select(item => (item.Key, item.Amount.Nano)));
        Assert.Equal((runId.ToString(), 1_000_000_003L, 2L), byRun.Select(item => (item.Key, item.Amount.Nano, item.Calls)).First());
        foreach (var group in new[] { CostGroup.Tenant, CostGroup.User, CostGroup.Provider, CostGroup.Neuron, CostGroup.Layer, CostGroup.Kind, CostGroup.Run })
        {
            Assert.Equal(1_000_000_006, (await ListAsync(lab, actor, group)).Sum(item => item.Amount.Nano));
        }
        Assert.Equal("api", (await ListAsync(lab, actor, CostGroup.Kind)).Single().Key);
    }

    [Fact]
    public async Task Costs_OverTime_CountWholePeriodsOfTheTenantsZone()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 29, 22, 30, 0, TimeSpan.Zero));
        var lab = Open(time);
        var actor = await lab.MakeTenantAsync("Europe/Berlin");
        for (var i = 0; i < 4; i++)
        {
            await BookAsync(lab, LedgerLab.Call(actor), 1L << i, new TokenUsage(1, 1));
            time.Advance(i == 2 ? TimeSpan.FromDays(1) : TimeSpan.FromMinutes(30));
        }

        var hours = await ListAsync(lab, actor, CostGroup.Tenant, BudgetPeriod.Hour);
        var days = await ListAsync(lab, actor, CostGroup.Tenant, BudgetPeriod.Day);
        var weeks = await ListAsync(lab, actor, CostGroup.Tenant, BudgetPeriod.Week);
        var months = await ListAsync(lab, actor, CostGroup.Run, BudgetPeriod.Month);
        var one = await lab.Costs.ListAsync(actor, new CostQuery(CostGroup.Tenant, time.Start.AddMinutes(30), time.Start.AddMinutes(61)), Cancelled);

        Assert.Equal([1L, 6L, 8L], hours.Select(item => item.Amount.Nano));
        Assert.Equal([(1L, "2026-11-28T23:00"), (6L, "2026-11-29T23:00"), (8L, "2026-11-30T23:00")], days.Select(item => (item.Amount.Nano, StampOf(item))));
        Assert.Equal([(1L, "2026-11-22T23:00"), (14L, "2026-11-29T23:00")], weeks.Select(item => (item.Amount.Nano, StampOf(item))));
        Assert.Equal([1L, 2L, 4L, 8L], months.Select(item => item.Amount.Nano).Order());
        Assert.Equal(6, one.Single().Amount.Nano);
    }

    [Fact]
    public async Task Costs_OfAnotherTenant_AreNotSeen()
    {
        var lab = Open();
        var (mine, other) = (await lab.MakeTenantAsync(), await lab.MakeTenantAsync());
        await SpendAsync(lab, other, Cent);

        Assert.Empty(await ListAsync(lab, mine, CostGroup.Model));
        Assert.Empty(await ListAsync(lab, mine, CostGroup.Run));
        Assert.Empty(await lab.Entries.ListAsync(mine, 0, 100, Cancelled));
    }

    [Fact]
    public async Task Entries_ComeInPagesInTheirOrder()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await SpendAsync(lab, actor, Cent);
        await SpendAsync(lab, actor, 2 * Cent);

        var first = await lab.Entries.ListAsync(actor, 0, 3, Cancelled);
        var rest = await lab.Entries.ListAsync(actor, first[^1].Seq, 3, Cancelled);

        Assert.Equal([1L, 2L, 3L], first.Select(entry => entry.Seq));
        Assert.Equal((4L, LedgerKind.Settle, new Usd(2 * Cent)), rest.Select(entry => (entry.Seq, entry.Kind, entry.Amount)).Single());
    }

    [Fact]
    public async Task Doors_AskForThePermission()
    {
        var lab = Open();
        var admin = await lab.MakeTenantAsync();
        var member = admin with { Role = Role.Member };
        var keyId = await lab.MakeKeyAsync(admin);
        var ofKey = new PutBudget { ScopeKind = BudgetScopeKind.Key, ScopeId = keyId.ToString(), Period = BudgetPeriod.Total, Limit = new Usd(Cent) };

        await lab.Budgets.PutAsync(member, ofKey, Cancelled);

        await Assert.ThrowsAsync<AccessDenied>(() => lab.Budgets.PutAsync(member, ofKey with { Limit = new Usd(2 * Cent) }, Cancelled));
        await Assert.ThrowsAsync<AccessDenied>(() => lab.Budgets.PutAsync(member, new PutBudget { ScopeKind = BudgetScopeKind.Tenant, Period = BudgetPeriod.Day, Limit = new Usd(1) }, Cancelled));
        await Assert.ThrowsAsync<AccessDenied>(() => lab.Budgets.ListAsync(member, Cancelled));
        await Assert.ThrowsAsync<AccessDenied>(() => ListAsync(lab, member, CostGroup.Model));
        await Assert.ThrowsAsync<AccessDenied>(() => lab.Entries.VerifyAsync(member, Cancelled));
        var view = (await lab.Budgets.ListAsync(admin, Cancelled)).Single();
        Assert.True(await lab.Budgets.DeleteAsync(admin, view.Id, Cancelled));
        Assert.False(await lab.Budgets.DeleteAsync(admin, view.Id, Cancelled));
    }

    private static Task<IReadOnlyList<CostItem>> ListAsync(LedgerLab lab, Actor actor, CostGroup group, BudgetPeriod? granularity = null) =>
        lab.Costs.ListAsync(actor, new CostQuery(group, Granularity: granularity), Cancelled);

    private static string StampOf(CostItem item) => item.From!.Value.ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture);

    private static async Task BookAsync(LedgerLab lab, LedgerDimensions call, long nano, TokenUsage usage, string version = "test/1")
    {
        await lab.ReserveAsync(call, nano);
        await lab.Ledger.SettleAsync(call, new Settlement(new Usd(nano), usage, version, []), static _ => { }, Cancelled);
    }
}
