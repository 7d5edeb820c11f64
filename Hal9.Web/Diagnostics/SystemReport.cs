using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Hal9.Web.Health;
using Hal9.Web.Shared;
using Hal9.Web.Telemetry;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hal9.Web.Diagnostics;

/// <summary>A check of readiness.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">How it is.</param>
/// <param name="Message">In its own words.</param>
/// <param name="Fix">What to do; null: nothing.</param>
/// <param name="Took">How long it took.</param>
public sealed record CheckState(string Name, HealthStatus Status, string Message, string? Fix, TimeSpan Took);

/// <summary>What runs here.</summary>
/// <param name="Product">The console's version.</param>
/// <param name="Runtime">The .NET runtime's.</param>
/// <param name="System">The operating system's.</param>
/// <param name="Database">The database's.</param>
/// <param name="Schema">The newest migration.</param>
public sealed record Versions(string Product, string Runtime, string System, string Database, string Schema);

/// <summary>The state of the instance at a moment.</summary>
/// <param name="At">When the checks were made (UTC).</param>
/// <param name="Since">When the process began (UTC).</param>
/// <param name="Checks">Worst first.</param>
/// <param name="Versions">What runs here.</param>
/// <param name="Folder">The data directory.</param>
/// <param name="OpenCircuits">Pages that the server keeps.</param>
/// <param name="ConnectedCircuits">Of them, those whose browser is connected.</param>
public sealed record InstanceState(
    DateTimeOffset At, DateTimeOffset Since, IReadOnlyList<CheckState> Checks, Versions Versions, DataFolder Folder, int OpenCircuits, int ConnectedCircuits)
{
    /// <summary>The worst of the checks.</summary>
    public HealthStatus Status => Checks.Count == 0 ? HealthStatus.Healthy : Checks.Min(check => check.Status);
}

/// <summary>The state of the instance, as a page and as a bundle for whoever helps. It holds no secret.</summary>
public sealed class SystemReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Probe probe;
    private readonly StorageHealth storage;
    private readonly SettingSources sources;
    private readonly CircuitCounter circuits;
    private readonly LogTail tail;
    private readonly MeterBridge metrics;
    private readonly DateTimeOffset since;

    internal SystemReport(Probe probe, StorageHealth storage, SettingSources sources, CircuitCounter circuits, LogTail tail, MeterBridge metrics)
    {
        (this.probe, this.storage, this.sources, this.circuits, this.tail, this.metrics) = (probe, storage, sources, circuits, tail, metrics);
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        since = process.StartTime.ToUniversalTime();
    }

    /// <summary>The state now.</summary>
    /// <exception cref="AccessDenied">The actor may not edit the engine.</exception>
    public async Task<InstanceState> ReadAsync(Actor actor, CancellationToken cancellationToken)
    {
        Check(actor);
        var (at, report) = await probe.ReadAsync(HealthSetup.Ready, cancellationToken);
        return new InstanceState(
            at, since,
            [
                .. report.Entries.OrderBy(entry => entry.Value.Status).ThenBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => new CheckState(
                    entry.Key, entry.Value.Status, entry.Value.Description ?? entry.Value.Exception?.Message ?? "", entry.Value.Status == HealthStatus.Healthy ? null : HealthSetup.FixOf(entry.Key),
                    entry.Value.Duration)),
            ],
            new Versions(Product, RuntimeInformation.FrameworkDescription, RuntimeInformation.OSDescription, storage.Version, await storage.NewestMigrationAsync(cancellationToken)),
            storage.Folder(), circuits.Open, circuits.Connected);
    }

    /// <summary>The configuration in force.</summary>
    /// <exception cref="AccessDenied">The actor may not edit the engine.</exception>
    public IReadOnlyList<Setting> Settings(Actor actor)
    {
        Check(actor);
        return sources.All();
    }

    /// <summary>The state in a few lines of text, to paste into a message.</summary>
    public static string InText(InstanceState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"HAL9 Console {state.Versions.Product}, {state.Versions.Runtime}, {state.Versions.System}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Database {state.Versions.Database}, schema {state.Versions.Schema}");
        text.AppendLine(CultureInfo.InvariantCulture, $"{state.Status} at {state.At:yyyy-MM-dd'T'HH:mm:ss'Z'}, up since {state.Since:yyyy-MM-dd'T'HH:mm:ss'Z'}, {state.OpenCircuits} pages open");
        text.AppendLine(CultureInfo.InvariantCulture, $"Data {NumberText.Bytes(state.Folder.Entries.Sum(entry => entry.Bytes))}, free {NumberText.Bytes(state.Folder.FreeBytes)}");
        foreach (var check in state.Checks)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {check.Name}: {check.Status}. {check.Message}");
        }
        return text.ToString();
    }

    /// <summary>Writes the bundle: versions, checks, masked configuration, the newest lines of the log, and a scrape of the metrics.</summary>
    /// <exception cref="AccessDenied">The actor may not edit the engine.</exception>
    public async Task WriteBundleAsync(Actor actor, Stream target, CancellationToken cancellationToken)
    {
        var state = await ReadAsync(actor, cancellationToken);
        using var scrape = new MemoryStream();
        await metrics.Registry.CollectAndExportAsTextAsync(scrape, cancellationToken);
        // The archive writes its directory synchronously, which a response does not take.
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "summary.txt", InText(state));
            Add(zip, "versions.json", JsonSerializer.Serialize(state.Versions, Json));
            Add(zip, "checks.json", JsonSerializer.Serialize(state.Checks.Select(c => new { c.Name, status = c.Status.ToString(), c.Message, c.Fix, ms = c.Took.TotalMilliseconds }), Json));
            Add(zip, "settings.json", JsonSerializer.Serialize(sources.All().Select(s => new { s.Key, s.Value, source = s.Origin.ToString(), s.Place }), Json));
            Add(zip, "data.json", JsonSerializer.Serialize(state.Folder, Json));
            Add(zip, "log.txt", Clean(string.Join('\n', tail.Lines)));
            Add(zip, "metrics.txt", Encoding.UTF8.GetString(scrape.ToArray()));
        }
        buffer.Position = 0;
        await buffer.CopyToAsync(target, cancellationToken);
    }

    // Nothing logs secrets; should a library do so, they still do not leave the house.
    private string Clean(string text) => sources.Secrets().OrderByDescending(secret => secret.Length).Aggregate(text, (left, secret) => left.Replace(secret, SettingSources.Mask, StringComparison.Ordinal));

    private static void Add(ZipArchive zip, string name, string text)
    {
        using var entry = zip.CreateEntry(name).Open();
        entry.Write(Encoding.UTF8.GetBytes(text));
    }

    private static void Check(Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.May(Permission.EditEngine))
        {
            throw new AccessDenied(Permission.EditEngine);
        }
    }

    private static string Product => typeof(SystemReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
