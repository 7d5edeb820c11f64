using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Conversations;

/// <summary>A conversation in a list.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Title">Its title.</param>
/// <param name="UpdatedAt">When it was last used (UTC).</param>
/// <param name="Cost">What its answers cost.</param>
/// <param name="IsPinned">It is kept at the top.</param>
/// <param name="Folder">The folder it lies in.</param>
/// <param name="Tags">Its labels, by name.</param>
/// <param name="IsArchived">It is put away.</param>
public sealed record ConversationLine(Guid Id, string Title, DateTimeOffset UpdatedAt, Usd Cost, bool IsPinned, string? Folder, IReadOnlyList<string> Tags, bool IsArchived);

/// <summary>Which conversations a list has.</summary>
/// <param name="Archived">Those put away, instead of those in use.</param>
/// <param name="Pinned">Only pinned ones, or only others; null: both.</param>
/// <param name="Folder">Only those in this folder.</param>
/// <param name="Tag">Only those with this label.</param>
/// <param name="Text">Only those whose title has this in it.</param>
public sealed record ConversationFilter(bool Archived = false, bool? Pinned = null, string? Folder = null, string? Tag = null, string? Text = null)
{
    /// <summary>All that are in use.</summary>
    public static ConversationFilter All { get; } = new();
}

/// <summary>The names that a person put conversations under, by name.</summary>
/// <param name="Folders">Folders that hold a conversation in use.</param>
/// <param name="Tags">Labels of a conversation in use.</param>
/// <param name="Archived">How many are put away.</param>
public sealed record ShelfNames(IReadOnlyList<string> Folders, IReadOnlyList<string> Tags, int Archived);

/// <summary>The door to the order that a person keeps among their own conversations: title, pin, folder, labels, archive.</summary>
public sealed class ShelfService
{
    /// <summary>The longest title.</summary>
    public const int LongestTitle = 120;

    /// <summary>The longest name of a folder or a label.</summary>
    public const int LongestName = 60;

    /// <summary>The most labels of a conversation.</summary>
    public const int MostTags = 10;

    private readonly TenantScope scope;
    private readonly TimeProvider time;

    internal ShelfService(TenantScope scope, TimeProvider time) => (this.scope, this.time) = (scope, time);

    /// <summary>The actor's conversations, last used first.</summary>
    /// <exception cref="ArgumentException">The cursor is none of this list.</exception>
    public async Task<Page<ConversationLine>> ListAsync(Actor actor, ConversationFilter filter, string? after, int limit, CancellationToken cancellationToken)
    {
        Check(actor);
        ArgumentNullException.ThrowIfNull(filter);
        await using var db = scope.Open(actor.TenantId);
        var query = Narrow(db, actor, filter);
        if (Cursor.Read(after) is { } id)
        {
            var last = await query.Where(c => c.Id == id).Select(c => (DateTimeOffset?)c.UpdatedAt).SingleOrDefaultAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new ArgumentException("This is not a cursor of this list: use the `next` of a page.", nameof(after));
            query = query.Where(c => c.UpdatedAt < last || (c.UpdatedAt == last && c.Id < id));
        }
        limit = Math.Clamp(limit, 1, 200);
        var lines = await query.OrderByDescending(c => c.UpdatedAt).ThenByDescending(c => c.Id).Take(limit + 1)
            .Select(c => new { c.Id, c.Title, c.UpdatedAt, c.PinnedAt, c.Folder, c.ArchivedAt, c.Cost })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        var ids = lines.ConvertAll(l => l.Id);
        var tags = await db.Set<ConversationTagRow>().AsNoTracking().Where(t => ids.Contains(t.ConversationId)).OrderBy(t => t.Tag).ToListAsync(cancellationToken).ConfigureAwait(false);
        var tagsOf = tags.ToLookup(t => t.ConversationId, t => t.Tag);
        var items = lines.Take(limit)
            .Select(l => new ConversationLine(l.Id, l.Title, l.UpdatedAt, l.Cost, l.PinnedAt is not null, l.Folder, [.. tagsOf[l.Id]], l.ArchivedAt is not null)).ToList();
        return new Page<ConversationLine>(items, lines.Count > limit ? items[^1].Id.ToString() : null);
    }

    /// <summary>The names under which the actor's conversations lie.</summary>
    public async Task<ShelfNames> NamesAsync(Actor actor, CancellationToken cancellationToken)
    {
        Check(actor);
        await using var db = scope.Open(actor.TenantId);
        var own = Narrow(db, actor, ConversationFilter.All);
        var folders = await own.Where(c => c.Folder != null).Select(c => c.Folder!).Distinct().OrderBy(f => f).Take(200).ToListAsync(cancellationToken).ConfigureAwait(false);
        var tags = await (from tag in db.Set<ConversationTagRow>().AsNoTracking() join c in own on tag.ConversationId equals c.Id select tag.Tag)
            .Distinct().OrderBy(t => t).Take(200).ToListAsync(cancellationToken).ConfigureAwait(false);
        return new ShelfNames(folders, tags, await Narrow(db, actor, new ConversationFilter(Archived: true)).CountAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Renames a conversation, 1 to 120 characters.</summary>
    /// <exception cref="ArgumentException">The title is empty or too long.</exception>
    public Task RenameAsync(Actor actor, Guid conversationId, string title, CancellationToken cancellationToken) =>
        string.IsNullOrWhiteSpace(title) || title.Length > LongestTitle
            ? throw new ArgumentException($"A title has 1 to {LongestTitle} characters.", nameof(title))
            : ChangeAsync(actor, conversationId, c => c.Title = title.Trim(), cancellationToken);

    /// <summary>Hides a conversation from the list; <see cref="RestoreAsync"/> undoes it.</summary>
    public Task ArchiveAsync(Actor actor, Guid conversationId, CancellationToken cancellationToken) =>
        ChangeAsync(actor, conversationId, c => c.ArchivedAt = time.GetUtcNow(), cancellationToken);

    /// <summary>Undoes <see cref="ArchiveAsync"/>.</summary>
    public Task RestoreAsync(Actor actor, Guid conversationId, CancellationToken cancellationToken) =>
        ChangeAsync(actor, conversationId, c => c.ArchivedAt = null, cancellationToken);

    /// <summary>Keeps a conversation at the top of the list, or no longer.</summary>
    public Task PinAsync(Actor actor, Guid conversationId, bool pinned, CancellationToken cancellationToken) =>
        ChangeAsync(actor, conversationId, c => c.PinnedAt = pinned ? time.GetUtcNow() : null, cancellationToken);

    /// <summary>Lays a conversation into a folder; null or empty takes it out. A folder is there as long as something lies in it.</summary>
    /// <exception cref="ArgumentException">The name is too long.</exception>
    public Task MoveAsync(Actor actor, Guid conversationId, string? folder, CancellationToken cancellationToken)
    {
        var name = string.IsNullOrWhiteSpace(folder) ? null : folder.Trim();
        return name?.Length > LongestName
            ? throw new ArgumentException($"The name of a folder has at most {LongestName} characters.", nameof(folder))
            : ChangeAsync(actor, conversationId, c => c.Folder = name, cancellationToken);
    }

    /// <summary>Sets all labels of a conversation.</summary>
    /// <exception cref="ArgumentException">Too many, or one of them is empty or too long.</exception>
    public async Task TagAsync(Actor actor, Guid conversationId, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tags);
        Check(actor);
        var wanted = tags.Select(tag => tag.Trim()).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (wanted.Count > MostTags || wanted.Exists(tag => tag.Length is 0 or > LongestName))
        {
            throw new ArgumentException($"At most {MostTags} labels of 1 to {LongestName} characters.", nameof(tags));
        }
        await using var db = scope.Open(actor.TenantId);
        _ = await OwnAsync(db, actor, conversationId, cancellationToken).ConfigureAwait(false);
        var rows = await db.Set<ConversationTagRow>().Where(t => t.ConversationId == conversationId).ToListAsync(cancellationToken).ConfigureAwait(false);
        db.RemoveRange(rows.Where(row => !wanted.Contains(row.Tag)));
        db.AddRange(wanted.Except(rows.Select(row => row.Tag)).Select(tag => new ConversationTagRow { TenantId = actor.TenantId, ConversationId = conversationId, Tag = tag }));
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
    }

    private static IQueryable<ConversationRow> Narrow(EngineDb db, Actor actor, ConversationFilter filter)
    {
        var query = db.Set<ConversationRow>().AsNoTracking().Where(c => c.UserId == actor.UserId && c.ExpiresAt == null && (c.ArchivedAt != null) == filter.Archived);
        if (filter.Pinned is { } pinned)
        {
            query = query.Where(c => (c.PinnedAt != null) == pinned);
        }
        if (filter.Folder is { Length: > 0 } folder)
        {
            query = query.Where(c => c.Folder == folder);
        }
        if (filter.Tag is { Length: > 0 } tag)
        {
            query = query.Where(c => db.Set<ConversationTagRow>().Any(t => t.ConversationId == c.Id && t.Tag == tag));
        }
        if (!string.IsNullOrWhiteSpace(filter.Text))
        {
            var pattern = "%" + filter.Text.Trim().Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";
            query = query.Where(c => EF.Functions.Like(c.Title, pattern, @"\"));
        }
        return query;
    }

    private async Task ChangeAsync(Actor actor, Guid conversationId, Action<ConversationRow> change, CancellationToken cancellationToken)
    {
        Check(actor);
        await using var db = scope.Open(actor.TenantId);
        change(await OwnAsync(db, actor, conversationId, cancellationToken).ConfigureAwait(false));
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<ConversationRow> OwnAsync(EngineDb db, Actor actor, Guid id, CancellationToken cancellationToken) =>
        await db.Set<ConversationRow>().SingleOrDefaultAsync(c => c.Id == id && c.UserId == actor.UserId, cancellationToken).ConfigureAwait(false)
        ?? throw new KeyNotFoundException($"There is no conversation {id}.");

    private static void Check(Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.May(Permission.UseRuns))
        {
            throw new AccessDenied(Permission.UseRuns);
        }
    }
}
