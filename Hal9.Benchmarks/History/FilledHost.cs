using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hal9.Benchmarks.Harness;
using Hal9.Benchmarks.Live;
using Hal9.Engine;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Benchmarks.History;

/// <summary>What is known of a filled data directory.</summary>
internal sealed record FilledFacts(int Version, string Schema, Guid TenantId, long LedgerRows, long Messages, long Runs, long Conversations, long Nano, string RareWord, string UsualWord, IReadOnlyList<Guid> People);

/// <summary>
/// The whole product in a process of its own on months of use (<see cref="TenantFiller"/>). The data lies in <c>artifacts/</c> and is filled once: reading
/// changes nothing of it but what the live feed adds.
/// </summary>
internal sealed class FilledHost : IAsyncDisposable
{
    public const int FullRows = 5_000_000;
    public const int SmallRows = FullRows / 100;

    // Another number: what the filler makes is different, fill anew.
    private const int Version = 2;
    private const int Days = 120;
    private const int People = 200;

    private FilledHost(Child child, Uri url, FilledFacts facts, string database, Hal9Client api, Browser pages) =>
        (Child, Url, Facts, DatabaseFile, Api, Pages) = (child, url, facts, database, api, pages);

    public Child Child { get; }

    public Uri Url { get; }

    public FilledFacts Facts { get; }

    public string DatabaseFile { get; }

    public Hal9Client Api { get; }

    public Browser Pages { get; }

    public static async Task<FilledHost> StartAsync(int ledgerRows, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Hal9Settings.RepositoryRoot, "artifacts", "benchmarks", string.Create(CultureInfo.InvariantCulture, $"filled-{ledgerRows}"));
        var database = Path.Combine(folder, "hal9.db");
        var facts = await PrepareAsync(folder, database, ledgerRows, cancellationToken);
        var (child, url) = await Child.StartOwnAsync(cancellationToken, "live-host", folder, "0");
        try
        {
            var api = await Hal9Client.SignInAsync(url, Hal9Settings.Email, Hal9Settings.Password, cancellationToken);
            // An access token lasts a quarter of an hour only.
            await api.UseNewKeyAsync("benchmark", cancellationToken);
            return new FilledHost(child, new Uri(url), facts, database, api, await CircuitViewer.SignInAsync(new Uri(url), cancellationToken));
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>Fills a new data directory, for a console to be looked at with something in it.</summary>
    public static async Task<int> FillAsync(string folder, int ledgerRows, CancellationToken cancellationToken)
    {
        await PrepareAsync(folder, Path.Combine(folder, "hal9.db"), ledgerRows, cancellationToken);
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        Pages.Dispose();
        await Child.DisposeAsync();
    }

    private static async Task<FilledFacts> PrepareAsync(string folder, string file, int ledgerRows, CancellationToken cancellationToken)
    {
        var marker = Path.Combine(folder, "filled.json");
        var database = Database.Sqlite(file);
        await using var db = new TenantScope(database).System("the benchmark's only tenant");
        // Data of an older schema is of no use: it is made anew.
        var schema = db.Database.GetMigrations().Last();
        if (File.Exists(marker) && JsonSerializer.Deserialize<FilledFacts>(await File.ReadAllTextAsync(marker, cancellationToken)) is { Version: Version } known && known.Schema == schema)
        {
            return known;
        }
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
        Directory.CreateDirectory(folder);
        var (child, _) = await Child.StartOwnAsync(cancellationToken, "live-host", folder, "0");
        await child.DisposeAsync();
        var watch = Stopwatch.StartNew();
        var tenant = (await db.Set<Tenant>().SingleAsync(cancellationToken)).Id;
        var filled = TenantFiller.Fill(database, tenant, FillSize.OfLedger(ledgerRows, Days, People), TimeProvider.System.GetUtcNow());
        SqliteConnection.ClearAllPools();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"filled {filled.LedgerRows:#,0} ledger rows, {filled.Messages:#,0} messages, {filled.Runs:#,0} runs in {watch.Elapsed.TotalSeconds:0} s; {new FileInfo(file).Length / 1024 / 1024:#,0} MB"));
        var facts = new FilledFacts(Version, schema, tenant, filled.LedgerRows, filled.Messages, filled.Runs, filled.Conversations, filled.Amount.Nano, filled.RareWord, filled.UsualWord, filled.People);
        await File.WriteAllTextAsync(marker, JsonSerializer.Serialize(facts), cancellationToken);
        return facts;
    }
}
