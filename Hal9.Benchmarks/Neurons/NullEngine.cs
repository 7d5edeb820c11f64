using Hal9.Engine;
using Hal9.Engine.Models;
using Hal9.Engine.Models.Providers;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Hal9.Benchmarks.Neurons;

/// <summary>The engine as it is, over a model that takes no time, its data directory in the machine's memory where the system has such a place.</summary>
internal sealed class NullEngine : IAsyncDisposable
{
    private const string Memory = "/dev/shm";
    private readonly IHost host;
    private readonly string folder;

    private NullEngine(IHost host, string folder, Actor actor)
    {
        this.host = host;
        this.folder = folder;
        Actor = actor;
    }

    public IServiceProvider Services => host.Services;

    public RunService Runs => Services.GetRequiredService<RunService>();

    public Actor Actor { get; }

    public static async Task<NullEngine> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Directory.Exists(Memory) ? Memory : Path.GetTempPath(), $"hal9-benchmark-{Guid.NewGuid():N}");
        var settings = new Dictionary<string, string?>
        {
            ["Data:Directory"] = folder,
            ["Models:Providers:null:Kind"] = "OpenAI",
            ["Models:Providers:null:BaseUrl"] = "http://127.0.0.1:9/v1",
            ["Models:Tiers:Strong"] = "null/model",
            ["Models:Tiers:Balanced"] = "null/model",
            ["Models:Tiers:Fast"] = "null/model",
            ["Models:Prices:0:Model"] = "null/*",
            ["Models:Prices:0:InputUsd"] = "0.4",
            ["Models:Prices:0:OutputUsd"] = "1.6",
        };
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<ISecrets, PlainSecrets>();
        builder.Services.AddHal9Engine(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        builder.Services.AddSingleton(new ProviderTable([new Provider("null", ProviderKind.OpenAI, new Uri("http://127.0.0.1:9/v1"), [], new NullModel())]));
        var host = builder.Build();
        await host.Services.GetRequiredService<Migrator>().MigrateAsync(cancellationToken);
        await host.StartAsync(cancellationToken);
        var tenant = new Tenant { Id = Guid.CreateVersion7(), Name = "Benchmark", CreatedAt = DateTimeOffset.UtcNow };
        await using var db = host.Services.GetRequiredService<TenantScope>().Open(tenant.Id);
        db.Add(tenant);
        foreach (var seed in host.Services.GetServices<ITenantSeed>())
        {
            seed.Seed(db, tenant.Id);
        }
        await db.SaveChangesAsync(cancellationToken);
        return new NullEngine(host, folder, new Actor(tenant.Id, Guid.CreateVersion7(), Role.Admin));
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private sealed class PlainSecrets : ISecrets
    {
        public string Protect(string secret) => secret;

        public string Unprotect(string protectedSecret) => protectedSecret;
    }
}
