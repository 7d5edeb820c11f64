using Hal9.Engine.Events;
using Hal9.Engine.Learning;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Conversations;

/// <summary>A conversation in a list.</summary>
public sealed record ConversationLine(Guid Id, string Title, DateTimeOffset UpdatedAt, Usd Cost);

/// <summary>A message with its place among its siblings.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="ParentId">The message before it.</param>
/// <param name="Role">Who wrote it.</param>
/// <param name="Status">Its state.</param>
/// <param name="Content">Markdown; while it streams, what was there when this was read: watch its run.</param>
/// <param name="RunId">The run that wrote it.</param>
/// <param name="Provenance">Where the answer comes from, once it ended.</param>
/// <param name="Cost">What it cost.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="CreatedAt">When (UTC).</param>
/// <param name="Siblings">Ids of all messages with the same parent, oldest first, itself included.</param>
/// <param name="EndedAt">When its run ended (UTC).</param>
/// <param name="Vote">The reader's own thumb on this answer.</param>
public sealed record MessageView(
    Guid Id, Guid? ParentId, MessageRole Role, MessageStatus Status, string Content, Guid? RunId, Provenance? Provenance, Usd Cost, string? Error,
    DateTimeOffset CreatedAt, IReadOnlyList<Guid> Siblings, DateTimeOffset? EndedAt = null, Feedback? Vote = null);

/// <summary>A conversation with the branch that is shown.</summary>
public sealed record ConversationView(Guid Id, string Title, Guid UserId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, IReadOnlyList<MessageView> Branch);

/// <summary>The two messages that a send made.</summary>
public sealed record SentMessage(Guid ConversationId, Guid QuestionId, Guid AnswerId, Guid RunId);

/// <summary>The door to conversations. A message starts a run; the run writes the answer whether or not a browser is there. A person sees and changes their own conversations; who may read all runs may read all conversations.</summary>
public sealed class ConversationService
{
    private const int MostText = 100_000;
    private readonly TenantScope scope;
    private readonly RunService runs;
    private readonly FeedbackService feedback;
    private readonly TimeProvider time;

    internal ConversationService(TenantScope scope, RunService runs, FeedbackService feedback, TimeProvider time)
    {
        this.scope = scope;
        this.runs = runs;
        this.feedback = feedback;
        this.time = time;
    }

    /// <summary>The actor's conversations, last used first.</summary>
    /// <exception cref="ArgumentException">The cursor is none of this list.</exception>
    public async Task<Page<ConversationLine>> ListAsync(Actor actor, string? after, int limit, CancellationToken cancellationToken)
    {
        Check(actor);
        await using var db = scope.Open(actor.TenantId);
        var query = db.Set<ConversationRow>().AsNoTracking().Where(c => c.UserId == actor.UserId && c.ArchivedAt == null);
        if (Cursor.Read(after) is { } id)
        {
            var last = await query.Where(c => c.Id == id).Select(c => (DateTimeOffset?)c.UpdatedAt).SingleOrDefaultAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new ArgumentException("This is not a cursor of this list: use the `next` of a page.", nameof(after));
            query = query.Where(c => c.UpdatedAt < last || (c.UpdatedAt == last && c.Id < id));
        }
        limit = Math.Clamp(limit, 1, 200);
        var lines = await query.OrderByDescending(c => c.UpdatedAt).ThenByDescending(c => c.Id).Take(limit + 1)
            .Select(c => new { c.Id, c.Title, c.UpdatedAt })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        var ids = lines.ConvertAll(l => l.Id);
        var costs = await db.Set<MessageRow>().AsNoTracking().Where(m => ids.Contains(m.ConversationId))
            .Select(m => new { m.ConversationId, m.Cost }).ToListAsync(cancellationToken).ConfigureAwait(false);
        var costOf = costs.ToLookup(m => m.ConversationId, m => m.Cost.Nano);
        var items = lines.Take(limit).Select(l => new ConversationLine(l.Id, l.Title, l.UpdatedAt, new Usd(costOf[l.Id].Sum()))).ToList();
        return new Page<ConversationLine>(items, lines.Count > limit ? items[^1].Id.ToString() : null);
    }

    /// <summary>The conversation with the branch that ends in (or runs through) <paramref name="leafId"/>, or the branch last shown; null when there is none.</summary>
    public async Task<ConversationView?> FindAsync(Actor actor, Guid conversationId, Guid? leafId, CancellationToken cancellationToken)
    {
        var everybody = actor.May(Permission.ReadRuns);
        if (!everybody)
        {
            Check(actor);
        }
        await using var db = scope.Open(actor.TenantId);
        if (await db.Set<ConversationRow>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == conversationId && (everybody || c.UserId == actor.UserId), cancellationToken)
            .ConfigureAwait(false) is not { } conversation)
        {
            return null;
        }
        var tree = await TreeAsync(db, conversationId, cancellationToken).ConfigureAwait(false);
        var branch = tree.BranchThrough(leafId is { } leaf && tree.Has(leaf) ? leaf : conversation.CurrentId);
        var runIds = branch.Where(m => m.RunId is not null).Select(m => m.RunId!.Value).ToList();
        var ends = await db.Set<RunRow>().AsNoTracking().Where(r => runIds.Contains(r.Id)).Select(r => new { r.Id, r.EndedAt })
            .ToDictionaryAsync(r => r.Id, r => r.EndedAt, cancellationToken).ConfigureAwait(false);
        var votes = await feedback.OwnThumbsAsync(actor, runIds, cancellationToken).ConfigureAwait(false);
        return new ConversationView(
            conversation.Id, conversation.Title, conversation.UserId, conversation.CreatedAt, conversation.UpdatedAt,
            [.. branch.Select(m => m.RunId is { } run ? m with { EndedAt = ends.GetValueOrDefault(run), Vote = votes.GetValueOrDefault(run) } : m)]);
    }

    /// <summary>Sends a message: starts the conversation when <paramref name="conversationId"/> is null, makes a sibling when <paramref name="parentId"/> already has a child (an edit).</summary>
    /// <exception cref="ArgumentException">The text is empty or too long.</exception>
    /// <exception cref="KeyNotFoundException">There is no such conversation or message.</exception>
    public async Task<SentMessage> SendAsync(Actor actor, Guid? conversationId, Guid? parentId, string text, RunMode mode, CancellationToken cancellationToken)
    {
        Check(actor);
        if (string.IsNullOrWhiteSpace(text) || text.Length > MostText)
        {
            throw new ArgumentException($"A message has 1 to {MostText} characters.", nameof(text));
        }
        IReadOnlyList<MessageView> before = [];
        if (conversationId is { } id)
        {
            await using var db = scope.Open(actor.TenantId);
            _ = await OwnAsync(db, actor, id, cancellationToken).ConfigureAwait(false) ?? throw new KeyNotFoundException($"There is no conversation {id}.");
            var tree = await TreeAsync(db, id, cancellationToken).ConfigureAwait(false);
            if (parentId is { } parent && !tree.Has(parent))
            {
                throw new KeyNotFoundException($"There is no message {parent} in this conversation.");
            }
            before = tree.PathTo(parentId);
        }
        var sent = new SentMessage(conversationId ?? Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await StartAsync(actor, sent, text, mode, before, new NewQuestion(conversationId is null, parentId), cancellationToken).ConfigureAwait(false);
        return sent;
    }

    /// <summary>Answers the same question again: the new answer is a sibling of <paramref name="answerId"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is no such answer.</exception>
    public async Task<SentMessage> RegenerateAsync(Actor actor, Guid answerId, RunMode mode, CancellationToken cancellationToken)
    {
        Check(actor);
        await using var db = scope.Open(actor.TenantId);
        var answer = await db.Set<MessageRow>().AsNoTracking().SingleOrDefaultAsync(m => m.Id == answerId && m.Role == MessageRole.Assistant, cancellationToken).ConfigureAwait(false);
        if (answer is null || await OwnAsync(db, actor, answer.ConversationId, cancellationToken).ConfigureAwait(false) is null)
        {
            throw new KeyNotFoundException($"There is no answer {answerId}.");
        }
        var tree = await TreeAsync(db, answer.ConversationId, cancellationToken).ConfigureAwait(false);
        var path = tree.PathTo(answer.ParentId);
        var question = path[^1];
        var sent = new SentMessage(answer.ConversationId, question.Id, Guid.CreateVersion7(), Guid.CreateVersion7());
        await StartAsync(actor, sent, question.Content, mode, [.. path.SkipLast(1)], null, cancellationToken).ConfigureAwait(false);
        return sent;
    }

    /// <summary>Renames a conversation, 1 to 120 characters.</summary>
    /// <exception cref="ArgumentException">The title is empty or too long.</exception>
    public Task RenameAsync(Actor actor, Guid conversationId, string title, CancellationToken cancellationToken) =>
        string.IsNullOrWhiteSpace(title) || title.Length > 120
            ? throw new ArgumentException("A title has 1 to 120 characters.", nameof(title))
            : ChangeAsync(actor, conversationId, c => c.Title = title.Trim(), cancellationToken);

    /// <summary>Hides a conversation from the list; <see cref="RestoreAsync"/> undoes it.</summary>
    public Task ArchiveAsync(Actor actor, Guid conversationId, CancellationToken cancellationToken) =>
        ChangeAsync(actor, conversationId, c => c.ArchivedAt = time.GetUtcNow(), cancellationToken);

    /// <summary>Undoes <see cref="ArchiveAsync"/>.</summary>
    public Task RestoreAsync(Actor actor, Guid conversationId, CancellationToken cancellationToken) =>
        ChangeAsync(actor, conversationId, c => c.ArchivedAt = null, cancellationToken);

    /// <summary>Messages and run are stored in one transaction: an acknowledged message always has its run.</summary>
    private async Task StartAsync(
        Actor actor, SentMessage sent, string text, RunMode mode, IReadOnlyList<MessageView> before, NewQuestion? question, CancellationToken cancellationToken)
    {
        var order = new StartRun
        {
            Goal = text, Mode = mode, Kind = RunKind.Chat, ConversationId = sent.ConversationId, MessageId = sent.AnswerId,
            History = [.. before.Where(m => m.Content.Length > 0).Select(m => new ChatMessage(m.Role == MessageRole.User ? ChatRole.User : ChatRole.Assistant, m.Content))],
        };
        await runs.StartAsync(
            actor,
            order,
            sent.RunId,
            (batch, now) =>
            {
                var at = now.ToUnixTimeMilliseconds();
                if (question is { StartsConversation: true })
                {
                    batch.Execute(
                        ConversationStatements.InsertConversation,
                        ("@id", sent.ConversationId), ("@tenant", actor.TenantId), ("@user", actor.UserId), ("@title", TitleOf(text)), ("@now", at), ("@current", sent.AnswerId));
                }
                if (question is not null)
                {
                    Insert(batch, sent.QuestionId, question.ParentId, MessageRole.User, MessageStatus.Complete, text, null, at);
                }
                Insert(batch, sent.AnswerId, sent.QuestionId, MessageRole.Assistant, MessageStatus.Streaming, "", sent.RunId, at);
                batch.Execute(ConversationStatements.SetCurrent, ("@current", sent.AnswerId), ("@now", at), ("@id", sent.ConversationId), ("@tenant", actor.TenantId));
            },
            cancellationToken).ConfigureAwait(false);

        void Insert(WriteBatch batch, Guid id, Guid? parent, MessageRole role, MessageStatus status, string content, Guid? runId, long at) => batch.Execute(
            ConversationStatements.InsertMessage,
            ("@id", id), ("@tenant", actor.TenantId), ("@conversation", sent.ConversationId), ("@parent", parent), ("@role", role.ToString()),
            ("@status", status.ToString()), ("@content", content), ("@run", runId), ("@now", at));
    }

    /// <summary>A question that is not stored yet; a regenerate has none.</summary>
    private sealed record NewQuestion(bool StartsConversation, Guid? ParentId);

    private async Task ChangeAsync(Actor actor, Guid conversationId, Action<ConversationRow> change, CancellationToken cancellationToken)
    {
        Check(actor);
        await using var db = scope.Open(actor.TenantId);
        var row = await db.Set<ConversationRow>().SingleOrDefaultAsync(c => c.Id == conversationId && c.UserId == actor.UserId, cancellationToken).ConfigureAwait(false)
            ?? throw new KeyNotFoundException($"There is no conversation {conversationId}.");
        change(row);
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
    }

    private static Task<ConversationRow?> OwnAsync(EngineDb db, Actor actor, Guid id, CancellationToken cancellationToken) =>
        db.Set<ConversationRow>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == id && c.UserId == actor.UserId, cancellationToken);

    private static async Task<MessageTree> TreeAsync(EngineDb db, Guid conversationId, CancellationToken cancellationToken) =>
        new(await db.Set<MessageRow>().AsNoTracking().Where(m => m.ConversationId == conversationId).OrderBy(m => m.Id).ToListAsync(cancellationToken).ConfigureAwait(false));

    private static string TitleOf(string text)
    {
        var line = text.Trim().Split('\n', 2)[0].Trim();
        return line.Length <= 80 ? line : line[..79] + "…";
    }

    private static void Check(Actor actor)
    {
        if (!actor.May(Permission.UseRuns))
        {
            throw new AccessDenied(Permission.UseRuns);
        }
    }
}
