using System.Diagnostics;
using System.Globalization;
using Hal9.Benchmarks.Harness;

namespace Hal9.Benchmarks.Gateway;

/// <summary>Programs of others, installed by the verb itself into a folder of its own.</summary>
internal static class Peers
{
    private const string PortkeyPackage = """
        { "private": true, "dependencies": { "@portkey-ai/gateway": "1.15.2" }, "overrides": { "@hono/node-server": "1.13.8" } }
        """;

    /// <summary>Portkey's gateway from npm; null where there is no npm, or no registry.</summary>
    public static async Task<(Child Child, Uri Url)?> PortkeyAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "hal9-benchmark-portkey")).FullName;
        var script = Path.Combine(folder, "node_modules", "@portkey-ai", "gateway", "build", "start-server.js");
        if (!File.Exists(script))
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), PortkeyPackage, cancellationToken);
            if (!await RunsAsync(folder, "npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], cancellationToken))
            {
                return null;
            }
        }
        // Its own server listens on every address; this one hands it the loopback.
        await File.WriteAllTextAsync(Path.Combine(folder, "loopback.cjs"), "const n=require('net');const l=n.Server.prototype.listen;n.Server.prototype.listen=function(p,...a){return typeof p==='object'&&p?l.call(this,{...p,host:'127.0.0.1'},...a):l.call(this,p,'127.0.0.1',...a.filter(x=>typeof x==='function'))};\n", cancellationToken);
        var port = Machine.FreePort();
        var start = new ProcessStartInfo("node") { WorkingDirectory = folder };
        foreach (var argument in new[] { "--require", Path.Combine(folder, "loopback.cjs"), script, "--headless", string.Create(CultureInfo.InvariantCulture, $"--port={port}") })
        {
            start.ArgumentList.Add(argument);
        }
        start.Environment["NODE_ENV"] = "production";
        var (child, _) = await Child.StartAsync(start, null, cancellationToken);
        return (child, await ListeningAsync(child, port, cancellationToken));
    }

    /// <summary>nginx with one worker per core and kept connections to the model; null where it is not installed.</summary>
    public static async Task<(Child Child, Uri Url)?> NginxAsync(Uri upstream, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("hal9-benchmark-nginx-").FullName;
        var port = Machine.FreePort();
        await File.WriteAllTextAsync(
            Path.Combine(folder, "nginx.conf"),
            $$"""
            daemon off; worker_processes auto; pid {{folder}}/pid; error_log stderr crit;
            events { worker_connections 4096; }
            http {
              access_log off; client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/f; uwsgi_temp_path {{folder}}/u; scgi_temp_path {{folder}}/s;
              upstream model { server {{upstream.Authority}}; keepalive 512; keepalive_requests 1000000; }
              server { listen 127.0.0.1:{{port}}; keepalive_requests 1000000;
                location / { proxy_pass http://model; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; } }
            }
            """,
            cancellationToken);
        var start = new ProcessStartInfo("nginx", ["-c", Path.Combine(folder, "nginx.conf"), "-p", folder]);
        try
        {
            var (child, _) = await Child.StartAsync(start, null, cancellationToken);
            return (child, await ListeningAsync(child, port, cancellationToken));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static async Task<Uri> ListeningAsync(Child child, int port, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var client = new System.Net.Sockets.TcpClient();
                await client.ConnectAsync(System.Net.IPAddress.Loopback, port, cancellationToken);
                return new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
            }
            catch (System.Net.Sockets.SocketException) when (Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(20))
            {
                await Task.Delay(50, cancellationToken);
            }
            catch (System.Net.Sockets.SocketException e)
            {
                throw new InvalidOperationException($"A peer did not begin to listen:\n{child.Log}", e);
            }
        }
    }

    private static async Task<bool> RunsAsync(string folder, string program, string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder })!;
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
