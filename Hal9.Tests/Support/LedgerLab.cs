using Hal9.Engine;
using Hal9.Engine.Audit;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Neurons;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hal9.Tests.Support;

/// <summary>A ledger with all that belongs to it on a real database, as one process has it. Two labs on one database are two processes.</summary>
internal sealed class LedgerLab : IAsyncDisposable
{
    private readonly AnchorLog anchors;

    public LedgerLab(Database database, string folder, TimeProvider time, int waitSeconds = 600)
    {
        Database = database;
        Folder = folder;
        Time = time;
        Writer = new Writer(database);
        Tenants = new TenantScope(database);
        anchors = new AnchorLog(Path.Combine(folder, "anchors"), new InstanceKeys(Tenants, new PlainSecrets(), time), time, NullLogger<AnchorLog>.Instance);
        Verifier = new LedgerVerifier(database, anchors, time);
        var options = Options.Create(new BudgetsOptions { WaitSeconds = waitSeconds });
        Ledger = new BudgetLedger(Writer, Tenants, anchors, options, time);
        var models = new AllModels();
        Budgets = new BudgetService(Ledger, Tenants, models, options);
        PriceList = new PriceList(Options.Create(new PricesOptions()), options);
        Prices = new PriceService(Writer, Tenants, PriceList, time, NullLogger<PriceService>.Instance);
        Repricer = new Repricer(Ledger, PriceList, models);
        Audit = new AuditService(Tenants);
        Costs = new CostService(database, Tenants);
        Entries = new LedgerService(Tenants, Verifier, Ledger, new StatementReader(database, time));
        Guard = new LedgerGuard(database, Tenants, Verifier, time, NullLogger<LedgerGuard>.Instance);
    }

    public Database Database { get; }
    public string Folder { get; }
    public TimeProvider Time { get; }
    public Writer Writer { get; }
    public TenantScope Tenants { get; }
    public LedgerVerifier Verifier { get; }
    public BudgetLedger Ledger { get; }
    public BudgetService Budgets { get; }
    public CostService Costs { get; }
    public LedgerService Entries { get; }
    public LedgerGuard Guard { get; }
    public PriceList PriceList { get; }
    public PriceService Prices { get; }
    public Repricer Repricer { get; }
    public AuditService Audit { get; }
    public string AnchorFileOf(Guid tenantId) => Path.Combine(Folder, "anchors", $"{tenantId:D}.log");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Brings the schema.</summary>
    public static async Task MigrateAsync(Database database, CancellationToken cancellationToken)
    {
        await using var db = new TenantScope(database).System("schema of a test database");
        await db.Database.MigrateAsync(cancellationToken);
    }

    /// <summary>A tenant and somebody who may do everything in it.</summary>
    public async Task<Actor> MakeTenantAsync(string timeZone = "Etc/UTC")
    {
        var actor = new Actor(Guid.CreateVersion7(), Guid.CreateVersion7(), Role.Admin);
        await using var db = Tenants.Open(actor.TenantId);
        db.Add(new Tenant { Id = actor.TenantId, Name = actor.TenantId.ToString(), TimeZone = timeZone, CreatedAt = Time.GetUtcNow() });
        db.Add(new Membership { TenantId = actor.TenantId, UserId = actor.UserId, Role = actor.Role });
        await db.SaveChangesAsync(Cancelled);
        return actor;
    }

    /// <summary>Another person of the tenant.</summary>
    public async Task JoinAsync(Actor actor)
    {
        await using var db = Tenants.Open(actor.TenantId);
        db.Add(new Membership { TenantId = actor.TenantId, UserId = actor.UserId, Role = actor.Role });
        await db.SaveChangesAsync(Cancelled);
    }

    /// <summary>A key of that person.</summary>
    public async Task<Guid> MakeKeyAsync(Actor actor, string name = "ci")
    {
        var key = new ApiKey { Id = Guid.CreateVersion7(), TenantId = actor.TenantId, UserId = actor.UserId, Name = name, Prefix = "hal9_", Hash = Guid.NewGuid().ToString(), CreatedAt = Time.GetUtcNow() };
        await using var db = Tenants.Open(actor.TenantId);
        db.Add(key);
        await db.SaveChangesAsync(Cancelled);
        return key.Id;
    }

    /// <summary>A neuron of the tenant.</summary>
    public async Task MakeNeuronAsync(Actor actor, string name)
    {
        await using var db = Tenants.Open(actor.TenantId);
        db.Add(new Neuron { Id = Guid.CreateVersion7(), TenantId = actor.TenantId, Name = name, Role = name, Prompt = name });
        await db.SaveChangesAsync(Cancelled);
    }

    public Task<BudgetView> LimitAsync(Actor actor, long nano, BudgetPeriod period = BudgetPeriod.Total) =>
        Budgets.PutAsync(actor, new PutBudget { ScopeKind = BudgetScopeKind.Tenant, Period = period, Limit = new Usd(nano) }, Cancelled);

    /// <summary>A new call of that tenant.</summary>
    public static LedgerDimensions Call(Actor actor, Guid? keyId = null, Guid? runId = null, string model = "gpt-4o-mini") => new(
        actor.TenantId, actor.UserId, keyId, runId ?? Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), "writer", Layer.L2, RunKind.Api, "openai", model);

    public Task ReserveAsync(LedgerDimensions call, long nano, long tokens = 1000, TimeSpan? wait = null) =>
        Ledger.ReserveAsync(new ReserveOrder(call, new Usd(nano), tokens, Time.GetUtcNow() + (wait ?? TimeSpan.Zero)), static (_, _) => { }, Cancelled);

    public Task SettleAsync(LedgerDimensions call, long nano, long input = 100, long output = 10) =>
        Ledger.SettleAsync(call, new Settlement(new Usd(nano), new TokenUsage(input, output), "test/1", []), static _ => { }, Cancelled);

    public Task ReleaseAsync(LedgerDimensions call) => Ledger.ReleaseAsync(call, "not needed", static _ => { }, Cancelled);

    public Task<Refusal?> FindExhaustedAsync(Guid tenantId, Guid userId, Guid? keyId, CancellationToken cancellationToken) =>
        Writer.WriteAsync(tenantId, batch => Ledger.FindExhausted(batch, tenantId, userId, keyId), cancellationToken);

    public async Task<List<LedgerRow>> RowsAsync(Guid tenantId)
    {
        await using var db = Tenants.Open(tenantId);
        return await db.Set<LedgerRow>().AsNoTracking().OrderBy(row => row.Seq).ToListAsync(Cancelled);
    }

    public async Task<int> OpenAsync(Guid tenantId)
    {
        await using var db = Tenants.Open(tenantId);
        return await db.Set<OpenReservationRow>().CountAsync(Cancelled);
    }

    public async Task<long> SettledAsync(Guid tenantId) => (await RowsAsync(tenantId)).Where(row => row.Kind == LedgerKind.Settle).Sum(row => row.Amount.Nano);

    /// <summary>Changes the database behind the ledger's back.</summary>
    public void Tamper(string sql)
    {
        using var connection = Database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        Guard.Dispose();
        await anchors.DisposeAsync();
        await Writer.DisposeAsync();
    }

    /// <summary>Every model can be called.</summary>
    private sealed class AllModels : IModelNames
    {
        public string? Find(string model) => model.Contains('/', StringComparison.Ordinal) ? model : null;

        public (string Kind, Uri? Address)? ProviderOf(string name) => ("OpenAI", null);
    }

    private sealed class PlainSecrets : ISecrets
    {
        public string Protect(string secret) => "plain:" + secret;

        public string Unprotect(string protectedSecret) => protectedSecret["plain:".Length..];
    }
}
