using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Contracts;

public abstract partial class LedgerContract
{
    [Fact]
    public async Task Prices_ImportedComparedAndTakenBack_AreInForceAtOnceAndAnsweredFor()
    {
        var (one, two) = OpenTwo();
        var actor = await one.MakeTenantAsync();
        var before = PriceOf(one);

        var (first, added) = await one.Prices.ImportAsync(actor, [Entry(1), Entry(2, "2030-01-01"), Entry(5, model: "mine/*")], "our contract", Cancelled);
        await two.Prices.RefreshAsync(Cancelled);
        var dry = await two.Prices.CompareAsync(actor, [Entry(7), Entry(5, model: "mine/*")], Cancelled);
        var (second, _) = await one.Prices.ImportAsync(actor, [Entry(7)], null, Cancelled);
        var back = (await one.Prices.FindAsync(actor, 1, Cancelled))!;
        var (third, _) = await one.Prices.ImportAsync(actor, back, "back again", Cancelled);

        Assert.Equal((1, 2, 3), (first.Number, second.Number, third.Number));
        Assert.Equal(first.Hash, third.Hash);
        Assert.All(added, change => Assert.Equal(PriceChangeKind.Added, change.Kind));
        Assert.Equal([(PriceChangeKind.Removed, "2030-01-01"), (PriceChangeKind.Changed, "")], dry.Select(change => (change.Kind, change.From?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) ?? "")));
        Assert.Equal("shipped-2026-08-21/openai/gpt-4o-mini", before!.Version);
        Assert.Equal(("imported-1/openai/gpt-4o-mini", 1_000_000L), (PriceOf(two)!.Version, PriceOf(two)!.Input));
        Assert.Equal(("imported-3/openai/gpt-4o-mini@2030-01-01", 2_000_000L), (PriceOf(one, "2030-06-01")!.Version, PriceOf(one, "2030-06-01")!.Input));
        Assert.Equal(["prices.imported", "prices.imported", "prices.imported"], (await one.Audit.ListAsync(actor, null, 50, Cancelled)).Select(act => act.Action));
        Assert.Equal([3, 2, 1], (await two.Prices.HistoryAsync(actor, Cancelled)).Select(version => version.Number));
    }

    [Fact]
    public async Task Prices_ImportedFiftyTimesAtOnceWithOneKey_AreOneVersionAndAnotherListIsRefused()
    {
        var (one, two) = OpenTwo();
        var actor = await one.MakeTenantAsync();
        await one.Prices.ImportAsync(actor, [Entry(1)], null, Cancelled);
        var key = new RequestKey("import-42", "the hash of the first body");

        var made = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => (i % 2 == 0 ? one : two).Prices.ImportAsync(actor, [Entry(2)], "once", key, Cancelled)));
        await one.Prices.ImportAsync(actor, [Entry(3)], null, Cancelled);
        var (late, changes) = await two.Prices.ImportAsync(actor, [Entry(2)], "once", key, Cancelled);

        Assert.All(made, import => Assert.Equal((2, "once"), (import.Version.Number, import.Version.Note)));
        Assert.Equal((2, PriceChangeKind.Changed), (late.Number, Assert.Single(changes).Kind));
        await Assert.ThrowsAsync<RequestKeyReused>(() => two.Prices.ImportAsync(actor, [Entry(4)], null, key with { Order = "of another body" }, Cancelled));
        Assert.Equal([3, 2, 1], (await two.Prices.HistoryAsync(actor, Cancelled)).Select(version => version.Number));
        Assert.Equal("imported-3/openai/gpt-4o-mini", PriceOf(two)!.Version);
    }

    [Fact]
    public async Task Prices_ThatCannotBeRead_ChangeNothingAndAreAlarmed()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await lab.Prices.ImportAsync(actor, [Entry(1)], null, Cancelled);

        var refused = await Assert.ThrowsAsync<PriceImportRefused>(() => lab.Prices.ImportAsync(
            actor, [Entry(2), Entry(3), new PriceEntry { Model = "no-slash", InputUsd = 1, OutputUsd = 1 }, new PriceEntry { Model = "a/b", InputUsd = -1, OutputUsd = 1 }, new PriceEntry { Model = "a/c", InputUsd = 1 }], null, Cancelled));
        await lab.JoinAsync(actor with { UserId = Guid.CreateVersion7() });
        await Assert.ThrowsAsync<AccessDenied>(() => lab.Prices.ImportAsync(actor with { Role = Role.Operator }, [Entry(2)], null, Cancelled));

        Assert.Equal(4, refused.Complaints.Count);
        Assert.All(new[] { "entries[1]", "entries[2]", "entries[3]", "entries[4]" }, (place, i) => Assert.StartsWith(place, refused.Complaints[i], StringComparison.Ordinal));
        Assert.Equal("imported-1/openai/gpt-4o-mini", PriceOf(lab)!.Version);
        Assert.Single(await lab.Prices.HistoryAsync(actor, Cancelled));
        Assert.Equal(["prices.refused", "prices.imported"], (await lab.Audit.ListAsync(actor, null, 50, Cancelled)).Select(act => act.Action));
        // Where there are several organisations the administrator of one does not change what others' calls cost.
        await lab.MakeTenantAsync();
        await Assert.ThrowsAsync<AccessDenied>(() => lab.Prices.ImportAsync(actor, [Entry(2)], null, Cancelled));
        await lab.Prices.ImportAsync(actor with { IsOwner = true }, [Entry(2)], null, Cancelled);
    }

    [Fact]
    public async Task Repricing_OfATime_IsLookedAtAndThenBookedOnceAsAdjustments()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 10, 20, 12, 0, 0, TimeSpan.Zero));
        var lab = Open(time);
        var actor = await lab.MakeTenantAsync();
        var budget = await lab.LimitAsync(actor, 1_000_000_000, BudgetPeriod.Month);
        // 900 in at 0.15 and 100 out at 0.60 a million: 195 micro-USD; the second was estimated, the third's model has no price.
        await BookAsync(lab, LedgerLab.Call(actor), 195_000, new TokenUsage(900, 100));
        await BookAsync(lab, LedgerLab.Call(actor), 195_000, new TokenUsage(900, 100));
        var estimated = LedgerLab.Call(actor);
        await lab.ReserveAsync(estimated, 1_000_000, tokens: 10_000);
        await lab.Ledger.SettleAsync(estimated, new Settlement(new Usd(5), new TokenUsage(900, 100), "x", ["estimated"]), static _ => { }, Cancelled);
        await BookAsync(lab, LedgerLab.Call(actor, model: "nobody-knows"), 7, new TokenUsage(900, 100));
        await lab.Guard.LookAsync(Cancelled);
        var (from, to) = (time.GetUtcNow().AddHours(-1), time.GetUtcNow().AddHours(1));
        await lab.Prices.ImportAsync(actor, [Entry(1)], null, Cancelled);
        time.Advance(TimeSpan.FromDays(20));

        var look = await lab.Repricer.RunAsync(actor, from, to, null, false, Cancelled);
        var done = await lab.Repricer.RunAsync(actor, from, to, "the contract of May", true, Cancelled);
        var again = await lab.Repricer.RunAsync(actor, from, to, "the contract of May", true, Cancelled);
        await lab.Guard.LookAsync(Cancelled);

        // 900 in at 1 and 100 out at 2 a million are 1,100 micro-USD: 905 more for each of two.
        Assert.Equal((3L, 1L, 1L, 1_810_000L, false), (look.Looked, look.Skipped, look.Unpriced, look.Difference.Nano, look.Applied));
        Assert.Equal(new RepricedModel("openai/gpt-4o-mini", 2, new Usd(390_000), new Usd(2_200_000)), Assert.Single(look.Models));
        Assert.Equal((1_810_000L, true), (done.Difference.Nano, done.Applied));
        Assert.Empty(again.Models);
        var adjusted = (await lab.RowsAsync(actor.TenantId)).Where(row => row.Kind == LedgerKind.Adjust).ToList();
        Assert.Equal([(905_000L, "repriced", "the contract of May", "imported-1/openai/gpt-4o-mini"), (905_000L, "repriced", "the contract of May", "imported-1/openai/gpt-4o-mini")],
            adjusted.Select(row => (row.Amount.Nano, row.Flags, row.Reason!, row.PriceVersion!)));
        Assert.Equal(["ledger.repriced", "prices.imported", "budget.put"], (await lab.Audit.ListAsync(actor, null, 50, Cancelled)).Select(act => act.Action));
        Assert.True((await lab.Audit.VerifyAsync(actor, Cancelled)).IsIntact);
        Assert.Empty(lab.Guard.Faults);
        Assert.True(await lab.Verifier.RollUpsAgreeAsync(actor.TenantId, Cancelled));
        Assert.Equal(LedgerVerdict.Intact, (await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled)).Verdict);
        // It belongs to the month in which it was booked.
        Assert.Equal(1_810_000, (await lab.Budgets.ListAsync(actor, Cancelled)).Single(b => b.Id == budget.Id).Spent.Nano);
        var november = await lab.Entries.StatementAsync(actor, "2026-11", Cancelled);
        Assert.Equal((1_810_000L, 1_810_000L, 0L), (november.Total.Nano, november.Adjusted.Nano, november.Lines.Sum(line => line.Calls)));
    }

    [Theory]
    [InlineData("UPDATE audit_log SET detail = '{}' WHERE seq = 1", 1)]
    [InlineData("DELETE FROM audit_log WHERE seq = 2", 2)]
    [InlineData("DELETE FROM audit_log WHERE seq = 3", 3)]
    public async Task Audit_ThatWasTamperedWith_IsFoundOut(string sql, int firstBad)
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        for (var i = 1; i <= 3; i++)
        {
            await lab.LimitAsync(actor, i);
        }
        Assert.Equal(new Hal9.Engine.Audit.AuditCheck(true, 3, null), await lab.Audit.VerifyAsync(actor, Cancelled));

        lab.Tamper(sql);

        Assert.Equal((false, firstBad), ((await lab.Audit.VerifyAsync(actor, Cancelled)) is var found ? (found.IsIntact, (int)found.FirstBad!.Value) : default));
        await Assert.ThrowsAsync<AccessDenied>(() => lab.Audit.ListAsync(actor with { Role = Role.Member }, null, 50, Cancelled));
    }

    private static ModelPrice? PriceOf(LedgerLab lab, string day = "2026-11-01") =>
        lab.PriceList.Find("openai", "gpt-4o-mini", "OpenAI", DateTimeOffset.Parse(day + "T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));

    private static PriceEntry Entry(decimal inputUsd, string? from = null, string model = "openai/gpt-4o-mini") =>
        new() { Model = model, InputUsd = inputUsd, OutputUsd = 2, From = from is null ? null : DateOnly.Parse(from, System.Globalization.CultureInfo.InvariantCulture) };
}
