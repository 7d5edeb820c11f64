using System.Globalization;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Contracts;

public abstract partial class LedgerContract
{
    [Theory]
    [InlineData("UPDATE ledger SET amount = amount - 1 WHERE seq = 4", 4)]
    [InlineData("UPDATE ledger SET reason = 'a gift' WHERE seq = 6", 6)]
    [InlineData("UPDATE ledger SET kind = 'Nonsense' WHERE seq = 2", 2)]
    [InlineData("UPDATE ledger SET hash = 'x' WHERE seq = 6", 6)]
    [InlineData("DELETE FROM ledger WHERE seq = 3", 3)]
    [InlineData("DELETE FROM ledger WHERE seq = 1", 1)]
    [InlineData("UPDATE ledger_heads SET seq = 4", 5)]
    public async Task Verify_OfAChangedEntry_SaysAlteredAndWhere(string tampering, long firstBad)
    {
        var (lab, actor) = await SpendThriceAsync();

        lab.Tamper(tampering);

        var check = await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled);
        Assert.Equal((LedgerVerdict.Altered, firstBad), (check.Verdict, check.FirstBad));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verify_OfACutTail_SaysTailMissing(bool headToo)
    {
        var (lab, actor) = await SpendThriceAsync();
        var rows = await lab.RowsAsync(actor.TenantId);

        lab.Tamper("DELETE FROM ledger WHERE seq > 4");
        if (headToo)
        {
            lab.Tamper($"UPDATE ledger_heads SET seq = 4, hash = '{rows[3].Hash}'");
        }

        Assert.Equal(new LedgerCheck(LedgerVerdict.TailMissing, 4, rows[3].Hash, 5), await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled));
    }

    [Fact]
    public async Task Verify_OfAChainRewrittenConsistently_SaysRewritten()
    {
        var (lab, actor) = await SpendThriceAsync();

        await RewriteAsync(lab, actor);

        var check = await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled);
        Assert.Equal((LedgerVerdict.Rewritten, 6L), (check.Verdict, check.Entries));
    }

    [Fact]
    public async Task Verify_OfARewrittenChainThatGrewOn_StillSaysRewritten()
    {
        var (lab, actor) = await SpendThriceAsync();
        await RewriteAsync(lab, actor);

        await SpendAsync(lab, actor, Cent);

        Assert.Equal(LedgerVerdict.Rewritten, (await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled)).Verdict);
    }

    [Fact]
    public async Task Verify_WithoutAnchorsOrWithForeignOnes_SaysUnanchored()
    {
        var (lab, actor) = await SpendThriceAsync();
        var file = lab.AnchorFileOf(actor.TenantId);
        var line = (await File.ReadAllLinesAsync(file, Cancelled))[^1];

        await File.AppendAllTextAsync(file, line.Replace(' ', '1') + "\n", Cancelled);
        var foreign = await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled);
        File.Delete(file);
        var none = await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled);

        Assert.Equal(LedgerVerdict.Unanchored, foreign.Verdict);
        Assert.Equal((LedgerVerdict.Unanchored, 1L), (none.Verdict, none.FirstBad));
    }

    [Fact]
    public async Task Verify_AnchorsOfTwoProcessesInAnyOrder_AreNoRewriting()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await SpendAsync(lab, actor, Cent);
        await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled);
        await SpendAsync(lab, actor, Cent);
        await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled);
        var file = lab.AnchorFileOf(actor.TenantId);
        var lines = await File.ReadAllLinesAsync(file, Cancelled);

        await File.WriteAllLinesAsync(file, lines.Reverse(), Cancelled);

        Assert.True(lines.Length > 1);
        Assert.Equal(LedgerVerdict.Intact, (await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled)).Verdict);
    }

    [Fact]
    public async Task Verify_OfEntriesLongAfterTheLastAnchor_SaysUnanchored()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        var lab = Open(time);
        var actor = await lab.MakeTenantAsync();
        await SpendAsync(lab, actor, Cent);
        await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled);
        var early = await File.ReadAllTextAsync(lab.AnchorFileOf(actor.TenantId), Cancelled);
        await SpendAsync(lab, actor, Cent);
        await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled);
        await File.WriteAllTextAsync(lab.AnchorFileOf(actor.TenantId), early, Cancelled);

        var fresh = await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled);
        time.Advance(TimeSpan.FromSeconds(6));
        var old = await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled);

        Assert.Equal(LedgerVerdict.Intact, fresh.Verdict);
        Assert.Equal((LedgerVerdict.Unanchored, 3L), (old.Verdict, old.FirstBad));
    }

    [Fact]
    public async Task Verify_OfAnEmptyLedger_SaysIntact()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();

        Assert.Equal(new LedgerCheck(LedgerVerdict.Intact, 0, LedgerChain.Origin, null), await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled));
    }

    [Fact]
    public async Task RollUps_ThatWereChanged_DoNotAgree()
    {
        var (lab, actor) = await SpendThriceAsync();

        lab.Tamper("UPDATE cost_days SET amount = amount + 1");

        Assert.False(await lab.Verifier.RollUpsAgreeAsync(actor.TenantId, Cancelled));
    }

    private async Task<(LedgerLab Lab, Actor Actor)> SpendThriceAsync()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        for (var i = 0; i < 3; i++)
        {
            await SpendAsync(lab, actor, Cent);
        }
        Assert.Equal(LedgerVerdict.Intact, (await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled)).Verdict);
        return (lab, actor);
    }

    private static async Task RewriteAsync(LedgerLab lab, Actor actor)
    {
        var chain = new LedgerChain();
        var previous = LedgerChain.Origin;
        foreach (var row in await lab.RowsAsync(actor.TenantId))
        {
            var cheaper = new LedgerRow
            {
                TenantId = row.TenantId, Seq = row.Seq, At = row.At, Kind = row.Kind, CallId = row.CallId, Amount = new Usd(row.Amount.Nano / 2), Tokens = row.Tokens,
                UserId = row.UserId, KeyId = row.KeyId, RunId = row.RunId, StepId = row.StepId, Neuron = row.Neuron, Layer = row.Layer, RunKind = row.RunKind,
                Provider = row.Provider, Model = row.Model, InputTokens = row.InputTokens, CachedTokens = row.CachedTokens, CacheWriteTokens = row.CacheWriteTokens,
                OutputTokens = row.OutputTokens, ReasoningTokens = row.ReasoningTokens, PriceVersion = row.PriceVersion, Flags = row.Flags, Reason = row.Reason,
                PrevHash = previous, Hash = "",
            };
            var hash = chain.Hash(cheaper, previous);
            lab.Tamper(string.Create(CultureInfo.InvariantCulture, $"UPDATE ledger SET amount = {cheaper.Amount.Nano}, prev_hash = '{previous}', hash = '{hash}' WHERE seq = {row.Seq}"));
            previous = hash;
        }
        lab.Tamper($"UPDATE ledger_heads SET hash = '{previous}'");
    }
}
