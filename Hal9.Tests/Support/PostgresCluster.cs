using System.Diagnostics;
using Hal9.Engine.Storage;
using Npgsql;

namespace Hal9.Tests.Support;

/// <summary>
/// A throw-away PostgreSQL cluster in a folder of its own, reached through a socket in that folder. Without PostgreSQL's programs on this
/// machine <see cref="Missing"/> says so, and its tests are skipped with that reason.
/// </summary>
public sealed class PostgresCluster : IAsyncLifetime
{
    private const string Template = "hal9_template";
    private readonly TempFolder folder = new();
    private Process? server;

    /// <summary>Why there is no cluster, or null.</summary>
    public string? Missing { get; private set; }

    private static string? Programs { get; } = FindPrograms();

    private string Data => folder.Of("data");

    public async ValueTask InitializeAsync()
    {
        if (Programs is null)
        {
            Missing = "PostgreSQL's programs (initdb, postgres) are not installed.";
            return;
        }
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", "postgres", folder.Path);
        }
        await RunAsync([.. AsServer(Path.Combine(Programs, "initdb")), "-D", Data, "-U", "hal9", "-A", "trust", "-E", "UTF8", "--no-sync"]);
        await StartAsync();
        Execute("postgres", $"CREATE DATABASE {Template}");
        await LedgerLab.MigrateAsync(Of(Template), CancellationToken.None);
        NpgsqlConnection.ClearAllPools();
    }

    /// <summary>A new database with the schema in it.</summary>
    public string Create()
    {
        var name = $"t_{Guid.NewGuid():N}";
        Execute("postgres", $"CREATE DATABASE {name} TEMPLATE {Template}");
        return name;
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            NpgsqlConnection.ClearAllPools();
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
            server.Dispose();
        }
        folder.Dispose();
    }

    public string ConnectionStringOf(string name) => $"Host={folder.Path};Port=5432;Username=hal9;Database={name};Maximum Pool Size=20";

    public Database Of(string name) => new(DataProvider.PostgreSql, ConnectionStringOf(name));

    private async Task StartAsync()
    {
        var command = AsServer(Path.Combine(Programs!, "postgres"));
        server = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], [.. command[1..], "-D", Data, "-k", folder.Path, "-c", "listen_addresses=", "-c", "fsync=off",
                // Each test has databases of its own, whose idle connections stay in their pools.
                "-c", "max_connections=500"])
            {
                RedirectStandardError = true,
                WorkingDirectory = folder.Path,
            },
        };
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new List<string>();
        server.ErrorDataReceived += (_, line) =>
        {
            log.Add(line.Data ?? "");
            if (line.Data is null)
            {
                ready.TrySetException(new InvalidOperationException("PostgreSQL did not start: " + string.Join('\n', log)));
            }
            else if (line.Data.Contains("ready to accept connections", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        };
        server.Start();
        server.BeginErrorReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private void Execute(string database, string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionStringOf(database));
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    // PostgreSQL refuses to run as root.
    private static string[] AsServer(string program) =>
        Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", program] : [program];

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}: {await output}{await errors}");
        }
    }

    private static string? FindPrograms()
    {
        var folders = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin")) : [];
        return folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)).FirstOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")));
    }
}
