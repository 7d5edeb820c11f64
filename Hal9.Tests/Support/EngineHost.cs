using Hal9.Engine;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hal9.Tests.Support;

/// <summary>The engine without the web: real silo, real SQLite in a folder of its own, a scripted provider behind every tier.</summary>
public sealed class EngineHost : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly Dictionary<string, string?> settings = [];
    private IHost? host;

    public ScriptedProvider Provider { get; private set; } = null!;

    /// <summary>Leaves every tier to the built-in model.</summary>
    public bool IsOffline { get; init; }

    /// <summary>Adds services before the engine adds its own.</summary>
    public Action<IServiceCollection>? Add { get; init; }

    public IServiceProvider Services => host!.Services;

    public RunService Runs => Services.GetRequiredService<RunService>();

    public async ValueTask InitializeAsync()
    {
        Provider = await ScriptedProvider.StartAsync();
        Set("Models:Providers:test:Kind", "OpenAI");
        Set("Models:Providers:test:BaseUrl", Provider.BaseUrl);
        if (!IsOffline)
        {
            Set("Models:Tiers:Strong", "test/large");
            Set("Models:Tiers:Balanced", "test/large");
            Set("Models:Tiers:Fast", "test/small");
        }
        Set("Models:Prices:0:Model", "test/*");
        Set("Models:Prices:0:InputUsd", "1");
        Set("Models:Prices:0:OutputUsd", "2");
        Set("Budgets:NewTenant:HourUsd", "0");
        Set("Budgets:NewTenant:DayUsd", "0");
        Set("Data:Directory", folder.Path);
        await StartAsync();
    }

    /// <summary>Sets a configuration value below <c>Hal9</c> for the next start.</summary>
    public void Set(string key, string value) => settings[key] = value;

    /// <summary>Starts the host on its data.</summary>
    public async Task StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Error).AddFilter("Orleans", LogLevel.None);
        builder.Services.AddSingleton<ISecrets, PlainSecrets>();
        Add?.Invoke(builder.Services);
        builder.Services.AddHal9Engine(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        host = builder.Build();
        await Services.GetRequiredService<Migrator>().MigrateAsync(CancellationToken.None);
        await host.StartAsync();
    }

    /// <summary>Stops the host as it is; runs at work stay unfinished, as after a crash but with their calls settled.</summary>
    public async Task StopAsync()
    {
        await host!.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
        SqliteConnection.ClearAllPools();
    }

    /// <summary>A fresh tenant with the default hierarchy, and its administrator.</summary>
    public async Task<Actor> NewTenantAsync()
    {
        var tenant = new Tenant { Id = Guid.CreateVersion7(), Name = $"Tenant {Guid.NewGuid():N}", CreatedAt = DateTimeOffset.UtcNow };
        await using var db = Services.GetRequiredService<TenantScope>().Open(tenant.Id);
        db.Add(tenant);
        foreach (var seed in Services.GetServices<ITenantSeed>())
        {
            seed.Seed(db, tenant.Id);
        }
        await db.SaveChangesAsync();
        return new Actor(tenant.Id, Guid.CreateVersion7(), Role.Admin);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Provider.DisposeAsync();
        folder.Dispose();
    }

    private sealed class PlainSecrets : ISecrets
    {
        public string Protect(string secret) => secret;

        public string Unprotect(string protectedSecret) => protectedSecret;
    }
}

/// <summary>One engine for all tests that only need one.</summary>
[CollectionDefinition(Name)]
public sealed class EngineCollection : ICollectionFixture<EngineHost>
{
    public const string Name = "one engine";
}
