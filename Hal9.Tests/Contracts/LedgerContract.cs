using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Contracts;

/// <summary>What the ledger promises, on every database.</summary>
public abstract partial class LedgerContract : IAsyncDisposable
{
    private const long Cent = Usd.NanoPerUsd / 100;
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private readonly List<LedgerLab> labs = [];
    private readonly TempFolder folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Settle_AfterReserve_BooksOnceAndChains()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        var call = LedgerLab.Call(actor);

        await lab.ReserveAsync(call, 5 * Cent);
        await lab.SettleAsync(call, 2 * Cent);

        var rows = await lab.RowsAsync(actor.TenantId);
        Assert.Equal([(1L, LedgerKind.Reserve, 5 * Cent), (2L, LedgerKind.Settle, 2 * Cent)], rows.Select(row => (row.Seq, row.Kind, row.Amount.Nano)));
        Assert.Equal(rows[0].Hash, rows[1].PrevHash);
        Assert.Equal(0, await lab.OpenAsync(actor.TenantId));
        Assert.Equal(new LedgerCheck(LedgerVerdict.Intact, 2, rows[1].Hash, null), await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled));
        Assert.True(await lab.Verifier.RollUpsAgreeAsync(actor.TenantId, Cancelled));
    }

    [Fact]
    public async Task Close_ASecondTime_IsAnErrorThatChangesNothing()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        var call = LedgerLab.Call(actor);
        await lab.ReserveAsync(call, Cent);
        await lab.SettleAsync(call, Cent);
        var ranAlongside = false;

        await Assert.ThrowsAsync<InvalidOperationException>(() => lab.SettleAsync(call, Cent));
        await Assert.ThrowsAsync<InvalidOperationException>(() => lab.Ledger.ReleaseAsync(call, "again", _ => ranAlongside = true, Cancelled));

        Assert.Equal(2, (await lab.RowsAsync(actor.TenantId)).Count);
        Assert.False(ranAlongside);
    }

    [Fact]
    public async Task Release_GivesAllBack()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await lab.LimitAsync(actor, 3 * Cent);
        var first = LedgerLab.Call(actor);
        await lab.ReserveAsync(first, 3 * Cent);

        await lab.ReleaseAsync(first);

        await lab.ReserveAsync(LedgerLab.Call(actor), 3 * Cent);
        Assert.Equal(0, await lab.SettledAsync(actor.TenantId));
    }

    [Fact]
    public async Task Reserve_AboveWhatIsLeft_IsRefusedAtOnceWithItsReason()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        var budget = await lab.LimitAsync(actor, 3 * Cent, BudgetPeriod.Month);
        await SpendAsync(lab, actor, 2 * Cent);

        var refused = await Assert.ThrowsAsync<BudgetRefused>(() => lab.ReserveAsync(LedgerLab.Call(actor), 2 * Cent, wait: Long));

        Assert.Equal(budget.Id, refused.Refusal.BudgetId);
        Assert.Equal("tenant", refused.Refusal.Scope);
        Assert.Equal(new Usd(3 * Cent), refused.Refusal.Limit);
        Assert.Equal(budget.ResetsAt, refused.Refusal.ResetsAt);
        Assert.Contains("0.03 USD per month; 0.02 USD are spent and this call may cost 0.02 USD", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Processes_TakingTurns_SeeEachOthersSpend()
    {
        var (one, two) = OpenTwo();
        var actor = await one.MakeTenantAsync();
        await one.LimitAsync(actor, 10 * Cent);

        for (var i = 0; i < 5; i++)
        {
            await SpendAsync(one, actor, Cent);
            await SpendAsync(two, actor, Cent);
        }

        await Assert.ThrowsAsync<BudgetRefused>(() => one.ReserveAsync(LedgerLab.Call(actor), 1));
        await Assert.ThrowsAsync<BudgetRefused>(() => two.ReserveAsync(LedgerLab.Call(actor), 1));
        await one.LimitAsync(actor, 11 * Cent);
        await SpendAsync(two, actor, Cent);
        Assert.Equal(LedgerVerdict.Intact, (await two.Verifier.VerifyAsync(actor.TenantId, Cancelled)).Verdict);
        Assert.True(await one.Verifier.RollUpsAgreeAsync(actor.TenantId, Cancelled));
    }

    [Fact]
    public async Task Settle_AboveTheReservation_IsBookedInFullAndFlagged()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await lab.LimitAsync(actor, 10 * Cent);
        var call = LedgerLab.Call(actor);
        await lab.ReserveAsync(call, Cent);

        await lab.SettleAsync(call, 12 * Cent);

        Assert.Equal((12 * Cent, "overrun"), (await lab.RowsAsync(actor.TenantId)).Select(row => (row.Amount.Nano, row.Flags)).Last());
        await lab.Entries.AcknowledgeAsync(actor, call.CallId, null, Cancelled);
        await Assert.ThrowsAsync<BudgetRefused>(() => lab.ReserveAsync(LedgerLab.Call(actor), 1, wait: Long));
        await lab.ReserveAsync(LedgerLab.Call(actor), 0);
    }

    [Fact]
    public async Task Reserve_WhoseCompanionFails_LeavesNothing()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await lab.LimitAsync(actor, 3 * Cent);
        await SpendAsync(lab, actor, Cent);
        var order = new ReserveOrder(LedgerLab.Call(actor), new Usd(2 * Cent), 10, lab.Time.GetUtcNow());

        await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => lab.Ledger.ReserveAsync(order, (_, _) => throw new TimeZoneNotFoundException(), Cancelled));

        Assert.Equal(0, await lab.OpenAsync(actor.TenantId));
        await SpendAsync(lab, actor, 2 * Cent);
        Assert.Equal(LedgerVerdict.Intact, (await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled)).Verdict);
    }

    [Fact]
    public async Task Settle_WhoseCompanionFailsAmongOthers_SparesTheOthers()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await lab.LimitAsync(actor, 20 * Cent);
        var calls = Enumerable.Range(0, 20).Select(_ => LedgerLab.Call(actor)).ToList();
        await Task.WhenAll(calls.Select(call => lab.ReserveAsync(call, Cent)));

        var settles = calls.Select((call, i) => lab.Ledger.SettleAsync(
            call, new Settlement(new Usd(Cent), new TokenUsage(1, 1), null, []), _ => Fail(i % 5 == 0), Cancelled)).ToList();
        await Task.WhenAll(settles.Select(settle => settle.ContinueWith(_ => { }, Cancelled, TaskContinuationOptions.None, TaskScheduler.Default)));

        Assert.Equal(4, settles.Count(settle => settle.IsFaulted));
        Assert.Equal(4, await lab.OpenAsync(actor.TenantId));
        Assert.Equal(16 * Cent, await lab.SettledAsync(actor.TenantId));
        Assert.True(await lab.Verifier.RollUpsAgreeAsync(actor.TenantId, Cancelled));
        Assert.Equal((16 * Cent, 4 * Cent), (await lab.Budgets.ListAsync(actor, Cancelled)).Select(b => (b.Spent.Nano, b.Reserved.Nano)).Single());
    }

    [Fact]
    public async Task Budgets_OfKeyAndTenant_AreCheckedInOneStep()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        var keyId = await lab.MakeKeyAsync(actor);
        await lab.LimitAsync(actor, 10 * Cent);
        await lab.Budgets.PutAsync(actor, new PutBudget { ScopeKind = BudgetScopeKind.Key, ScopeId = keyId.ToString(), Period = BudgetPeriod.Total, Limit = new Usd(2 * Cent) }, Cancelled);
        var withKey = LedgerLab.Call(actor, keyId);
        await lab.ReserveAsync(withKey, 2 * Cent);

        var refused = await Assert.ThrowsAsync<BudgetRefused>(() => lab.ReserveAsync(LedgerLab.Call(actor, keyId), 3 * Cent, wait: Long));
        await lab.ReserveAsync(LedgerLab.Call(actor), 8 * Cent);

        Assert.Equal("key ci", refused.Refusal.Scope);
        Assert.Equal([2 * Cent, 10 * Cent], (await lab.Budgets.ListAsync(actor, Cancelled)).Select(b => b.Reserved.Nano).Order());
    }

    [Fact]
    public async Task Budgets_OfTokens_HoldToo()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await lab.Budgets.PutAsync(actor, new PutBudget { ScopeKind = BudgetScopeKind.Tenant, Period = BudgetPeriod.Day, LimitTokens = 1000 }, Cancelled);
        var call = LedgerLab.Call(actor);
        await lab.ReserveAsync(call, 0, tokens: 1000);
        await lab.SettleAsync(call, 0, input: 300, output: 200);

        await lab.ReserveAsync(LedgerLab.Call(actor), 0, tokens: 500);

        var refused = await Assert.ThrowsAsync<BudgetRefused>(() => lab.ReserveAsync(LedgerLab.Call(actor), 0, tokens: 501, wait: Long));
        Assert.Equal(1000, refused.Refusal.LimitTokens);
    }

    [Fact]
    public async Task Put_OfABudget_NeverResetsWhatWasSpent()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await SpendAsync(lab, actor, 4 * Cent);

        var made = await lab.LimitAsync(actor, 5 * Cent, BudgetPeriod.Day);
        var raised = await lab.LimitAsync(actor, 6 * Cent, BudgetPeriod.Day);

        Assert.Equal((4 * Cent, 4 * Cent), (made.Spent.Nano, raised.Spent.Nano));
        Assert.Equal(made.Id, raised.Id);
        await Assert.ThrowsAsync<BudgetRefused>(() => lab.ReserveAsync(LedgerLab.Call(actor), 3 * Cent));
        await lab.ReserveAsync(LedgerLab.Call(actor), 2 * Cent);
    }

    [Fact]
    public async Task Period_ThatEnds_BeginsAnewInTheTenantsZone()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 31, 21, 50, 0, TimeSpan.Zero));
        var lab = Open(time);
        var actor = await lab.MakeTenantAsync("Europe/Berlin");
        var budget = await lab.LimitAsync(actor, 3 * Cent, BudgetPeriod.Month);
        await SpendAsync(lab, actor, 3 * Cent);

        var before = await lab.FindExhaustedAsync(actor.TenantId, actor.UserId, null, Cancelled);
        time.Advance(TimeSpan.FromMinutes(10));
        var after = await lab.FindExhaustedAsync(actor.TenantId, actor.UserId, null, Cancelled);
        await SpendAsync(lab, actor, 3 * Cent);

        Assert.Equal(new DateTimeOffset(2026, 3, 31, 22, 0, 0, TimeSpan.Zero), budget.ResetsAt);
        Assert.Equal(budget.Id, before!.BudgetId);
        Assert.Null(after);
        Assert.True(await lab.Verifier.RollUpsAgreeAsync(actor.TenantId, Cancelled));
    }

    [Fact]
    public async Task SettleOrphans_OfARun_BooksTheWorstCaseOnce()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        var runId = Guid.CreateVersion7();
        var (lost, done, other) = (LedgerLab.Call(actor, runId: runId), LedgerLab.Call(actor, runId: runId), LedgerLab.Call(actor));
        await lab.ReserveAsync(lost, 3 * Cent, tokens: 700);
        await lab.ReserveAsync(done, Cent);
        await lab.SettleAsync(done, Cent);
        await lab.ReserveAsync(other, Cent);

        var holders = await lab.Ledger.FindHoldersAsync(lab.Time.GetUtcNow() + Long, Cancelled);
        var settled = await lab.Writer.WriteAsync(actor.TenantId, batch => lab.Ledger.SettleOrphans(batch, actor.TenantId, runId), Cancelled);
        var again = await lab.Writer.WriteAsync(actor.TenantId, batch => lab.Ledger.SettleOrphans(batch, actor.TenantId, runId), Cancelled);

        Assert.Equal([(actor.TenantId, runId), (actor.TenantId, other.RunId)], holders.OrderBy(h => h.RunId != runId));
        Assert.Equal([(lost.CallId, new Usd(3 * Cent))], settled);
        Assert.Empty(again);
        var row = (await lab.RowsAsync(actor.TenantId))[^1];
        Assert.Equal((LedgerKind.Settle, "orphan worstCase", 700L, lost.StepId), (row.Kind, row.Flags, row.Tokens, row.StepId));
        Assert.Equal(1, await lab.OpenAsync(actor.TenantId));
        await Assert.ThrowsAsync<InvalidOperationException>(() => lab.SettleAsync(lost, Cent));
        Assert.True(await lab.Verifier.RollUpsAgreeAsync(actor.TenantId, Cancelled));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var lab in labs)
        {
            await lab.DisposeAsync();
        }
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A new database with the schema in it.</summary>
    private protected abstract Hal9.Engine.Storage.Database Create(string folder);

    private static async Task SpendAsync(LedgerLab lab, Actor actor, long nano)
    {
        var call = LedgerLab.Call(actor);
        await lab.ReserveAsync(call, nano);
        await lab.SettleAsync(call, nano);
    }

    private static void Fail(bool now)
    {
        if (now)
        {
            throw new TimeZoneNotFoundException();
        }
    }

    private LedgerLab Open(TimeProvider? time = null) => Open(Create(folder.Path), time);

    private LedgerLab Open(Hal9.Engine.Storage.Database database, TimeProvider? time = null)
    {
        var lab = new LedgerLab(database, folder.Path, time ?? TimeProvider.System);
        labs.Add(lab);
        return lab;
    }

    private (LedgerLab One, LedgerLab Two) OpenTwo()
    {
        var one = Open();
        return (one, Open(Same(one.Database)));
    }

    /// <summary>The same database as another process sees it: with a write gate of its own.</summary>
    private protected abstract Hal9.Engine.Storage.Database Same(Hal9.Engine.Storage.Database database);

    /// <summary>How a child process finds the database.</summary>
    private protected abstract IReadOnlyList<string> ChildArguments { get; }
}
