using System.Buffers.Binary;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Conversations;

/// <summary>
/// Reads the history. Two keyset pages, one of conversations and one of runs without one, are merged into one; both are ordered by the same key, a number
/// and an id. A run's time is the one in its id, so that its place and its key are one index.
/// </summary>
internal sealed class HistoryStore(TenantScope scope)
{
    public async Task<Page<HistoryLine>> ListAsync(Guid tenantId, HistoryFilter filter, CancellationToken cancellationToken)
    {
        var limit = Math.Clamp(filter.Limit, 1, 200);
        var after = Cursor.ReadSorted(filter.After);
        await using var db = scope.Open(tenantId);
        var lines = new List<HistoryLine>();
        if (filter.Kind is not HistoryKind.Run)
        {
            lines.AddRange(await Lines(Order(Conversations(db, filter), filter, after).Take(limit + 1)).ToListAsync(cancellationToken).ConfigureAwait(false));
        }
        if (filter.Kind is not HistoryKind.Conversation && !filter.Archived)
        {
            lines.AddRange(await ReadAsync(Order(Runs(db, filter), filter, after).Take(limit + 1), cancellationToken).ConfigureAwait(false));
        }
        var sorted = filter.Ascending
            ? lines.OrderBy(line => KeyOf(line, filter)).ThenBy(line => line.Id.ToString(), StringComparer.Ordinal)
            : lines.OrderByDescending(line => KeyOf(line, filter)).ThenByDescending(line => line.Id.ToString(), StringComparer.Ordinal);
        var page = sorted.Take(limit).ToList();
        var next = lines.Count > limit ? Cursor.WriteSorted(KeyOf(page[^1], filter), page[^1].Id) : null;
        return new Page<HistoryLine>(await CompleteAsync(db, page, cancellationToken).ConfigureAwait(false), next);
    }

    /// <summary>Of these conversations those that fit, by id.</summary>
    public async Task<IReadOnlyDictionary<Guid, HistoryLine>> OfAsync(Guid tenantId, HistoryFilter filter, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        var lines = await Lines(Conversations(db, filter, anyArchive: true).Where(c => ids.Contains(c.Id))).ToListAsync(cancellationToken).ConfigureAwait(false);
        return (await CompleteAsync(db, lines, cancellationToken).ConfigureAwait(false)).ToDictionary(line => line.Id);
    }

    public async Task<int> CountAsync(Guid tenantId, HistoryFilter filter, int most, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(tenantId);
        var conversations = filter.Kind is HistoryKind.Run ? 0 : await Conversations(db, filter).Take(most).CountAsync(cancellationToken).ConfigureAwait(false);
        var runs = filter.Kind is HistoryKind.Conversation || filter.Archived || conversations >= most ? 0 : await Runs(db, filter).Take(most - conversations).CountAsync(cancellationToken).ConfigureAwait(false);
        return conversations + runs;
    }

    private static IQueryable<ConversationRow> Conversations(EngineDb db, HistoryFilter filter, bool anyArchive = false)
    {
        var query = db.Set<ConversationRow>().AsNoTracking().Where(c => c.ExpiresAt == null);
        if (filter.Archived)
        {
            query = query.Where(c => c.ArchivedAt != null);
        }
        else if (!anyArchive)
        {
            query = query.Where(c => c.ArchivedAt == null);
        }
        query = filter.Show switch
        {
            HistoryShow.Errors => query.Where(c => c.Failures > 0),
            HistoryShow.Down => query.Where(c => c.ThumbsDown > 0),
            HistoryShow.Unreviewed => query.Where(c => c.Reviews == 0 && c.Answers > 0),
            _ => query,
        };
        if (filter.UserId is { } user)
        {
            query = query.Where(c => c.UserId == user);
        }
        if (filter.Mode is { } mode)
        {
            query = query.Where(c => c.LastMode == mode);
        }
        if (filter.Tag is { } tag)
        {
            query = query.Where(c => db.Set<ConversationTagRow>().Any(t => t.ConversationId == c.Id && t.Tag == tag));
        }
        if (filter.From is { } from)
        {
            query = query.Where(c => c.UpdatedAt >= from);
        }
        if (filter.Before is { } before)
        {
            query = query.Where(c => c.UpdatedAt < before);
        }
        return query;
    }

    private static IQueryable<RunRow> Runs(EngineDb db, HistoryFilter filter)
    {
        var query = db.Set<RunRow>().AsNoTracking().Where(r => r.ConversationId == null && !r.IsTemporary);
        query = filter.Show switch
        {
            // Constants, so that the database knows its small indexes to hold all of them.
            HistoryShow.Errors => query.Where(r => r.Status == EF.Constant(RunStatus.Failed)),
            HistoryShow.Down => query.Where(r => r.ThumbsDown > 0),
            HistoryShow.Unreviewed => query.Where(r => r.Reviews == 0 && r.Status == EF.Constant(RunStatus.Succeeded)),
            _ => query,
        };
        if (filter.UserId is { } user)
        {
            query = query.Where(r => r.UserId == user);
        }
        if (filter.Mode is { } mode)
        {
            query = query.Where(r => r.Mode == mode);
        }
        if (filter.Tag is { } tag)
        {
            query = query.Where(r => db.Set<CostTagRow>().Any(t => t.RunId == r.Id && t.Tag == tag));
        }
        if (filter.From is { } from)
        {
            var first = FirstId(from.ToUnixTimeMilliseconds());
            query = query.Where(r => r.Id >= first);
        }
        if (filter.Before is { } before)
        {
            var end = FirstId(before.ToUnixTimeMilliseconds());
            query = query.Where(r => r.Id < end);
        }
        return query;
    }

    private static IQueryable<ConversationRow> Order(IQueryable<ConversationRow> query, HistoryFilter filter, (long Value, Guid Id)? after)
    {
        if (filter.Sort is HistorySort.Cost)
        {
            if (after is { } place)
            {
                var cost = new Usd(place.Value);
                query = filter.Ascending
                    ? query.Where(c => c.Cost > cost || (c.Cost == cost && c.Id > place.Id))
                    : query.Where(c => c.Cost < cost || (c.Cost == cost && c.Id < place.Id));
            }
            return filter.Ascending ? query.OrderBy(c => c.Cost).ThenBy(c => c.Id) : query.OrderByDescending(c => c.Cost).ThenByDescending(c => c.Id);
        }
        if (after is { } last)
        {
            var at = DateTimeOffset.FromUnixTimeMilliseconds(last.Value);
            // The first part alone is what the index begins with.
            query = filter.Ascending
                ? query.Where(c => c.UpdatedAt >= at && (c.UpdatedAt > at || c.Id > last.Id))
                : query.Where(c => c.UpdatedAt <= at && (c.UpdatedAt < at || c.Id < last.Id));
        }
        return filter.Ascending ? query.OrderBy(c => c.UpdatedAt).ThenBy(c => c.Id) : query.OrderByDescending(c => c.UpdatedAt).ThenByDescending(c => c.Id);
    }

    private static IQueryable<RunRow> Order(IQueryable<RunRow> query, HistoryFilter filter, (long Value, Guid Id)? after)
    {
        if (filter.Sort is HistorySort.Cost)
        {
            if (after is { } place)
            {
                var cost = new Usd(place.Value);
                query = filter.Ascending
                    ? query.Where(r => r.Cost > cost || (r.Cost == cost && r.Id > place.Id))
                    : query.Where(r => r.Cost < cost || (r.Cost == cost && r.Id < place.Id));
            }
            return filter.Ascending ? query.OrderBy(r => r.Cost).ThenBy(r => r.Id) : query.OrderByDescending(r => r.Cost).ThenByDescending(r => r.Id);
        }
        if (after is { } last)
        {
            // A conversation's id tells when it began, which is before it was last used: then all ids of that millisecond are larger than it.
            if (filter.Ascending)
            {
                var bound = Milliseconds(last.Id) == last.Value ? last.Id : FirstId(last.Value);
                query = query.Where(r => r.Id > bound);
            }
            else
            {
                var bound = Milliseconds(last.Id) == last.Value ? last.Id : FirstId(last.Value);
                query = query.Where(r => r.Id < bound);
            }
        }
        return filter.Ascending ? query.OrderBy(r => r.Id) : query.OrderByDescending(r => r.Id);
    }

    private static IQueryable<HistoryLine> Lines(IQueryable<ConversationRow> query) => query.Select(c => new HistoryLine(
        c.Id, HistoryKind.Conversation, c.Title, c.UserId, c.LastMode, c.LastStatus, c.Answers, c.Cost, c.ThumbsDown, c.Reviews, c.UpdatedAt) { IsArchived = c.ArchivedAt != null });

    private static async Task<IEnumerable<HistoryLine>> ReadAsync(IQueryable<RunRow> query, CancellationToken cancellationToken)
    {
        var rows = await query.Select(r => new { r.Id, r.Goal, r.UserId, r.Mode, r.Status, r.Cost, r.ThumbsDown, r.Reviews, r.StartedAt, r.EndedAt, r.Error }).ToListAsync(cancellationToken).ConfigureAwait(false);
        return rows.Select(r => new HistoryLine(
            r.Id, HistoryKind.Run, r.Goal, r.UserId, r.Mode, r.Status, r.EndedAt is null ? 0 : 1, r.Cost, r.ThumbsDown, r.Reviews, DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds(r.Id)))
        {
            Took = r.EndedAt - r.StartedAt, Error = r.Error,
        });
    }

    /// <summary>Labels, models and tokens of the rows of a page: read for the page, not for the list.</summary>
    private static async Task<IReadOnlyList<HistoryLine>> CompleteAsync(EngineDb db, List<HistoryLine> page, CancellationToken cancellationToken)
    {
        var conversations = page.Where(line => line.Kind is HistoryKind.Conversation).Select(line => line.Id).ToList();
        var runs = page.Where(line => line.Kind is HistoryKind.Run).Select(line => line.Id).ToList();
        var tags = (await db.Set<ConversationTagRow>().AsNoTracking().Where(t => conversations.Contains(t.ConversationId)).Select(t => new { Of = t.ConversationId, t.Tag }).ToListAsync(cancellationToken).ConfigureAwait(false))
            .Concat(await db.Set<CostTagRow>().AsNoTracking().Where(t => runs.Contains(t.RunId)).Select(t => new { Of = t.RunId, t.Tag }).ToListAsync(cancellationToken).ConfigureAwait(false))
            .ToLookup(t => t.Of, t => t.Tag);
        var ofTalks = await (
            from run in db.Set<RunRow>().AsNoTracking()
            where run.ConversationId != null && conversations.Contains(run.ConversationId.Value)
            join call in db.Set<ModelCallRow>().AsNoTracking() on run.Id equals call.RunId
            group call by new { Of = run.ConversationId!.Value, call.Provider, call.Model } into calls
            select new Used(calls.Key.Of, calls.Key.Provider, calls.Key.Model, calls.Sum(c => c.InputTokens + c.OutputTokens))).ToListAsync(cancellationToken).ConfigureAwait(false);
        var ofRuns = await db.Set<ModelCallRow>().AsNoTracking().Where(c => runs.Contains(c.RunId)).GroupBy(c => new { c.RunId, c.Provider, c.Model })
            .Select(calls => new Used(calls.Key.RunId, calls.Key.Provider, calls.Key.Model, calls.Sum(c => c.InputTokens + c.OutputTokens))).ToListAsync(cancellationToken).ConfigureAwait(false);
        var used = ofTalks.Concat(ofRuns).ToLookup(u => u.Of);
        return
        [
            .. page.Select(line =>
            {
                var most = used[line.Id].OrderByDescending(u => u.Tokens).ToList();
                return line with
                {
                    Tags = [.. tags[line.Id].Order(StringComparer.CurrentCultureIgnoreCase)], Tokens = most.Sum(u => u.Tokens), Model = most.Count > 0 ? $"{most[0].Provider}/{most[0].Model}" : null,
                    OtherModels = Math.Max(0, most.Count - 1),
                };
            }),
        ];
    }

    private static long KeyOf(HistoryLine line, HistoryFilter filter) => filter.Sort is HistorySort.Cost ? line.Cost.Nano : line.At.ToUnixTimeMilliseconds();

    /// <summary>The instant in an id of version 7.</summary>
    internal static long Milliseconds(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;
    }

    /// <summary>The least id of a millisecond.</summary>
    internal static Guid FirstId(long milliseconds)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(0, milliseconds) << 16);
        return new Guid(bytes, bigEndian: true);
    }

    private sealed record Used(Guid Of, string Provider, string Model, long Tokens);
}
