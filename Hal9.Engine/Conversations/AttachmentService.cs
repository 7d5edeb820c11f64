using Hal9.Engine.Neurons;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Hal9.Engine.Conversations;

/// <summary>How much may be attached. Shown before and said again when something is too much.</summary>
public static class AttachmentLimits
{
    /// <summary>Files of one message.</summary>
    public const int Files = 5;

    /// <summary>Bytes of a text, Markdown or code file.</summary>
    public const int TextBytes = 1024 * 1024;

    /// <summary>Bytes of a PDF.</summary>
    public const int PdfBytes = 8 * 1024 * 1024;

    /// <summary>Bytes of an image.</summary>
    public const int ImageBytes = 4 * 1024 * 1024;

    /// <summary>Characters taken from one file.</summary>
    public const int Characters = 200_000;

    /// <summary>Characters of all files of a branch together: they go into the prompt each time.</summary>
    public const int BranchCharacters = 400_000;

    /// <summary>The most bytes of any file: nothing beyond is read at all.</summary>
    public const int MostBytes = PdfBytes;
}

/// <summary>A file of a message, without its content.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Characters">Characters of text that models get of it; null for an image.</param>
public sealed record Attachment(Guid Id, string Name, AttachmentKind Kind, long Size, int? Characters);

/// <summary>A file with its content.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MediaType">Its media type, found out from the content.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Content">All of it.</param>
public sealed record AttachmentContent(string Name, string MediaType, AttachmentKind Kind, ReadOnlyMemory<byte> Content);

/// <summary>The door to attachments. A file waits in a draft until its message is sent; from then on it belongs to the message and does not change.</summary>
public sealed class AttachmentService : IRunFiles
{
    private const int LongestName = 200;
    private const int MostWaiting = 50;
    private readonly TenantScope scope;
    private readonly TimeProvider time;

    internal AttachmentService(TenantScope scope, TimeProvider time) => (this.scope, this.time) = (scope, time);

    /// <summary>Takes a file into the draft of a conversation; null: of a new one.</summary>
    /// <exception cref="AccessDenied">The actor may not chat.</exception>
    /// <exception cref="ArgumentException">It cannot be taken; the message says why, for people.</exception>
    public async Task<Attachment> AddAsync(Actor actor, Guid? conversationId, string name, byte[] content, CancellationToken cancellationToken)
    {
        Check(actor);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(content);
        var clean = Clean(name);
        if (content.Length > AttachmentLimits.MostBytes)
        {
            throw new ArgumentException($"{clean} is too large: no file may have more than {AttachmentReader.Size(AttachmentLimits.MostBytes)}.", nameof(content));
        }
        await using var db = scope.Open(actor.TenantId);
        var draft = conversationId ?? Guid.Empty;
        var waiting = db.Set<AttachmentRow>().Where(a => a.UserId == actor.UserId && a.DraftOf != null);
        var before = await waiting.CountAsync(a => a.DraftOf == draft, cancellationToken).ConfigureAwait(false);
        if (before >= AttachmentLimits.Files)
        {
            throw new ArgumentException($"A message may have {AttachmentLimits.Files} files. Remove one first.", nameof(content));
        }
        if (await waiting.CountAsync(cancellationToken).ConfigureAwait(false) >= MostWaiting)
        {
            throw new ArgumentException($"{MostWaiting} files wait in your drafts already. Send or remove some first.", nameof(content));
        }
        var read = await AttachmentReader.ReadAsync(clean, content, cancellationToken).ConfigureAwait(false);
        var row = new AttachmentRow
        {
            // Files that are dropped together come within a millisecond, in which ids have no order; theirs is that of the files.
            Id = Guid.CreateVersion7(time.GetUtcNow().AddMilliseconds(before)), TenantId = actor.TenantId, UserId = actor.UserId, DraftOf = draft, Name = clean, Kind = read.Kind, MediaType = read.MediaType,
            Size = content.Length, Text = read.Text, Content = content, CreatedAt = time.GetUtcNow(),
        };
        db.Add(row);
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        return new Attachment(row.Id, row.Name, row.Kind, row.Size, row.Text?.Length);
    }

    /// <summary>The files that wait in the actor's draft, oldest first.</summary>
    public async Task<IReadOnlyList<Attachment>> WaitingAsync(Actor actor, Guid? conversationId, CancellationToken cancellationToken)
    {
        Check(actor);
        var draft = conversationId ?? Guid.Empty;
        await using var db = scope.Open(actor.TenantId);
        return await Lines(db.Set<AttachmentRow>().Where(a => a.UserId == actor.UserId && a.DraftOf == draft).OrderBy(a => a.Id)).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes a file that waits in a draft.</summary>
    /// <exception cref="KeyNotFoundException">There is no such file of the actor's, or it was sent.</exception>
    public async Task RemoveAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        Check(actor);
        await using var db = scope.Open(actor.TenantId);
        var row = await db.Set<AttachmentRow>().SingleOrDefaultAsync(a => a.Id == id && a.UserId == actor.UserId && a.DraftOf != null, cancellationToken).ConfigureAwait(false)
            ?? throw new KeyNotFoundException($"There is no file {id} in a draft of yours.");
        db.Remove(row);
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A file with its content: one's own; of a message, for who may read everybody's runs. Null when there is none.</summary>
    public async Task<AttachmentContent?> FindAsync(Actor actor, Guid id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var db = scope.Open(actor.TenantId);
        var row = await db.Set<AttachmentRow>().AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, cancellationToken).ConfigureAwait(false);
        if (row is null || (row.UserId != actor.UserId && !(actor.May(Permission.ReadRuns) && await IsReadableAsync(db, id, cancellationToken).ConfigureAwait(false))))
        {
            return null;
        }
        return new AttachmentContent(row.Name, row.MediaType, row.Kind, row.Content);
    }

    async Task<IReadOnlyList<PromptFile>> IRunFiles.LoadAsync(Guid tenantId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
        {
            return [];
        }
        await using var db = scope.Open(tenantId);
        var rows = await db.Set<AttachmentRow>().AsNoTracking().Where(a => ids.Contains(a.Id)).ToDictionaryAsync(a => a.Id, cancellationToken).ConfigureAwait(false);
        return [.. ids.Where(rows.ContainsKey).Select(id => rows[id]).Select(row => new PromptFile(row.Name, row.MediaType, row.Text, row.Text is null ? row.Content : default))];
    }

    internal static IQueryable<Attachment> Lines(IQueryable<AttachmentRow> rows) =>
        rows.AsNoTracking().Select(a => new Attachment(a.Id, a.Name, a.Kind, a.Size, a.Text == null ? null : a.Text.Length));

    private static async Task<bool> IsReadableAsync(Storage.EngineDb db, Guid id, CancellationToken cancellationToken) => await (
        from link in db.Set<MessageAttachmentRow>()
        join c in db.Set<ConversationRow>() on link.ConversationId equals c.Id
        where link.AttachmentId == id && c.ExpiresAt == null
        select link).AnyAsync(cancellationToken).ConfigureAwait(false);

    // A name is shown, written into prompts and given to browsers as a file's name: never a path.
    private static string Clean(string name)
    {
        var last = name.Split('/', '\\')[^1].Trim();
        var clean = string.Concat(last.Where(sign => !char.IsControl(sign) && sign is not ('"' or '<' or '>' or '|')));
        return clean.Length switch { 0 => "file", > LongestName => clean[^LongestName..], _ => clean };
    }

    private static void Check(Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!actor.May(Permission.UseRuns))
        {
            throw new AccessDenied(Permission.UseRuns);
        }
    }
}
