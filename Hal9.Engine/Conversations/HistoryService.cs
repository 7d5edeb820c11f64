using System.Runtime.CompilerServices;
using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Conversations;

/// <summary>
/// The door to what happened: conversations, and the runs that have none, in one list. Whoever may read everybody's runs sees everybody's; the others see
/// their own. Temporary chats are in no list.
/// </summary>
public sealed class HistoryService
{
    private readonly TenantScope scope;
    private readonly HistoryStore store;
    private readonly SearchService search;
    private readonly TimeProvider time;

    internal HistoryService(TenantScope scope, HistoryStore store, SearchService search, TimeProvider time)
    {
        this.scope = scope;
        this.store = store;
        this.search = search;
        this.time = time;
    }

    /// <summary>A page of the history.</summary>
    /// <exception cref="AccessDenied">The actor may read no conversations.</exception>
    /// <exception cref="ArgumentException">The cursor is none of this list.</exception>
    public async Task<Page<HistoryLine>> ListAsync(Actor actor, HistoryFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var seen = SeenBy(actor, filter);
        if (string.IsNullOrWhiteSpace(filter.Text))
        {
            return await store.ListAsync(actor.TenantId, seen, cancellationToken).ConfigureAwait(false);
        }
        if (filter.Kind is HistoryKind.Run)
        {
            return new Page<HistoryLine>([], null);
        }
        var found = await search.FindAsync(actor, filter.Text, seen.UserId, filter.After, Math.Clamp(filter.Limit, 1, 200), cancellationToken).ConfigureAwait(false);
        var lines = await store.OfAsync(actor.TenantId, seen, [.. found.Items.Select(hit => hit.ConversationId).Distinct()], cancellationToken).ConfigureAwait(false);
        // Conversations that another filter leaves out are left out of the page, which is then shorter.
        return new Page<HistoryLine>([.. found.Items.Where(hit => lines.ContainsKey(hit.ConversationId)).Select(hit => lines[hit.ConversationId] with { Found = hit })], found.Next);
    }

    /// <summary>All that <see cref="ListAsync"/> would list, read page by page as it is taken.</summary>
    public async IAsyncEnumerable<HistoryLine> ListAllAsync(Actor actor, HistoryFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var after = filter.After;
        do
        {
            var page = await ListAsync(actor, filter with { After = after, Limit = 200 }, cancellationToken).ConfigureAwait(false);
            foreach (var line in page.Items)
            {
                yield return line;
            }
            after = page.Next;
        }
        while (after is not null);
    }

    /// <summary>How many rows the filter leaves, counted up to <paramref name="most"/>; null with words, which are not counted.</summary>
    /// <exception cref="AccessDenied">The actor may read no conversations.</exception>
    public async Task<int?> CountAsync(Actor actor, HistoryFilter filter, int most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var seen = SeenBy(actor, filter);
        return string.IsNullOrWhiteSpace(filter.Text) ? await store.CountAsync(actor.TenantId, seen, most, cancellationToken).ConfigureAwait(false) : null;
    }

    /// <summary>Puts conversations away, or takes them out again: one's own, or everybody's for who may steer runs. Others are left as they are.</summary>
    /// <returns>Those that changed.</returns>
    public Task<IReadOnlyList<Guid>> ArchiveAsync(Actor actor, IReadOnlyCollection<Guid> ids, bool archived, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return ChangeAsync(
            actor, ids,
            (_, conversation) =>
            {
                if (archived == conversation.ArchivedAt is not null)
                {
                    return false;
                }
                conversation.ArchivedAt = archived ? now : null;
                return true;
            },
            cancellationToken);
    }

    /// <summary>Puts a label on conversations, or takes it off; as <see cref="ArchiveAsync"/>. A conversation that has all the labels it may have is left as it is.</summary>
    /// <returns>Those that changed.</returns>
    /// <exception cref="ArgumentException">The label is empty or too long.</exception>
    public Task<IReadOnlyList<Guid>> TagAsync(Actor actor, IReadOnlyCollection<Guid> ids, string tag, bool on, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tag);
        var name = tag.Trim();
        if (name.Length is 0 or > ShelfService.LongestName)
        {
            throw new ArgumentException($"A label has 1 to {ShelfService.LongestName} characters.", nameof(tag));
        }
        return ChangeAsync(
            actor, ids,
            (db, conversation) =>
            {
                var tags = db.Set<ConversationTagRow>().Local.Where(row => row.ConversationId == conversation.Id).ToList();
                var known = tags.Find(row => string.Equals(row.Tag, name, StringComparison.OrdinalIgnoreCase));
                if (on == known is not null || (on && tags.Count >= ShelfService.MostTags))
                {
                    return false;
                }
                if (known is null)
                {
                    db.Add(new ConversationTagRow { TenantId = conversation.TenantId, ConversationId = conversation.Id, Tag = name });
                }
                else
                {
                    db.Remove(known);
                }
                return true;
            },
            cancellationToken);
    }

    private async Task<IReadOnlyList<Guid>> ChangeAsync(Actor actor, IReadOnlyCollection<Guid> ids, Func<EngineDb, ConversationRow, bool> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(ids);
        var everybodys = actor.May(Permission.SteerRuns) && actor.May(Permission.ReadRuns);
        if (!everybodys && !actor.May(Permission.UseRuns))
        {
            throw new AccessDenied(Permission.SteerRuns);
        }
        await using var db = scope.Open(actor.TenantId);
        var rows = await db.Set<ConversationRow>().Where(c => ids.Contains(c.Id) && c.ExpiresAt == null && (everybodys || c.UserId == actor.UserId)).ToListAsync(cancellationToken).ConfigureAwait(false);
        await db.Set<ConversationTagRow>().Where(t => ids.Contains(t.ConversationId)).LoadAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<Guid> changed = [.. rows.Where(row => change(db, row)).Select(row => row.Id)];
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        return changed;
    }

    // A filter for somebody else's does not show more than the reader may see.
    private static HistoryFilter SeenBy(Actor actor, HistoryFilter filter)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (actor.May(Permission.ReadRuns))
        {
            return filter;
        }
        return actor.May(Permission.UseRuns) ? filter with { UserId = actor.UserId } : throw new AccessDenied(Permission.UseRuns);
    }
}
