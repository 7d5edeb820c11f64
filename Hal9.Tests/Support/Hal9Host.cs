using Hal9.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Hal9.Tests.Support;

/// <summary>
/// The whole product in this process: its own composition, real Kestrel on a free port, real SQLite in a folder of its own, set up unattended,
/// a <see cref="ScriptedProvider"/> behind all tiers. One per collection (<see cref="Hal9HostCollection"/>), or started by a test that needs other settings.
/// </summary>
public sealed class Hal9Host : IAsyncLifetime
{
    private readonly ScriptedProvider? given;
    private readonly Action<Dictionary<string, string?>>? configure;
    private readonly string data = Hal9Settings.NewDataDirectory();
    private readonly HostLog log = new();
    private WebApplication? app;
    private Hal9Client? owner;

    /// <summary>For collections: its own provider of kind OpenAI and the default settings.</summary>
    public Hal9Host()
    {
    }

    private Hal9Host(ScriptedProvider provider, Action<Dictionary<string, string?>>? configure)
    {
        given = provider;
        this.configure = configure;
    }

    /// <summary>The provider behind all tiers.</summary>
    public ScriptedProvider Provider { get; private set; } = null!;

    /// <summary>Where it listens, without a slash at the end.</summary>
    public string Url => Running.Urls.First();

    /// <summary>The errors that it logged so far, with their exceptions.</summary>
    public string Errors => log.Errors;

    /// <summary>Its services.</summary>
    public IServiceProvider Services => Running.Services;

    /// <summary>The data directory.</summary>
    public string DataDirectory => data;

    /// <summary>The owner's client, with an API key.</summary>
    public Hal9Client Owner => owner ?? throw new InvalidOperationException("The host is not started.");

    private WebApplication Running => app ?? throw new InvalidOperationException("The host is not started.");

    /// <summary>Starts a host for one test. The provider stays the caller's.</summary>
    public static async Task<Hal9Host> StartAsync(ScriptedProvider provider, Action<Dictionary<string, string?>>? configure = null)
    {
        var host = new Hal9Host(provider, configure);
        await host.InitializeAsync();
        return host;
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Provider = given ?? await ScriptedProvider.StartAsync();
        var settings = Hal9Settings.For(data, Provider);
        configure?.Invoke(settings);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // The name finds the static assets' manifests, which the build lays beside the tests.
            ApplicationName = typeof(Program).Assembly.GetName().Name,
            ContentRootPath = Hal9Settings.RepositoryRoot,
        });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddProvider(log);
        builder.AddHal9();
        app = builder.Build();
        await app.UseHal9Async();
        await app.StartAsync();
        owner = await Hal9Client.SignInAsync(Url, Hal9Settings.Email, Hal9Settings.Password, CancellationToken.None);
        await owner.UseNewKeyAsync("tests", CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        owner?.Dispose();
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
        if (given is null)
        {
            await Provider.DisposeAsync();
        }
        Directory.Delete(data, recursive: true);
    }
}

/// <summary>Journeys that share one host; they run one after another, each resets the provider.</summary>
[CollectionDefinition(Name)]
public sealed class Hal9HostCollection : ICollectionFixture<Hal9Host>
{
    public const string Name = "one host";
}

/// <summary>Pages in the browser, on a host of their own: they take as long as all other journeys together.</summary>
[CollectionDefinition(Name)]
public sealed class PagesHostCollection : ICollectionFixture<Hal9Host>
{
    public const string Name = "one host for pages in the browser";
}

/// <summary>Chat in the browser, beside the other pages.</summary>
[CollectionDefinition(Name)]
public sealed class ChatHostCollection : ICollectionFixture<Hal9Host>
{
    public const string Name = "one host for chat in the browser";
}
