using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hal9.Engine.Audit;
using Hal9.Engine.Diagnostics;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hal9.Engine.Budgets;

/// <summary>The door to the instance's own price lists: import, history, differences. The configuration's prices win over them, and they over the shipped ones.</summary>
public sealed partial class PriceService
{
    private const int MostEntries = 10_000;
    private const int MostNote = 500;

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        PreferredObjectCreationHandling = JsonObjectCreationHandling.Populate,
    };

    private readonly Writer writer;
    private readonly TenantScope tenants;
    private readonly PriceList prices;
    private readonly TimeProvider time;
    private readonly ILogger<PriceService> logger;

    internal PriceService(Writer writer, TenantScope tenants, PriceList prices, TimeProvider time, ILogger<PriceService> logger) =>
        (this.writer, this.tenants, this.prices, this.time, this.logger) = (writer, tenants, prices, time, logger);

    /// <summary>Puts the newest stored list in force in this process.</summary>
    /// <exception cref="PriceImportRefused">It cannot be read: somebody changed it. What was in force stays so.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await using var db = tenants.System("the newest price list of the instance is read");
        var newest = await db.Set<PriceListRow>().AsNoTracking().OrderByDescending(list => list.Number).Select(list => list.Number).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        if (newest == prices.Imported)
        {
            return;
        }
        var row = await db.Set<PriceListRow>().AsNoTracking().SingleAsync(list => list.Number == newest, cancellationToken).ConfigureAwait(false);
        prices.Set(newest, EntriesOf(row));
    }

    /// <summary>All imported lists, newest first.</summary>
    /// <exception cref="AccessDenied">The actor may not read the engine.</exception>
    public async Task<IReadOnlyList<PriceVersion>> HistoryAsync(Actor actor, CancellationToken cancellationToken)
    {
        Demand(actor, Permission.ReadEngine);
        await using var db = tenants.System("price lists belong to the instance");
        var rows = await db.Set<PriceListRow>().AsNoTracking().OrderByDescending(list => list.Number).Take(1000).ToListAsync(cancellationToken).ConfigureAwait(false);
        return rows.ConvertAll(row => row.Show());
    }

    /// <summary>The entries of an imported list; null: there is none of that number.</summary>
    /// <exception cref="AccessDenied">The actor may not read the engine.</exception>
    public async Task<IReadOnlyList<PriceEntry>?> FindAsync(Actor actor, int number, CancellationToken cancellationToken)
    {
        Demand(actor, Permission.ReadEngine);
        await using var db = tenants.System("price lists belong to the instance");
        return await db.Set<PriceListRow>().AsNoTracking().SingleOrDefaultAsync(list => list.Number == number, cancellationToken).ConfigureAwait(false) is { } row ? EntriesOf(row) : null;
    }

    /// <summary>How a list differs from the one in force.</summary>
    /// <exception cref="AccessDenied">The actor may not read the engine.</exception>
    /// <exception cref="PriceImportRefused">It cannot be read.</exception>
    public async Task<IReadOnlyList<PriceChange>> CompareAsync(Actor actor, IReadOnlyList<PriceEntry> entries, CancellationToken cancellationToken)
    {
        Demand(actor, Permission.ReadEngine);
        Check(entries);
        return Differences(await NewestAsync(cancellationToken).ConfigureAwait(false), entries);
    }

    /// <summary>Stores a list as a new version and puts it in force, all or nothing, with a row in the actor's audit log. A list that cannot be read changes nothing and is alarmed.</summary>
    /// <returns>The version, and how it differs from the one before.</returns>
    /// <exception cref="AccessDenied">The actor neither owns the instance nor administers its only organisation.</exception>
    /// <exception cref="PriceImportRefused">It cannot be read.</exception>
    public async Task<(PriceVersion Version, IReadOnlyList<PriceChange> Changes)> ImportAsync(Actor actor, IReadOnlyList<PriceEntry> entries, string? note, CancellationToken cancellationToken)
    {
        await DemandInstanceAsync(actor, cancellationToken).ConfigureAwait(false);
        try
        {
            Check(entries);
            if (note?.Length > MostNote)
            {
                throw new PriceImportRefused([$"note: at most {MostNote} characters."]);
            }
        }
        catch (PriceImportRefused refused)
        {
            EngineMeters.PriceImport("refused");
            LogRefused(logger, refused.Complaints.Count, refused.Complaints[0]);
            await writer.WriteAsync(
                actor.TenantId, batch => AuditLog.Write(batch, actor, time.GetUtcNow(), "prices.refused", "prices", new { note, complaints = refused.Complaints.Take(20) }), cancellationToken).ConfigureAwait(false);
            throw;
        }
        var changes = Differences(await NewestAsync(cancellationToken).ConfigureAwait(false), entries);
        var json = JsonSerializer.Serialize(entries, Json);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var number = await writer.WriteAsync(
            actor.TenantId,
            batch =>
            {
                var stored = (int)batch.Number(
                    PriceStatements.Insert,
                    ("@now", now.ToUnixTimeMilliseconds()), ("@user", actor.UserId), ("@note", note), ("@entries", json), ("@count", entries.Count), ("@hash", hash))!.Value;
                AuditLog.Write(batch, actor, now, "prices.imported", $"prices/{stored}", new { note, hash, entries = entries.Count, changes = changes.Count });
                return stored;
            },
            cancellationToken).ConfigureAwait(false);
        EngineMeters.PriceImport("imported");
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        return (new PriceVersion(number, now, actor.UserId, note, entries.Count, hash), changes);
    }

    /// <summary>Puts one entry into the newest list, in the place of the one for the same model and day, and the list so made in force as a new version.</summary>
    /// <exception cref="AccessDenied">As <see cref="ImportAsync"/>.</exception>
    /// <exception cref="PriceImportRefused">The entry cannot be read.</exception>
    public async Task<PriceVersion> SetAsync(Actor actor, PriceEntry entry, string? note, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var others = (await NewestAsync(cancellationToken).ConfigureAwait(false)).Where(other => (other.Model, other.From) != (entry.Model, entry.From));
        return (await ImportAsync(actor, [.. others, entry], note, cancellationToken).ConfigureAwait(false)).Version;
    }

    private async Task<IReadOnlyList<PriceEntry>> NewestAsync(CancellationToken cancellationToken)
    {
        await using var db = tenants.System("price lists belong to the instance");
        return await db.Set<PriceListRow>().AsNoTracking().OrderByDescending(list => list.Number).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false) is { } row ? EntriesOf(row) : [];
    }

    private static List<PriceEntry> EntriesOf(PriceListRow row)
    {
        try
        {
            return JsonSerializer.Deserialize<List<PriceEntry>>(row.Entries, Json) ?? [];
        }
        catch (JsonException e)
        {
            throw new PriceImportRefused([$"The stored price list {row.Number} cannot be read: {e.Message}"]);
        }
    }

    private static void Check(IReadOnlyList<PriceEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var complaints = entries.Count is 0 or > MostEntries ? [$"entries: 1 to {MostEntries}."] : PricesValidation.Complaints(entries, static (i, entry) => $"entries[{i}] ({entry.Model ?? "no model"})");
        if (complaints.Count > 0)
        {
            throw new PriceImportRefused(complaints);
        }
    }

    private static List<PriceChange> Differences(IReadOnlyList<PriceEntry> before, IReadOnlyList<PriceEntry> after)
    {
        var (old, now) = (before.ToDictionary(entry => (entry.Model!, entry.From)), after.ToDictionary(entry => (entry.Model!, entry.From)));
        return
        [
            .. now.Where(entry => !old.ContainsKey(entry.Key)).Select(entry => new PriceChange(PriceChangeKind.Added, entry.Key.Item1, entry.Key.From, null, entry.Value)),
            .. old.Where(entry => !now.ContainsKey(entry.Key)).Select(entry => new PriceChange(PriceChangeKind.Removed, entry.Key.Item1, entry.Key.From, entry.Value, null)),
            .. now.Where(entry => old.TryGetValue(entry.Key, out var was) && JsonSerializer.Serialize(was, Json) != JsonSerializer.Serialize(entry.Value, Json))
                .Select(entry => new PriceChange(PriceChangeKind.Changed, entry.Key.Item1, entry.Key.From, old[entry.Key], entry.Value)),
        ];
    }

    /// <summary>A list is in force for every organisation of the instance, so an administrator of one of several may not change what the others' calls cost.</summary>
    private async Task DemandInstanceAsync(Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (actor.May(Permission.EditInstance))
        {
            return;
        }
        await using var db = tenants.System("is there only one organisation");
        if (!actor.May(Permission.EditEngine) || await db.Set<Tenant>().CountAsync(cancellationToken).ConfigureAwait(false) > 1)
        {
            throw new AccessDenied(Permission.EditInstance);
        }
    }

    private static void Demand(Actor actor, Permission permission)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.May(permission))
        {
            throw new AccessDenied(permission);
        }
    }

    [LoggerMessage(LogLevel.Error, "A price list was refused and nothing was changed: {Count} complaints, first: {First}")]
    private static partial void LogRefused(ILogger logger, int count, string first);
}
