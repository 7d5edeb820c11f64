using System.Collections.Concurrent;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Models;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Engine.Models;

/// <summary>The models with all their coats over a real ledger on SQLite and a scripted provider; only the run's journal is a fake.</summary>
internal sealed class ModelBench : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly string folder;

    private ModelBench(ServiceProvider services, ScriptedProvider provider, string folder, Guid tenant)
    {
        this.services = services;
        this.folder = folder;
        Provider = provider;
        Tenant = tenant;
    }

    public ScriptedProvider Provider { get; }

    public Guid Tenant { get; }

    public TestJournal Journal { get; } = new();

    public Envelope Envelope { get; } = new("run envelope", new EnvelopeLimits(null, null, null, null));

    public ModelService Models => services.GetRequiredService<ModelService>();

    public IServiceProvider Services => services;

    public static async Task<ModelBench> StartAsync(ProviderKind kind = ProviderKind.OpenAI, params (string Name, string? Value)[] settings)
    {
        var provider = await ScriptedProvider.StartAsync(kind);
        var folder = Hal9Settings.NewDataDirectory();
        var configured = Hal9Settings.For(folder, provider);
        foreach (var (name, value) in new (string, string?)[] { ("Retry:FirstDelaySeconds", "0.01"), ("Timeouts:TotalSeconds", "20") }.Concat(settings))
        {
            configured["Hal9:Models:" + name] = value;
        }
        var section = new ConfigurationBuilder().AddInMemoryCollection(configured).Build().GetSection("Hal9");
        var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddSingleton<ISecrets, PlainSecrets>()
            .AddModels(section).AddBudgets(section).AddTenancy().AddStorage(section).BuildServiceProvider();
        await services.GetRequiredService<Migrator>().MigrateAsync(TestContext.Current.CancellationToken);
        var tenant = new Tenant { Id = Guid.CreateVersion7(), Name = "Example", CreatedAt = DateTimeOffset.UtcNow };
        await using (var db = services.GetRequiredService<TenantScope>().System("test"))
        {
            db.Add(tenant);
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }
        return new ModelBench(services, provider, folder, tenant.Id);
    }

    public CallContext Context(string leaf = "1/work/1", string neuron = "writer", Envelope? envelope = null) => new()
    {
        TenantId = Tenant,
        RunId = Guid.CreateVersion7(),
        Epoch = 1,
        Kind = RunKind.Api,
        StepId = Guid.CreateVersion7(),
        Neuron = neuron,
        Layer = Layer.L2,
        Envelope = envelope ?? Envelope,
        Leaf = leaf,
        Journal = Journal,
    };

    /// <summary>A model of the scripted provider, by default in the shape of the provider's kind.</summary>
    public ModelRef Model(string name = "strong", ProviderKind? kind = null) => new(Hal9Settings.NameOf(kind ?? Provider.Kind), name);

    public IChatClient Open(ChatResponseFormat? format = null, string model = "strong", string leaf = "1/work/1", int? most = null) =>
        Models.Open(Context(leaf), Model(model), format, most);

    public Task<ChatResponse> AskAsync(string text = "Say something.", ChatOptions? options = null) =>
        Open().GetResponseAsync([new ChatMessage(ChatRole.User, text)], options, TestContext.Current.CancellationToken);

    /// <summary>Lets models be called again that cost more than was set aside.</summary>
    public async Task AcknowledgeAsync()
    {
        var ledger = services.GetRequiredService<LedgerService>();
        var actor = new Actor(Tenant, Guid.CreateVersion7(), Role.Admin);
        foreach (var overrun in await ledger.OverrunsAsync(actor, true, null, 200, TestContext.Current.CancellationToken))
        {
            await ledger.AcknowledgeAsync(actor, overrun.CallId, "expected", TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Reservations that nobody settled.</summary>
    public long OpenReservations()
    {
        using var connection = services.GetRequiredService<Database>().Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM open_reservations";
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>What the envelope still holds: 0 when everything is settled.</summary>
    public bool EnvelopeIsSettled(long limitNano)
    {
        var rest = new Usd(limitNano) - Envelope.Spent;
        return Envelope.TryReserve(rest, 0) is null;
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await Provider.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}

internal sealed class PlainSecrets : ISecrets
{
    public string Protect(string secret) => "plain:" + secret;

    public string Unprotect(string protectedSecret) => protectedSecret["plain:".Length..];
}

/// <summary>A run's journal in memory.</summary>
internal sealed class TestJournal : ICallJournal
{
    private readonly ConcurrentDictionary<Guid, CallAttempt> started = new();
    private readonly ConcurrentDictionary<Guid, CallOutcome> ended = new();
    private readonly ConcurrentDictionary<Guid, string> leaves = new();

    public Dictionary<string, ChatResponse> Stored { get; } = [];

    public ConcurrentQueue<string> Restarts { get; } = new();

    public bool TakenOver { get; set; }

    /// <summary>The attempts in order, with their outcomes; an attempt without one is missing here.</summary>
    public IReadOnlyList<(string Leaf, CallAttempt Attempt, CallOutcome Outcome)> Calls =>
        [.. started.Values.OrderBy(a => a.StartedAt).ThenBy(a => a.Id).Select(a => (leaves[a.Id], a, ended[a.Id]))];

    public ChatResponse? Replay(string leaf) => Stored.GetValueOrDefault(leaf);

    public int AttemptsOf(string leaf) => leaves.Values.Count(l => l == leaf);

    public Action<WriteBatch> Starting(CallContext context, CallAttempt attempt) => _ =>
    {
        started[attempt.Id] = attempt;
        leaves[attempt.Id] = context.Leaf;
    };

    public Action<WriteBatch> Ending(CallContext context, CallAttempt attempt, CallOutcome outcome) => _ =>
    {
        if (TakenOver)
        {
            throw new RunTakenOver(context.RunId);
        }
        ended[attempt.Id] = outcome;
    };

    public void EndLater(CallContext context, CallAttempt attempt, CallOutcome outcome, Func<WriteBatch, bool> settle) =>
        throw new NotSupportedException("No call of these tests is a run's last.");

    public Task RestartedAsync(CallContext context, CallAttempt attempt, string reason, CancellationToken cancellationToken)
    {
        Restarts.Enqueue(context.Leaf);
        return Task.CompletedTask;
    }
}
