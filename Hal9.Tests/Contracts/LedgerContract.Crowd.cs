using System.Diagnostics;
using System.Globalization;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Tests.Support;

namespace Hal9.Tests.Contracts;

public abstract partial class LedgerContract
{
    // All calls have the same worst case, so a refusal was right exactly if at the end there is no room for one more worst case.
    [Fact]
    public async Task Crowd_OfTwoHundredAtAFewCents_NeverOverspendsAndNobodyIsRefusedFalsely()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await lab.LimitAsync(actor, 5 * Cent);
        var refused = 0;

        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            var call = LedgerLab.Call(actor);
            try
            {
                await lab.ReserveAsync(call, Cent, wait: Long);
            }
            catch (BudgetRefused)
            {
                Interlocked.Increment(ref refused);
                return;
            }
            await lab.SettleAsync(call, Cent / 20 * (1 + (i % 20)));
        }));

        var settled = await lab.SettledAsync(actor.TenantId);
        Assert.InRange(settled, (4 * Cent) + 1, 5 * Cent);
        Assert.Equal(200 - refused, (await lab.RowsAsync(actor.TenantId)).Count(row => row.Kind == LedgerKind.Settle));
        Assert.Equal(0, await lab.OpenAsync(actor.TenantId));
        Assert.Equal(LedgerVerdict.Intact, (await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled)).Verdict);
        Assert.True(await lab.Verifier.RollUpsAgreeAsync(actor.TenantId, Cancelled));
    }

    // The full size is a part of the benchmark verb ledger.
    [Fact]
    public async Task Crowd_OnBudgetsFourDeep_NeverOverspendsAndNobodyIsRefusedFalsely()
    {
        var report = await FourDeep.RunAsync(Open(), 600, seed: 5, Cancelled);

        Assert.Empty(report.Faults);
        Assert.Equal(600, report.Paid + report.Refused);
        Assert.True(report is { Paid: > 100, Refused: > 20 });
    }

    [Fact]
    public async Task Crowd_WithRoomForAll_IsNeverRefused()
    {
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await lab.LimitAsync(actor, 3 * Cent);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            var call = LedgerLab.Call(actor);
            await lab.ReserveAsync(call, Cent, wait: Long);
            await lab.SettleAsync(call, Cent / 100);
        }));

        Assert.Equal(2 * Cent, await lab.SettledAsync(actor.TenantId));
    }

    [Theory]
    [InlineData(3, 5 * Cent, Cent)]
    [InlineData(2, 2_000_000, 200_000)]
    [InlineData(3, 2_000_000, 200_000)]
    public async Task Crowd_OfProcesses_NeverOverspendsAndNobodyIsRefusedFalsely(int processes, long limit, long worst)
    {
        var program = Path.Combine(Path.GetDirectoryName(typeof(LedgerContract).Assembly.Location)!.Replace("Hal9.Tests", "Hal9.Benchmarks", StringComparison.Ordinal), "Hal9.Benchmarks.dll");
        Assert.SkipUnless(File.Exists(program), "Hal9.Benchmarks is not built: build the solution.");
        var lab = Open();
        var actor = await lab.MakeTenantAsync();
        await lab.LimitAsync(actor, limit);
        var children = Enumerable.Range(1, processes).Select(i => Start(program, actor.TenantId, worst, i)).ToList();
        foreach (var child in children)
        {
            Assert.Equal("ready", await child.StandardOutput.ReadLineAsync(Cancelled));
        }

        await Task.WhenAll(children.Select(child => child.StandardInput.WriteLineAsync("go")));
        var counts = await Task.WhenAll(children.Select(ReadCountsAsync));

        var rows = await lab.RowsAsync(actor.TenantId);
        Assert.InRange(rows.Where(row => row.Kind == LedgerKind.Settle).Sum(row => row.Amount.Nano), limit - worst + 1, limit);
        Assert.Equal(counts.Sum(count => count.Paid), rows.Count(row => row.Kind == LedgerKind.Settle));
        Assert.Equal(counts.Sum(count => count.Paid), rows.Count(row => row.Kind == LedgerKind.Reserve));
        Assert.Equal(40 * processes, counts.Sum(count => count.Paid + count.Refused));
        Assert.Equal(0, await lab.OpenAsync(actor.TenantId));
        await lab.ReserveAsync(LedgerLab.Call(actor), 0);
        Assert.Equal(LedgerVerdict.Intact, (await lab.Verifier.VerifyAsync(actor.TenantId, Cancelled)).Verdict);
        Assert.True(await lab.Verifier.RollUpsAgreeAsync(actor.TenantId, Cancelled));
    }

    private Process Start(string program, Guid tenantId, long worst, int seed)
    {
        string[] arguments =
        [
            program, "ledger-child", .. ChildArguments, folder.Of(string.Create(CultureInfo.InvariantCulture, $"child{seed}")), tenantId.ToString(), "40",
            worst.ToString(CultureInfo.InvariantCulture), seed.ToString(CultureInfo.InvariantCulture),
        ];
        return Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    private static async Task<(int Paid, int Refused)> ReadCountsAsync(Process child)
    {
        using (child)
        {
            var line = await child.StandardOutput.ReadLineAsync(Cancelled);
            await child.WaitForExitAsync(Cancelled);
            Assert.Equal(0, child.ExitCode);
            var counts = line!.Split(' ');
            return (int.Parse(counts[0], CultureInfo.InvariantCulture), int.Parse(counts[1], CultureInfo.InvariantCulture));
        }
    }
}
