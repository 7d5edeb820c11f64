using System.Data.Common;
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
using Npgsql;

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
    public Task<(PriceVersion Version, IReadOnlyList<PriceChange> Changes)> ImportAsync(
        Actor actor, IReadOnlyList<PriceEntry> entries, string? note, CancellationToken cancellationToken) => ImportAsync(actor, entries, note, null, cancellationToken);

    /// <summary>The same, once for each key: repeated within a day it gives the version that it made the first time.</summary>
    /// <exception cref="RequestKeyReused">The key belongs to another list.</exception>
    /// <inheritdoc cref="ImportAsync(Actor, IReadOnlyList{PriceEntry}, string?, CancellationToken)"/>
    public async Task<(PriceVersion Version, IReadOnlyList<PriceChange> Changes)> ImportAsync(
        Actor actor, IReadOnlyList<PriceEntry> entries, string? note, RequestKey? key, CancellationToken cancellationToken)
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
        var count = Differences(await NewestAsync(cancellationToken).ConfigureAwait(false), entries).Count;
        var json = JsonSerializer.Serialize(entries, Json);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var (number, isNew) = await StoreAsync(batch => Store(batch, actor, key, now, note, json, entries.Count, hash, count), actor.TenantId, cancellationToken).ConfigureAwait(false);
        if (isNew)
        {
            EngineMeters.PriceImport("imported");
        }
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        return await ReadAsync(number, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Puts one entry into the newest list, in the place of the one for the same model and day, and the list so made in force as a new version.</summary>
    /// <exception cref="AccessDenied">The actor neither owns the instance nor administers its only organisation.</exception>
    /// <exception cref="PriceImportRefused">The entry cannot be read.</exception>
    public async Task<PriceVersion> SetAsync(Actor actor, PriceEntry entry, string? note, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var others = (await NewestAsync(cancellationToken).ConfigureAwait(false)).Where(other => (other.Model, other.From) != (entry.Model, entry.From));
        return (await ImportAsync(actor, [.. others, entry], note, cancellationToken).ConfigureAwait(false)).Version;
    }

    private static (int Number, bool IsNew) Store(
        WriteBatch batch, Actor actor, RequestKey? key, DateTimeOffset now, string? note, string json, int entries, string hash, int changes)
    {
        if (key is not null && RequestKeyStore.Find(batch, actor, key, now) is { } known)
        {
            return known.Order == key.Order ? (NumberOf(known.MadeId), false) : throw new RequestKeyReused();
        }
        var stored = (int)batch.Number(
            PriceStatements.Insert,
            ("@now", now.ToUnixTimeMilliseconds()), ("@user", actor.UserId), ("@note", note), ("@entries", json), ("@count", entries), ("@hash", hash))!.Value;
        AuditLog.Write(batch, actor, now, "prices.imported", $"prices/{stored}", new { note, hash, entries, changes });
        if (key is not null)
        {
            RequestKeyStore.Write(batch, actor, key, IdOf(stored), now);
        }
        return (stored, true);
    }

    private async Task<(int Number, bool IsNew)> StoreAsync(Func<WriteBatch, (int Number, bool IsNew)> store, Guid tenantId, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await writer.WriteAsync(tenantId, store, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is RequestKeyTaken or DbException { SqlState: PostgresErrorCodes.UniqueViolation })
            {
                // Another process took the number or the key meanwhile, which no lock of one tenant keeps: now its list is seen.
            }
        }
    }

    private async Task<(PriceVersion Version, IReadOnlyList<PriceChange> Changes)> ReadAsync(int number, CancellationToken cancellationToken)
    {
        await using var db = tenants.System("price lists belong to the instance");
        var rows = await db.Set<PriceListRow>().AsNoTracking().Where(list => list.Number == number || list.Number == number - 1).ToListAsync(cancellationToken).ConfigureAwait(false);
        var made = rows.Single(row => row.Number == number);
        return (made.Show(), Differences(rows.Find(row => row.Number < number) is { } before ? EntriesOf(before) : [], EntriesOf(made)));
    }

    // What a key made is kept as an id, and lists have numbers.
    private static Guid IdOf(int number) => new(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);

    private static int NumberOf(Guid id) => System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(id.ToByteArray());

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
