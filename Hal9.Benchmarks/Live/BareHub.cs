using Hal9.Benchmarks.Gateway;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Benchmarks.Live;

/// <summary>What a live page can cost least: a SignalR hub on bare Kestrel that tells everybody of each event, in a process of its own.</summary>
internal sealed class BareHub : Hub
{
    public const string Path = "/hub";

    public static async Task<int> ServeAsync()
    {
        var app = Bare.Build(services =>
        {
            services.AddRouting();
            services.AddSignalR();
        });
        app.UseRouting();
        app.MapHub<BareHub>(Path);
        var hub = app.Services.GetRequiredService<IHubContext<BareHub>>();
        app.MapPost(Signals.Path, (HttpContext context) => Signals.PaceAsync(
            context, number => hub.Clients.All.SendAsync("pulse", new[] { new { from = Signals.Upper, to = Signals.Lower, kind = "down", count = 1 } }, context.RequestAborted)));
        return await Bare.ServeAsync(app);
    }
}
