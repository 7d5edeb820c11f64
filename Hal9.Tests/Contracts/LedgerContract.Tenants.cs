using System.Data.Common;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;

namespace Hal9.Tests.Contracts;

/// <summary>Several tenants in one group: nobody waits for ever, and nobody pays for another's fault.</summary>
public abstract partial class LedgerContract
{
    [Fact]
    public async Task Tenants_InOppositeOrderInTwoProcesses_NeverWaitForEachOther()
    {
        var (one, two) = OpenTwo();
        var (a, b) = (await one.MakeTenantAsync(), await one.MakeTenantAsync());

        for (var round = 0; round < 30; round++)
        {
            await Task.WhenAll(InOneGroupAsync(one, a, b), InOneGroupAsync(two, b, a));
        }

        Assert.Equal((0, 0), (one.Writer.Collisions, two.Writer.Collisions));
        foreach (var tenant in new[] { a, b })
        {
            Assert.Equal(60, (await one.RowsAsync(tenant.TenantId)).Count);
            Assert.Equal(LedgerVerdict.Intact, (await one.Verifier.VerifyAsync(tenant.TenantId, Cancelled)).Verdict);
        }

        static async Task InOneGroupAsync(LedgerLab lab, params Actor[] actors)
        {
            await lab.Database.WriteGate.WaitAsync(Cancelled);
            var reserves = actors.Select(actor => lab.ReserveAsync(LedgerLab.Call(actor), Cent)).ToList();
            lab.Database.WriteGate.Release();
            await Task.WhenAll(reserves);
        }
    }

    [Fact]
    public async Task Settle_WhoseRollUpCannotBeWritten_SparesTheOtherTenants()
    {
        var lab = Open();
        var (bad, good) = (await lab.MakeTenantAsync(), await lab.MakeTenantAsync());
        await SpendAsync(lab, bad, Cent);
        // From now on the database refuses a second roll-up row of any tenant: the first has one, the second has none yet.
        lab.Tamper("CREATE UNIQUE INDEX refuses ON cost_hours (tenant_id)");
        var (badCall, goodCall) = (LedgerLab.Call(bad, model: "another"), LedgerLab.Call(good));
        await lab.ReserveAsync(badCall, Cent);
        await lab.ReserveAsync(goodCall, Cent);
        await lab.Database.WriteGate.WaitAsync(Cancelled);
        var settles = (Bad: lab.SettleAsync(badCall, Cent), Good: lab.SettleAsync(goodCall, Cent));

        lab.Database.WriteGate.Release();

        await settles.Good;
        await Assert.ThrowsAnyAsync<DbException>(() => settles.Bad);
        Assert.Equal((1, 0), (await lab.OpenAsync(bad.TenantId), await lab.OpenAsync(good.TenantId)));
        Assert.True(await lab.Verifier.RollUpsAgreeAsync(good.TenantId, Cancelled));
        lab.Tamper("DROP INDEX refuses");
        await lab.SettleAsync(badCall, Cent);
        Assert.True(await lab.Verifier.RollUpsAgreeAsync(bad.TenantId, Cancelled));
    }

    [Fact]
    public async Task Head_OfATenantThatTheWorkDidNotName_IsNotLocked()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        var call = LedgerLab.Call(actor);
        await lab.ReserveAsync(call, Cent);

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => lab.Writer.WriteAsync(batch => { lab.Ledger.SettleOrphans(batch, actor.TenantId, call.RunId); }, Cancelled));

        Assert.Equal(1, await lab.OpenAsync(actor.TenantId));
    }
}
