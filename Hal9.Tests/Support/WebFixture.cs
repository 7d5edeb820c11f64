using System.Collections.Concurrent;
using Hal9.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Hal9.Tests.Support;

/// <summary>
/// The product in this process without a model provider of ours: real Kestrel, real SQLite, and everything it logs kept for reading.
/// For what has nothing to do with models; <see cref="Hal9Host"/> is the one with a <see cref="ScriptedProvider"/>.
/// </summary>
public sealed class WebFixture : IAsyncLifetime
{
    private readonly Dictionary<string, string?> settings = [];
    private readonly Action<WebApplicationBuilder>? configure;
    private readonly bool ownsDirectory = true;
    private readonly string? environment;
    private WebApplication? app;

    /// <summary>For collections: set up unattended.</summary>
    public WebFixture() => settings = new()
    {
        ["Hal9:Setup:Email"] = Hal9Settings.Email,
        ["Hal9:Setup:Password"] = Hal9Settings.Password,
        ["Hal9:Setup:Tenant"] = Hal9Settings.Tenant,
    };

    private WebFixture(Dictionary<string, string?> settings, Action<WebApplicationBuilder>? configure, string? dataDirectory, string? environment)
    {
        this.environment = environment;
        this.settings = settings;
        this.configure = configure;
        ownsDirectory = dataDirectory is null;
        DataDirectory = dataDirectory ?? DataDirectory;
    }

    public string DataDirectory { get; } = Hal9Settings.NewDataDirectory();

    public string Url => Running.Urls.First();

    public IServiceProvider Services => Running.Services;

    /// <summary>All that was logged, as a console would show it.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    private WebApplication Running => app ?? throw new InvalidOperationException("The host is not started.");

    /// <summary>Starts a host for one test, with these settings only.</summary>
    public static async Task<WebFixture> StartAsync(
        Dictionary<string, string?>? settings = null, Action<WebApplicationBuilder>? configure = null, string? dataDirectory = null, string? environment = null)
    {
        var host = new WebFixture(settings ?? [], configure, dataDirectory, environment);
        try
        {
            await host.InitializeAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>A browser's view: cookies are kept, redirects are shown and not followed.</summary>
    public Browser NewBrowser() => new(Url);

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(Program).Assembly.GetName().Name,
            ContentRootPath = Hal9Settings.RepositoryRoot,
            EnvironmentName = environment,
        });
        settings["Hal9:Data:Directory"] = DataDirectory;
        builder.Configuration.AddInMemoryCollection(settings);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(new Keep(Log)).SetMinimumLevel(LogLevel.Trace);
        builder.AddHal9();
        configure?.Invoke(builder);
        app = builder.Build();
        await app.UseHal9Async();
        await app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
        if (ownsDirectory)
        {
            Directory.Delete(DataDirectory, recursive: true);
        }
    }

    private sealed class Keep(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}

/// <summary>Tests that share one set-up host and change nothing that another of them sees.</summary>
[CollectionDefinition(Name)]
public sealed class WebCollection : ICollectionFixture<WebFixture>
{
    public const string Name = "one web host";
}
