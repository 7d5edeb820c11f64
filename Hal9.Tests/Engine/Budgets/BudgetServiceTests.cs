using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Engine.Budgets;

public sealed class BudgetServiceTests(SqliteTemplate template) : IClassFixture<SqliteTemplate>
{
    private static readonly PutBudget Good = new() { ScopeKind = BudgetScopeKind.Tenant, Period = BudgetPeriod.Month, Limit = new Usd(1) };

    public static TheoryData<string, PutBudget> Bad => new()
    {
        { "scope.kind: there are no teams", Good with { ScopeKind = BudgetScopeKind.Team, ScopeId = "x" } },
        { "scope.id: a model that can be called", Good with { ScopeKind = BudgetScopeKind.Model, ScopeId = "gpt" } },
        { "scope.id: the neuron's name", Good with { ScopeKind = BudgetScopeKind.Neuron } },
        { "scope.id: there is no neuron ghost", Good with { ScopeKind = BudgetScopeKind.Neuron, ScopeId = "ghost" } },
        { "scope.id: a tenant's budget has none", Good with { ScopeId = "x" } },
        { "scope.id: the id of the key is required", Good with { ScopeKind = BudgetScopeKind.Key } },
        { "scope.id: there is no key", Good with { ScopeKind = BudgetScopeKind.Key, ScopeId = Guid.NewGuid().ToString() } },
        { "scope.id: there is no person", Good with { ScopeKind = BudgetScopeKind.User, ScopeId = Guid.NewGuid().ToString() } },
        { "limitUsd: this or limitTokens is required", Good with { Limit = null } },
        { "limitUsd: it must be at least 0", Good with { Limit = new Usd(-1) } },
        { "limitTokens: it must be at least 0", Good with { LimitTokens = -1 } },
        { "marks: at most ten percentages", Good with { Marks = [80, 50] } },
        { "ladder: each of clamp, cheaper", Good with { Ladder = [LadderStep.Cheaper, LadderStep.Cheaper] } },
        { "ladder: nothing comes after refuse", Good with { Ladder = [LadderStep.Refuse, LadderStep.Clamp] } },
        { "ladder: only refuse comes after pause", Good with { Ladder = [LadderStep.Pause, LadderStep.Offline] } },
        { "fiscalStart: a day from 1 to 28", Good with { FiscalStart = 29 } },
        { "fiscalStart: only a budget per month", Good with { Period = BudgetPeriod.Day, FiscalStart = 15 } },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Put_OutOfRangeOrNotBuiltYet_IsRefusedByField(string message, PutBudget order)
    {
        using var folder = new TempFolder();
        await using var lab = Open(folder);
        var actor = await lab.MakeTenantAsync();

        var error = await Assert.ThrowsAsync<ArgumentException>(() => lab.Budgets.PutAsync(actor, order, TestContext.Current.CancellationToken));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_ShowsWhatWasSet()
    {
        using var folder = new TempFolder();
        await using var lab = Open(folder);
        var actor = await lab.MakeTenantAsync();

        var view = await lab.Budgets.PutAsync(
            actor, Good with { LimitTokens = 500, Marks = [10, 100], Ladder = [LadderStep.Refuse], FiscalStart = 15 }, TestContext.Current.CancellationToken);

        Assert.Equal((BudgetScopeKind.Tenant, "", BudgetPeriod.Month, new Usd(1), 500L, 15), (view.ScopeKind, view.ScopeId, view.Period, view.Limit!.Value, view.LimitTokens!.Value, view.FiscalStart));
        Assert.Equal([10, 100], view.Marks);
        Assert.Equal([LadderStep.Refuse], view.Ladder);
        Assert.Equal(15, view.ResetsAt!.Value.Day);
    }

    [Fact]
    public async Task Put_OfAPersonsBudget_LimitsThatPerson()
    {
        using var folder = new TempFolder();
        await using var lab = Open(folder);
        var actor = await lab.MakeTenantAsync();
        await lab.Budgets.PutAsync(actor, Good with { ScopeKind = BudgetScopeKind.User, ScopeId = actor.UserId.ToString() }, TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<BudgetRefused>(() => lab.ReserveAsync(LedgerLab.Call(actor), 2));
        await lab.ReserveAsync(LedgerLab.Call(actor with { UserId = Guid.CreateVersion7() }), 2);

        Assert.Equal("user", refused.Refusal.Scope);
    }

    [Fact]
    public async Task Reserve_ThatMayWaitForLong_WaitsNoLongerThanTheSetting()
    {
        using var folder = new TempFolder();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        await using var lab = new LedgerLab(Hal9.Engine.Storage.Database.Sqlite(template.CopyTo(folder.Path)), folder.Path, time, waitSeconds: 0);
        var actor = await lab.MakeTenantAsync();
        await lab.LimitAsync(actor, 3);
        await lab.ReserveAsync(LedgerLab.Call(actor), 3);

        await Assert.ThrowsAsync<BudgetRefused>(() => lab.ReserveAsync(LedgerLab.Call(actor), 2, wait: TimeSpan.FromHours(1)));
    }

    private LedgerLab Open(TempFolder folder) => new(Hal9.Engine.Storage.Database.Sqlite(template.CopyTo(folder.Path)), folder.Path, TimeProvider.System);
}
