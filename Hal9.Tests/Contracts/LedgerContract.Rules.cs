using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Contracts;

public abstract partial class LedgerContract
{
    [Fact]
    public async Task Overrun_BlocksItsModelInEveryProcess_UntilSomebodyLooks()
    {
        var (one, two) = OpenTwo();
        var actor = await one.MakeTenantAsync();
        var (first, second) = (LedgerLab.Call(actor), LedgerLab.Call(actor));
        await one.ReserveAsync(first, Cent);
        await two.ReserveAsync(second, Cent);
        await one.SettleAsync(first, 2 * Cent);

        var refused = await Assert.ThrowsAsync<BudgetRefused>(() => two.ReserveAsync(LedgerLab.Call(actor), 1, wait: Long));
        await two.ReserveAsync(LedgerLab.Call(actor, model: "gpt-4o"), 1);
        await two.SettleAsync(second, 3 * Cent);
        var open = await one.Entries.OverrunsAsync(actor, true, null, 50, Cancelled);
        await Assert.ThrowsAsync<AccessDenied>(() => one.Entries.AcknowledgeAsync(actor with { Role = Role.Analyst }, first.CallId, null, Cancelled));
        Assert.Null(await one.Entries.AcknowledgeAsync(actor, Guid.CreateVersion7(), null, Cancelled));
        var looked = await one.Entries.AcknowledgeAsync(actor, first.CallId, "a hidden prompt", Cancelled);
        await two.ReserveAsync(LedgerLab.Call(actor), 1);

        Assert.Equal(("model openai/gpt-4o-mini", null), (refused.Refusal.Scope, refused.Refusal.Next));
        Assert.Equal([(3 * Cent, Cent), (2 * Cent, Cent)], open.Select(overrun => (overrun.Booked.Nano, overrun.Reserved.Nano)).OrderDescending());
        Assert.Equal((actor.UserId, "a hidden prompt"), (looked!.AcknowledgedBy, looked.Note));
        Assert.Empty(await one.Entries.OverrunsAsync(actor, true, null, 50, Cancelled));
        Assert.Equal(2, (await one.Entries.OverrunsAsync(actor, false, null, 50, Cancelled)).Count);
        Assert.Equal(5 * Cent, await one.SettledAsync(actor.TenantId));
    }

    [Fact]
    public async Task Guard_OfALedgerThatIsUsed_FindsNothing()
    {
        var (one, two) = OpenTwo();
        var actor = await one.MakeTenantAsync();
        var before = LedgerLab.Call(actor);
        await one.ReserveAsync(before, Cent);
        await one.Guard.LookAsync(Cancelled);

        await one.SettleAsync(before, 2 * Cent);
        await one.Entries.AcknowledgeAsync(actor, before.CallId, null, Cancelled);
        await one.Guard.LookAsync(Cancelled);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            var (lab, call) = (i % 2 == 0 ? one : two, LedgerLab.Call(actor));
            await lab.ReserveAsync(call, Cent);
            await (i % 3 == 0 ? lab.ReleaseAsync(call) : i % 5 == 0 ? Task.CompletedTask : lab.SettleAsync(call, Cent / 2));
            if (i % 10 == 0)
            {
                await two.Guard.LookAsync(Cancelled).WaitAsync(Cancelled);
            }
        }));
        await one.Guard.LookAsync(Cancelled);
        await one.Guard.ExamineAsync(Cancelled);

        Assert.Empty(one.Guard.Faults);
        Assert.Equal(one.Time.GetUtcNow(), one.Guard.LookedAt!.Value, TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("UPDATE ledger SET amount = amount - 1 WHERE seq = 4", "does not continue the chain")]
    [InlineData("DELETE FROM open_reservations", "open reservations are not those")]
    [InlineData("UPDATE open_reservations SET amount = amount + 1", "open reservations are not those")]
    [InlineData("UPDATE cost_hours SET amount = amount + 1", "roll-ups are not the sum")]
    [InlineData("UPDATE cost_days SET calls = calls + 1", "roll-ups are not the sum")]
    [InlineData("UPDATE ledger_heads SET seq = seq + 1", "head is not the last entry")]
    public async Task Guard_OfALedgerThatWasTamperedWith_NamesTheRule(string sql, string rule)
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await SpendAsync(lab, actor, Cent);
        await lab.Guard.LookAsync(Cancelled);
        var (open, _) = (LedgerLab.Call(actor), 0);
        await lab.ReserveAsync(open, Cent);
        await SpendAsync(lab, actor, Cent);
        lab.Tamper(sql);

        await lab.Guard.LookAsync(Cancelled);

        var fault = Assert.Single(lab.Guard.Faults);
        Assert.Equal(actor.TenantId, fault.TenantId);
        Assert.Contains(rule, fault.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statement_OfAMonthInTheTenantsZone_IsItsLedgerBetweenTwoPointsOfTheChain()
    {
        // The last half hour of October in Berlin, in winter time.
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 10, 31, 22, 30, 0, TimeSpan.Zero));
        var lab = Open(time);
        var actor = await lab.MakeTenantAsync("Europe/Berlin");
        await BookAsync(lab, LedgerLab.Call(actor), 5, new TokenUsage(10, 1));
        time.Advance(TimeSpan.FromMinutes(45));
        await BookAsync(lab, LedgerLab.Call(actor), 7, new TokenUsage(10, 2, Cached: 4));
        await BookAsync(lab, LedgerLab.Call(actor), 8, new TokenUsage(20, 3));
        await BookAsync(lab, LedgerLab.Call(actor, model: "gpt-4o"), 100, new TokenUsage(1, 1), PriceList.CeilingVersion);
        var rows = await lab.RowsAsync(actor.TenantId);

        var october = await lab.Entries.StatementAsync(actor, "2026-10", Cancelled);
        var november = await lab.Entries.StatementAsync(actor, "2026-11", Cancelled);
        var december = await lab.Entries.StatementAsync(actor, "2026-12", Cancelled);

        Assert.Equal((5L, true), (october.Total.Nano, october.IsClosed));
        Assert.Equal((115L, false, 1L), (november.Total.Nano, november.IsClosed, november.Unpriced));
        Assert.Equal([("gpt-4o", 1L, 100L), ("gpt-4o-mini", 2L, 15L)], november.Lines.Select(line => (line.Model, line.Calls, line.Amount.Nano)));
        Assert.Equal((30L, 4L, 5L), (november.Lines[1].InputTokens, november.Lines[1].CachedTokens, november.Lines[1].OutputTokens));
        Assert.Equal(new ChainPoint(0, new string('0', 64)), october.Opening);
        Assert.Equal(new ChainPoint(2, rows[1].Hash), october.Closing);
        Assert.Equal(october.Closing, november.Opening);
        Assert.Equal(new ChainPoint(8, rows[^1].Hash), november.Closing);
        Assert.Equal((0L, november.Closing), (december.Total.Nano, december.Opening));
        await Assert.ThrowsAsync<ArgumentException>(() => lab.Entries.StatementAsync(actor, "2026-13", Cancelled));
        await Assert.ThrowsAsync<AccessDenied>(() => lab.Entries.StatementAsync(actor with { Role = Role.Member }, "2026-11", Cancelled));
    }
}
