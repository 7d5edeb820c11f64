using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Conversations;
using Hal9.Engine.Events;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Budgets;

[Collection(EngineCollection.Name)]
public sealed class BudgetRoomTests(EngineHost engine) : IDisposable
{
    private BudgetService Budgets => engine.Services.GetRequiredService<BudgetService>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => engine.Provider.Reset();

    [Fact]
    public async Task RoomAsync_IsThatOfTheTightestBudget_AsItIsSpent()
    {
        var actor = await engine.NewTenantAsync();
        Assert.Null(await Budgets.RoomAsync(actor, Cancel));
        await Budgets.PutAsync(actor, new PutBudget { ScopeKind = BudgetScopeKind.Tenant, Period = BudgetPeriod.Total, Limit = Usd.FromAmount(5) }, Cancel);
        await Budgets.PutAsync(actor, new PutBudget { ScopeKind = BudgetScopeKind.Tenant, Period = BudgetPeriod.Day, Limit = Usd.FromAmount(2), Marks = [10, 80] }, Cancel);

        var before = await Budgets.RoomAsync(actor with { Role = Role.Member }, Cancel);
        Assert.Equal((BudgetPeriod.Day, Usd.FromAmount(2), null, false), (before!.Period, before.Left, before.Mark, before.IsNear));
        Assert.NotNull(before.ResetsAt);

        // 100,000 tokens in at 1 USD and 800,000 out at 2 USD a million: 1.70 USD.
        engine.Provider.Script(_ => ScriptedReply.Of("dear") with { Usage = new ScriptedUsage(100_000, 800_000) });
        var sent = await engine.Services.GetRequiredService<ConversationService>().SendAsync(actor, null, null, "Hi", RunMode.Quick, Cancel);
        await engine.Runs.WaitAsync(actor, sent.RunId, Cancel);
        var after = await Budgets.RoomAsync(actor, Cancel);

        Assert.Equal((Usd.FromAmount(0.3m), 80, true, false), (after!.Left, after.Mark, after.IsNear, after.IsExhausted));
    }

    [Fact]
    public async Task RoomAsync_TokensThatAreFuller_ComeFirst()
    {
        var actor = await engine.NewTenantAsync();
        await Budgets.PutAsync(actor, new PutBudget { ScopeKind = BudgetScopeKind.Tenant, Period = BudgetPeriod.Total, Limit = Usd.FromAmount(5), LimitTokens = 0 }, Cancel);

        var room = await Budgets.RoomAsync(actor, Cancel);

        Assert.Equal((0, null, true), (room!.LeftTokens, room.Left, room.IsExhausted));
        await Assert.ThrowsAsync<AccessDenied>(() => Budgets.RoomAsync(actor with { Role = Role.Analyst }, Cancel));
    }
}
