using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Hal9.Benchmarks.Gateway;

/// <summary>A Kestrel with nothing on top: what stands behind and beside the product in the measurements.</summary>
internal static class Bare
{
    public static WebApplication Build(Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        services?.Invoke(builder.Services);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        return builder.Build();
    }

    /// <summary>Says its address and serves until it is killed, or until whoever started it is gone.</summary>
    public static async Task<int> ServeAsync(WebApplication app)
    {
        await app.StartAsync();
        await Console.Out.WriteLineAsync(app.Urls.First());
        await HostingAbstractionsHostExtensions.WaitForShutdownAsync(app);
        return 0;
    }
}
