using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Hal9.Web.Accounts;

/// <summary>At start: unattended set-up if asked for, else, while nobody is there, a link for a person.</summary>
internal sealed partial class FirstStart(FirstSetup setup, IOptions<SetupOptions> options, IServer server, ILogger<FirstStart> log) : IHostedLifecycleService
{
    /// <summary>Before the server listens.</summary>
    /// <exception cref="InvalidOperationException">The configured person or tenant is not acceptable; the message says why.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.IsAsked || !await setup.IsOpenAsync(cancellationToken))
        {
            return;
        }
        var wish = options.Value;
        var outcome = await setup.MakeAsync(wish.Email, await wish.ReadPasswordAsync(cancellationToken), wish.Tenant, cancellationToken);
        if (outcome.PersonId is null)
        {
            throw new InvalidOperationException($"Hal9:Setup cannot be carried out: {string.Join(" ", outcome.Faults)}");
        }
        LogPrepared(wish.Tenant);
    }

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (await setup.IsOpenAsync(cancellationToken))
        {
            var link = $"{Address()}/setup?code={await setup.NewCodeAsync(cancellationToken)}";
            LogLink(link, FirstSetup.LinkLife.TotalMinutes);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string Address()
    {
        var first = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost";
        var address = BindingAddress.Parse(first);
        var host = address.Host is "0.0.0.0" or "[::]" or "*" or "+" ? "localhost" : address.Host;
        return $"{address.Scheme}://{host}:{address.Port}";
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Nobody has an account yet. Open this link within {Minutes} minutes to set HAL9 Console up (it works once):\n\n    {Link}\n")]
    private partial void LogLink(string link, double minutes);

    [LoggerMessage(Level = LogLevel.Information, Message = "The first person and the organisation \"{Tenant}\" were made as configured in Hal9:Setup.")]
    private partial void LogPrepared(string tenant);
}
