using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;

namespace Hal9.Engine.Sandbox;

/// <summary>Lets the runner attack a sandbox from inside, with targets and secrets that this process plants outside.</summary>
/// <param name="runner">The runner.</param>
/// <param name="dataDirectory">The product's data directory.</param>
internal sealed class EscapeProbes(RunnerProgram runner, string dataDirectory)
{
    /// <summary>Attacks once.</summary>
    /// <returns>The probes, and the planted secrets that were seen, by where they had been planted.</returns>
    /// <exception cref="InvalidOperationException">The runner did not come to its end: nothing is known.</exception>
    public async Task<(IReadOnlyList<EscapeProbe> Probes, IReadOnlyList<string> SecretsSeen)> RunAsync(ISandbox sandbox, CancellationToken cancellationToken)
    {
        using var targets = new Targets(dataDirectory);
        var command = runner.Command(SandboxLimits.Small with { Time = TimeSpan.FromSeconds(20), OutputBytes = 16 << 20 }, "probe") with
        {
            Files = new Dictionary<string, string> { ["readme.txt"] = "A work tree." },
            Input = Encoding.UTF8.GetBytes(targets.Describe(runner)),
        };
        var result = await sandbox.RunAsync(command, cancellationToken);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (result is not { Outcome: SandboxOutcome.Exited, ExitCode: 0 } || lines.LastOrDefault() != "end")
        {
            throw new InvalidOperationException($"The escape probes did not come to their end: {result.Reason ?? $"exit code {result.ExitCode}"} {Start(result.Errors)}".TrimEnd());
        }
        var probes = lines.Where(line => line.StartsWith("probe ", StringComparison.Ordinal)).Select(line => line.Split(' ', 4))
            .Select(parts => new EscapeProbe(parts[1], parts[2] == "held", parts[2] == "held" ? null : parts.ElementAtOrDefault(3) ?? "")).ToList();
        return (probes, targets.SeenIn(result.Output + result.Errors));
    }

    private static string Start(string text) => text.Length > 300 ? text[..300] : text;

    private sealed class Targets : IDisposable
    {
        private readonly Dictionary<string, string> secrets = new[] { "environment", "arguments", "data directory", "readable file", "home" }
            .ToDictionary(place => place, _ => "canary" + Guid.NewGuid().ToString("N"), StringComparer.Ordinal);
        private readonly string variable = "HAL9_PROBE_" + Guid.NewGuid().ToString("N");
        private readonly string outside = Path.Combine(Path.GetTempPath(), "hal9-probe-" + Guid.NewGuid().ToString("N"));
        private readonly string secretFile;
        private readonly string homeFile;
        private readonly string name = "hal9-" + Guid.NewGuid().ToString("N");
        private readonly string data;
        private readonly TcpListener listener = new(IPAddress.IPv6Any, 0);
        private readonly Process neighbour;
        private readonly Socket local = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        private readonly Socket unnamed = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        public Targets(string data)
        {
            this.data = data;
            secretFile = Path.Combine(data, ".probe-" + Guid.NewGuid().ToString("N"));
            homeFile = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".hal9-probe-" + Guid.NewGuid().ToString("N"));
            Environment.SetEnvironmentVariable(variable, secrets["environment"]);
            File.WriteAllText(outside, secrets["readable file"]);
            FileRights.Set(outside, FileRights.Owner | FileRights.Others);
            Keep(secretFile, secrets["data directory"]);
            Keep(homeFile, secrets["home"]);
            // A process that only this name tells from others, with a secret among its arguments.
            neighbour = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "read line", name, secrets["arguments"]]) { RedirectStandardInput = true })!;
            listener.Server.DualMode = true;
            listener.Start();
            local.Bind(new UnixDomainSocketEndPoint(outside + ".sock"));
            local.Listen();
            unnamed.Bind(new UnixDomainSocketEndPoint("\0" + name));
            unnamed.Listen();
        }

        public string Describe(RunnerProgram runner)
        {
            var address = NetworkInterface.GetAllNetworkInterfaces().SelectMany(one => one.GetIPProperties().UnicastAddresses)
                .Select(one => one.Address).FirstOrDefault(one => one.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(one)) ?? IPAddress.Loopback;
            return string.Create(CultureInfo.InvariantCulture, $"""
                data={data}
                product={AppContext.BaseDirectory}
                outside={outside}
                toolchain={runner.DotnetRoot}
                hostCommand={name}
                process={neighbour.Id}
                port={((IPEndPoint)listener.LocalEndpoint).Port}
                address={address}
                socket={outside}.sock
                abstract={name}

                """);
        }

        public IReadOnlyList<string> SeenIn(string text) => [.. secrets.Where(secret => text.Contains(secret.Value, StringComparison.Ordinal)).Select(secret => secret.Key)];

        public void Dispose()
        {
            Environment.SetEnvironmentVariable(variable, null);
            neighbour.Kill();
            neighbour.Dispose();
            listener.Dispose();
            local.Dispose();
            unnamed.Dispose();
            foreach (var file in new[] { outside, outside + ".sock", secretFile, homeFile })
            {
                File.Delete(file);
            }
        }

        private static void Keep(string path, string secret)
        {
            if (Directory.Exists(Path.GetDirectoryName(path)))
            {
                try
                {
                    File.WriteAllText(path, secret);
                    FileRights.Set(path, FileRights.Owner);
                }
                catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
                {
                    // A home that cannot be written, as of a service's user: then nothing can be planted there.
                }
            }
        }
    }
}
