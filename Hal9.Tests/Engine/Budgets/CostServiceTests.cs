using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Engine.Budgets;

/// <summary>Costs of a tenant with 50 thousand ledger rows; <c>Hal9.Benchmarks -- costs</c> asks the same of five million.</summary>
public sealed class CostServiceTests(FilledTenant filled) : IClassFixture<FilledTenant>
{
    private static readonly CostGroup[] Kept =
        [CostGroup.Tenant, CostGroup.User, CostGroup.Key, CostGroup.Model, CostGroup.Provider, CostGroup.Neuron, CostGroup.Layer, CostGroup.Kind];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData(BudgetPeriod.Day)]
    [InlineData(BudgetPeriod.Hour)]
    public async Task ListAsync_ByEveryDimension_EqualsTheLedgerToTheNano(BudgetPeriod? granularity)
    {
        var (from, to) = (FilledTenant.Now.AddDays(-9.3), FilledTenant.Now.AddDays(-1));
        foreach (var group in Kept)
        {
            var items = await filled.Lab.Costs.ListAsync(filled.Actor, new CostQuery(group, from, to, granularity), Cancel);
            var (first, end) = granularity is BudgetPeriod.Day ? (Day(from), Day(to.AddTicks(-1)).AddDays(1)) : (Hour(from), Hour(to.AddTicks(-1)).AddHours(1));
            var wanted = filled.Settled(first, end).GroupBy(row => (Key: row.KeyOf(group, filled.Actor.TenantId), At: granularity is null ? (DateTimeOffset?)null : granularity is BudgetPeriod.Day ? Day(row.At) : Hour(row.At)))
                .ToDictionary(rows => rows.Key, rows => rows.Sum(row => row.Nano));

            Assert.Equal(wanted.Count, items.Count);
            Assert.All(items, item => Assert.Equal(wanted[(item.Key, item.From)], item.Amount.Nano));
        }
    }

    [Fact]
    public async Task ListAsync_Narrowed_CountsWhatFitsEveryPart()
    {
        var user = filled.Filled.People[0].ToString();
        foreach (var filter in new[] { new CostFilter(User: user), new CostFilter(User: user, Layer: "L2"), new CostFilter(Provider: "openai", Kind: "api"), new CostFilter(Model: "openai/gpt-5"), new CostFilter(Key: "") })
        {
            var items = await filled.Lab.Costs.ListAsync(filled.Actor, new CostQuery(CostGroup.Neuron, FilledTenant.Now.AddDays(-12), FilledTenant.Now) { Filter = filter }, Cancel);
            var wanted = filled.Settled(Hour(FilledTenant.Now.AddDays(-12)), FilledTenant.Now).Where(row => CostFilter.Dimensions.All(d => filter[d] is not { } value || row.KeyOf(d, default) == value));

            Assert.Equal(wanted.Sum(row => row.Nano), items.Sum(item => item.Amount.Nano));
            Assert.NotEmpty(items);
        }
    }

    [Fact]
    public async Task ListAsync_ByTag_CountsARunUnderEachOfItsLabels()
    {
        var items = await filled.Lab.Costs.ListAsync(filled.Actor, new CostQuery(CostGroup.Tag), Cancel);

        Assert.Equal(["ci", "import", "nightly"], items.Select(item => item.Key).Order());
        Assert.Equal(filled.OfTag("ci"), items.Single(item => item.Key == "ci").Amount.Nano);
        await Assert.ThrowsAsync<ArgumentException>(() => filled.Lab.Costs.ListAsync(filled.Actor, new CostQuery(CostGroup.Tag, Granularity: BudgetPeriod.Hour), Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => filled.Lab.Costs.ListAsync(filled.Actor, new CostQuery(CostGroup.Tag) { Filter = new CostFilter(Layer: "L2") }, Cancel));
    }

    [Fact]
    public async Task BreakDownAsync_HasEveryStep_AndThoseBefore()
    {
        var breakdown = await filled.Lab.Costs.BreakDownAsync(filled.Actor, new CostQuery(CostGroup.Model, FilledTenant.Now.AddDays(-5), FilledTenant.Now.AddDays(3), BudgetPeriod.Day), Cancel);

        Assert.Equal(9, breakdown.Steps.Count);
        Assert.Equal(Day(FilledTenant.Now).AddDays(4), breakdown.End);
        Assert.Equal(14, breakdown.Before.Count);
        var yesterday = breakdown.Steps[0].AddDays(-1);
        Assert.Equal(filled.Settled(yesterday, breakdown.Steps[0]).Sum(row => row.Nano), breakdown.Before[^1].Nano);
        await Assert.ThrowsAsync<ArgumentException>(() => filled.Lab.Costs.BreakDownAsync(filled.Actor, new CostQuery(CostGroup.Model, FilledTenant.Now.AddDays(-300), FilledTenant.Now, BudgetPeriod.Hour), Cancel));
    }

    [Fact]
    public async Task ForecastAsync_GoesOnAsTheLastWholeDays()
    {
        var forecast = await filled.Lab.Costs.ForecastAsync(filled.Actor, CostFilter.All, FilledTenant.Now, Cancel);
        var month = new DateTimeOffset(FilledTenant.Now.Year, FilledTenant.Now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var days = Enumerable.Range(1, 7).Select(back => filled.Settled(Day(FilledTenant.Now).AddDays(-back), Day(FilledTenant.Now).AddDays(1 - back)).Sum(row => row.Nano)).ToList();
        var spent = filled.Settled(month, FilledTenant.Now.AddDays(1)).Sum(row => row.Nano);

        Assert.Equal((spent, 7), (forecast.Spent.Nano, forecast.Days));
        Assert.Equal(spent + (days.Average() * (month.AddMonths(1) - FilledTenant.Now).TotalDays), forecast.Expected.Nano, 1.0);
        Assert.True(forecast.Low.Nano <= forecast.Expected.Nano && forecast.Expected.Nano <= forecast.High.Nano);
    }

    [Fact]
    public async Task Costs_AreForWhoMayReadThem()
    {
        var member = filled.Actor with { Role = Role.Member };

        await Assert.ThrowsAsync<AccessDenied>(() => filled.Lab.Costs.BreakDownAsync(member, new CostQuery(CostGroup.Model, FilledTenant.Now.AddDays(-1), FilledTenant.Now, BudgetPeriod.Day), Cancel));
        await Assert.ThrowsAsync<AccessDenied>(() => filled.Lab.Costs.ForecastAsync(member, CostFilter.All, FilledTenant.Now, Cancel));
    }

    [Fact]
    public async Task Ledger_ThatWasFilled_IsAChain() =>
        Assert.Equal(LedgerVerdict.Unanchored, (await filled.Lab.Entries.VerifyAsync(filled.Actor, Cancel)).Verdict);

    private static DateTimeOffset Day(DateTimeOffset at) => new(at.UtcDateTime.Date, TimeSpan.Zero);

    private static DateTimeOffset Hour(DateTimeOffset at) => Day(at).AddHours(at.UtcDateTime.Hour);
}

/// <summary>A settled entry.</summary>
internal sealed record SettledRow(DateTimeOffset At, long Nano, Guid RunId, Guid UserId, Guid? KeyId, string Provider, string Model, string Neuron, string Layer, string Kind)
{
    public string KeyOf(CostGroup group, Guid tenantId) => group switch
    {
        CostGroup.Tenant => tenantId.ToString(),
        CostGroup.User => UserId.ToString(),
        CostGroup.Key => KeyId?.ToString() ?? "",
        CostGroup.Model => $"{Provider}/{Model}",
        CostGroup.Provider => Provider,
        CostGroup.Neuron => Neuron,
        CostGroup.Layer => Layer,
        _ => Kind.ToLowerInvariant(),
    };
}

/// <summary>A tenant with 50 thousand ledger rows over a month and a half.</summary>
public sealed class FilledTenant : IAsyncLifetime
{
    public static readonly DateTimeOffset Now = new(2026, 11, 27, 14, 20, 0, TimeSpan.Zero);

    private readonly TempFolder folder = new();
    private List<SettledRow> settled = [];
    private Dictionary<Guid, string> tags = [];

    public Actor Actor { get; private set; } = default!;

    internal LedgerLab Lab { get; private set; } = default!;

    internal Filled Filled { get; private set; } = default!;

    internal Database Database { get; private set; } = default!;

    public async ValueTask InitializeAsync()
    {
        Database = Database.Sqlite(folder.Of("filled.db"));
        await LedgerLab.MigrateAsync(Database, CancellationToken.None);
        using (var connection = Database.Open())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = Hal9.Engine.Storage.Sql.SearchStatements.Create;
            command.ExecuteNonQuery();
        }
        Lab = new LedgerLab(Database, folder.Path, new FakeTimeProvider(Now));
        Actor = await Lab.MakeTenantAsync();
        Filled = TenantFiller.Fill(Database, Actor.TenantId, FillSize.OfLedger(50_000, days: 45, people: 20), Now);
        settled = [.. (await Lab.RowsAsync(Actor.TenantId)).Where(row => row.Kind == LedgerKind.Settle)
            .Select(row => new SettledRow(row.At, row.Amount.Nano, row.RunId, row.UserId!.Value, row.KeyId, row.Provider, row.Model, row.Neuron, row.Layer, row.RunKind))];
        await using var db = Lab.Tenants.Open(Actor.TenantId);
        tags = db.Set<CostTagRow>().ToDictionary(row => row.RunId, row => row.Tag);
    }

    internal IEnumerable<SettledRow> Settled(DateTimeOffset from, DateTimeOffset to) => settled.Where(row => row.At >= from && row.At < to);

    internal long OfTag(string tag) => settled.Where(row => tags.GetValueOrDefault(row.RunId) == tag).Sum(row => row.Nano);

    public async ValueTask DisposeAsync()
    {
        await Lab.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Dispose();
    }
}
