using Hal9.Engine.Events;
using Hal9.Engine.Learning;
using Hal9.Engine.Models;
using Hal9.Engine.Runs;
using Hal9.Engine.Storage;
using Hal9.Engine.Storage.Sql;
using Hal9.Engine.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;

namespace Hal9.Engine.Conversations;

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
/// <param name="Files">The files that a question has.</param>
/// <param name="Tokens">What all model calls of its run used.</param>
public sealed record MessageView(
    Guid Id, Guid? ParentId, MessageRole Role, MessageStatus Status, string Content, Guid? RunId, Provenance? Provenance, Usd Cost, string? Error,
    DateTimeOffset CreatedAt, IReadOnlyList<Guid> Siblings, DateTimeOffset? EndedAt = null, Feedback? Vote = null,
    IReadOnlyList<Attachment>? Files = null, MessageTokens? Tokens = null)
{
    /// <summary>The model that the person named for this answer; null: the hierarchy chose.</summary>
    public ModelRef? Model { get; init; }
}

/// <summary>Tokens that an answer used.</summary>
/// <param name="Input">Read, cached ones included.</param>
/// <param name="Output">Written, thoughts included.</param>
public sealed record MessageTokens(long Input, long Output);

/// <summary>A conversation with the branch that is shown.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Title">Its title.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="CreatedAt">When it began (UTC).</param>
/// <param name="UpdatedAt">When it was last used (UTC).</param>
/// <param name="Branch">From the first message to the end of the branch.</param>
public sealed record ConversationView(Guid Id, string Title, Guid UserId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, IReadOnlyList<MessageView> Branch)
{
    /// <summary>It is kept at the top of the list.</summary>
    public bool IsPinned { get; init; }

    /// <summary>The folder it lies in.</summary>
    public string? Folder { get; init; }

    /// <summary>Its labels, by name.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>It is put away.</summary>
    public bool IsArchived { get; init; }

    /// <summary>A temporary chat: when its texts are removed (UTC).</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>It is a temporary chat.</summary>
    public bool IsTemporary => ExpiresAt is not null;
}

/// <summary>A message to send.</summary>
/// <param name="ConversationId">The conversation; null: a new one.</param>
/// <param name="ParentId">The message before it. When that already has a child, this becomes its sibling: an edit.</param>
/// <param name="Text">The text, Markdown.</param>
/// <param name="Mode">How deep.</param>
public sealed record NewMessage(Guid? ConversationId, Guid? ParentId, string Text, RunMode Mode)
{
    /// <summary>A new conversation is a temporary one: in no list, in no search, its texts removed an hour after its last message.</summary>
    public bool Temporary { get; init; }

    /// <summary>Ids of the actor's files that it has: new ones, or, in an edit, those of the message that it replaces.</summary>
    public IReadOnlyList<Guid> Files { get; init; } = [];

    /// <summary>A model that shall answer by itself, without the hierarchy; then the mode does not matter.</summary>
    public ModelRef? Model { get; init; }
}

/// <summary>The two messages that a send made.</summary>
public sealed record SentMessage(Guid ConversationId, Guid QuestionId, Guid AnswerId, Guid RunId);

/// <summary>The door to conversations. A message starts a run; the run writes the answer whether or not a browser is there. A person sees and changes their own conversations; who may read all runs may read all conversations.</summary>
public sealed class ConversationService
{
    private const int MostText = 100_000;
    private readonly TenantScope scope;
    private readonly RunService runs;
    private readonly FeedbackService feedback;
    private readonly TemporaryChats temporary;
    private readonly BranchFiles files;
    private readonly ModelService models;

    internal ConversationService(TenantScope scope, RunService runs, FeedbackService feedback, TemporaryChats temporary, BranchFiles files, ModelService models)
    {
        this.files = files;
        this.models = models;
        this.scope = scope;
        this.runs = runs;
        this.feedback = feedback;
        this.temporary = temporary;
    }

    /// <summary>The conversation with the branch that ends in (or runs through) <paramref name="leafId"/>, or the branch last shown; null when there is none.</summary>
    public async Task<ConversationView?> FindAsync(Actor actor, Guid conversationId, Guid? leafId, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(actor.TenantId);
        if (await VisibleAsync(db, actor, conversationId, cancellationToken).ConfigureAwait(false) is not { } conversation)
        {
            return null;
        }
        var tree = await TreeAsync(db, conversationId, cancellationToken).ConfigureAwait(false);
        var branch = tree.BranchThrough(leafId is { } leaf && tree.Has(leaf) ? leaf : conversation.CurrentId);
        var runIds = branch.Where(m => m.RunId is not null).Select(m => m.RunId!.Value).ToList();
        var ends = await db.Set<RunRow>().AsNoTracking().Where(r => runIds.Contains(r.Id)).Select(r => new { r.Id, r.EndedAt, r.Mode })
            .ToDictionaryAsync(r => r.Id, r => r, cancellationToken).ConfigureAwait(false);
        var votes = await feedback.OwnThumbsAsync(actor, runIds, cancellationToken).ConfigureAwait(false);
        var tags = await db.Set<ConversationTagRow>().AsNoTracking().Where(t => t.ConversationId == conversationId).OrderBy(t => t.Tag).Select(t => t.Tag)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        var tokens = await db.Set<ModelCallRow>().AsNoTracking().Where(c => runIds.Contains(c.RunId)).GroupBy(c => c.RunId)
            .Select(calls => new { calls.Key, Input = calls.Sum(c => c.InputTokens), Output = calls.Sum(c => c.OutputTokens), Provider = calls.Max(c => c.Provider), Model = calls.Max(c => c.Model) })
            .ToDictionaryAsync(calls => calls.Key, calls => (Tokens: new MessageTokens(calls.Input, calls.Output), Model: new ModelRef(calls.Provider!, calls.Model!)), cancellationToken).ConfigureAwait(false);
        var filesOf = await FilesAsync(db, conversationId, cancellationToken).ConfigureAwait(false);
        return new ConversationView(
            conversation.Id, conversation.Title, conversation.UserId, conversation.CreatedAt, conversation.UpdatedAt,
            [.. branch.Select(Whole)])
        {
            IsPinned = conversation.PinnedAt is not null, Folder = conversation.Folder, Tags = tags, IsArchived = conversation.ArchivedAt is not null,
            ExpiresAt = conversation.ExpiresAt,
        };

        MessageView Whole(MessageView message)
        {
            if (message.RunId is not { } run)
            {
                return message with { Files = [.. filesOf[message.Id]] };
            }
            var end = ends.GetValueOrDefault(run);
            var called = tokens.TryGetValue(run, out var calls);
            // A run that names its model has calls to that one only.
            return message with
            {
                EndedAt = end?.EndedAt, Vote = votes.GetValueOrDefault(run), Tokens = called ? calls.Tokens : null,
                Model = called && end?.Mode == RunMode.Direct ? calls.Model : null,
            };
        }
    }

    /// <summary>All messages of a conversation with all its branches, oldest first; none when there is no such conversation.</summary>
    public async Task<IReadOnlyList<MessageView>> AllMessagesAsync(Actor actor, Guid conversationId, CancellationToken cancellationToken)
    {
        await using var db = scope.Open(actor.TenantId);
        return await VisibleAsync(db, actor, conversationId, cancellationToken).ConfigureAwait(false) is null
            ? []
            : (await TreeAsync(db, conversationId, cancellationToken).ConfigureAwait(false)).All;
    }

    /// <summary>Sends a message: starts the conversation when <paramref name="conversationId"/> is null, makes a sibling when <paramref name="parentId"/> already has a child (an edit).</summary>
    /// <exception cref="ArgumentException">The text is empty or too long.</exception>
    /// <exception cref="KeyNotFoundException">There is no such conversation or message.</exception>
    public Task<SentMessage> SendAsync(Actor actor, Guid? conversationId, Guid? parentId, string text, RunMode mode, CancellationToken cancellationToken) =>
        SendAsync(actor, new NewMessage(conversationId, parentId, text, mode), cancellationToken);

    /// <summary>The same with all that a message may have.</summary>
    /// <exception cref="ArgumentException">The text is empty or too long.</exception>
    /// <exception cref="KeyNotFoundException">There is no such conversation or message.</exception>
    public async Task<SentMessage> SendAsync(Actor actor, NewMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        Check(actor);
        if (string.IsNullOrWhiteSpace(message.Text) || message.Text.Length > MostText)
        {
            throw new ArgumentException($"A message has 1 to {MostText} characters.", nameof(message));
        }
        CheckModel(message.Model);
        IReadOnlyList<MessageView> before = [];
        var isTemporary = message.Temporary;
        await using var db = scope.Open(actor.TenantId);
        if (message.ConversationId is { } id)
        {
            var conversation = await OwnAsync(db, actor, id, cancellationToken).ConfigureAwait(false) ?? throw new KeyNotFoundException($"There is no conversation {id}.");
            isTemporary = conversation.ExpiresAt is not null;
            var tree = await TreeAsync(db, id, cancellationToken).ConfigureAwait(false);
            if (message.ParentId is { } parent && !tree.Has(parent))
            {
                throw new KeyNotFoundException($"There is no message {parent} in this conversation.");
            }
            before = tree.PathTo(message.ParentId);
        }
        // Ids of one millisecond have no order: the answer's is of the next, so that lists by id have it after its question.
        var now = TimeProvider.System.GetUtcNow();
        var all = await files.CheckAsync(db, actor, [.. before.Select(m => m.Id)], message.Files, message.Text, message.Mode, message.Model, cancellationToken).ConfigureAwait(false);
        var sent = new SentMessage(message.ConversationId ?? Guid.CreateVersion7(now), Guid.CreateVersion7(now), Guid.CreateVersion7(now.AddMilliseconds(1)), Guid.CreateVersion7(now));
        await StartAsync(actor, sent, message.Text, message.Mode, message.Model, before, new NewQuestion(message.ConversationId is null, message.ParentId, message.Files), all, isTemporary, cancellationToken).ConfigureAwait(false);
        return sent;
    }

    /// <summary>Ends a temporary chat now: its texts are removed, what it cost stays on the ledger.</summary>
    /// <exception cref="KeyNotFoundException">There is no such temporary chat of the actor's.</exception>
    /// <exception cref="ArgumentException">An answer is still being written.</exception>
    public async Task EndTemporaryAsync(Actor actor, Guid conversationId, CancellationToken cancellationToken)
    {
        Check(actor);
        await using var db = scope.Open(actor.TenantId);
        if (await OwnAsync(db, actor, conversationId, cancellationToken).ConfigureAwait(false) is not { ExpiresAt: not null })
        {
            throw new KeyNotFoundException($"There is no temporary chat {conversationId}.");
        }
        if (!await temporary.EndAsync(actor.TenantId, conversationId, cancellationToken).ConfigureAwait(false))
        {
            throw new ArgumentException("An answer is still being written: stop it first.", nameof(conversationId));
        }
    }

    /// <summary>Answers the same question again, by the hierarchy or by <paramref name="model"/>: the new answer is a sibling of <paramref name="answerId"/>.</summary>
    /// <exception cref="ArgumentException">There is no such model.</exception>
    /// <exception cref="KeyNotFoundException">There is no such answer.</exception>
    public async Task<SentMessage> RegenerateAsync(Actor actor, Guid answerId, RunMode mode, ModelRef? model, CancellationToken cancellationToken)
    {
        Check(actor);
        CheckModel(model);
        await using var db = scope.Open(actor.TenantId);
        var answer = await db.Set<MessageRow>().AsNoTracking().SingleOrDefaultAsync(m => m.Id == answerId && m.Role == MessageRole.Assistant, cancellationToken).ConfigureAwait(false);
        if (answer is null || await OwnAsync(db, actor, answer.ConversationId, cancellationToken).ConfigureAwait(false) is not { } conversation)
        {
            throw new KeyNotFoundException($"There is no answer {answerId}.");
        }
        var tree = await TreeAsync(db, answer.ConversationId, cancellationToken).ConfigureAwait(false);
        var path = tree.PathTo(answer.ParentId);
        var question = path[^1];
        var all = await files.CheckAsync(db, actor, [.. path.Select(m => m.Id)], [], question.Content, mode, model, cancellationToken).ConfigureAwait(false);
        var sent = new SentMessage(answer.ConversationId, question.Id, Guid.CreateVersion7(), Guid.CreateVersion7());
        await StartAsync(actor, sent, question.Content, mode, model, [.. path.SkipLast(1)], null, all, conversation.ExpiresAt is not null, cancellationToken).ConfigureAwait(false);
        return sent;
    }

    /// <summary>Messages and run are stored in one transaction: an acknowledged message always has its run.</summary>
    private async Task StartAsync(
        Actor actor, SentMessage sent, string text, RunMode mode, ModelRef? model, IReadOnlyList<MessageView> before, NewQuestion? question, IReadOnlyList<Guid> all, bool isTemporary,
        CancellationToken cancellationToken)
    {
        ChatMessage[] history = [.. before.Where(m => m.Content.Length > 0).Select(m => new ChatMessage(m.Role == MessageRole.User ? ChatRole.User : ChatRole.Assistant, m.Content))];
        var order = new StartRun
        {
            Goal = text, Mode = model is null ? mode : RunMode.Direct, Kind = RunKind.Chat, ConversationId = sent.ConversationId, MessageId = sent.AnswerId, IsTemporary = isTemporary, Files = all,
            History = model is null ? history : [],
            Direct = model is { } named ? new DirectRequest(named, [.. history, new ChatMessage(ChatRole.User, text)], new ChatOptions()) : null,
        };
        await runs.StartAsync(
            actor,
            order,
            sent.RunId,
            (batch, now) =>
            {
                var at = now.ToUnixTimeMilliseconds();
                long? expires = isTemporary ? now.Add(TemporaryChats.Life).ToUnixTimeMilliseconds() : null;
                if (question is { StartsConversation: true })
                {
                    batch.Execute(
                        ConversationStatements.InsertConversation,
                        ("@id", sent.ConversationId), ("@tenant", actor.TenantId), ("@user", actor.UserId), ("@title", TitleOf(text)), ("@now", at), ("@current", sent.AnswerId),
                        ("@expires", expires));
                }
                if (question is not null)
                {
                    Insert(batch, sent.QuestionId, question.ParentId, MessageRole.User, MessageStatus.Complete, text, null, at);
                    BranchFiles.Link(batch, actor.TenantId, sent.ConversationId, sent.QuestionId, question.Files);
                    if (!isTemporary)
                    {
                        MessageIndex.Add(batch, actor.TenantId, actor.UserId, sent.ConversationId, sent.QuestionId, text);
                    }
                }
                Insert(batch, sent.AnswerId, sent.QuestionId, MessageRole.Assistant, MessageStatus.Streaming, "", sent.RunId, at);
                batch.Execute(ConversationStatements.SetCurrent, ("@current", sent.AnswerId), ("@now", at), ("@expires", expires), ("@id", sent.ConversationId), ("@tenant", actor.TenantId));
            },
            cancellationToken).ConfigureAwait(false);

        void Insert(WriteBatch batch, Guid id, Guid? parent, MessageRole role, MessageStatus status, string content, Guid? runId, long at) => batch.Execute(
            ConversationStatements.InsertMessage,
            ("@id", id), ("@tenant", actor.TenantId), ("@conversation", sent.ConversationId), ("@parent", parent), ("@role", role.ToString()),
            ("@status", status.ToString()), ("@content", content), ("@run", runId), ("@now", at));
    }

    /// <summary>A question that is not stored yet; a regenerate has none.</summary>
    private sealed record NewQuestion(bool StartsConversation, Guid? ParentId, IReadOnlyList<Guid> Files);

    private static async Task<ILookup<Guid, Attachment>> FilesAsync(EngineDb db, Guid conversationId, CancellationToken cancellationToken)
    {
        var rows = await (
            from link in db.Set<MessageAttachmentRow>().AsNoTracking()
            join a in db.Set<AttachmentRow>().AsNoTracking() on link.AttachmentId equals a.Id
            where link.ConversationId == conversationId
            orderby a.Id
            select new { link.MessageId, File = new Attachment(a.Id, a.Name, a.Kind, a.Size, a.Text == null ? null : a.Text.Length) }).ToListAsync(cancellationToken).ConfigureAwait(false);
        return rows.ToLookup(row => row.MessageId, row => row.File);
    }

    // A temporary chat is read by its owner only.
    private static Task<ConversationRow?> VisibleAsync(EngineDb db, Actor actor, Guid id, CancellationToken cancellationToken)
    {
        var everybody = actor.May(Permission.ReadRuns);
        if (!everybody)
        {
            Check(actor);
        }
        return db.Set<ConversationRow>().AsNoTracking()
            .SingleOrDefaultAsync(c => c.Id == id && (c.UserId == actor.UserId || (everybody && c.ExpiresAt == null)), cancellationToken);
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

    private void CheckModel(ModelRef? model)
    {
        if (model is { } named && !models.Knows(named))
        {
            throw new ArgumentException($"There is no model {named} here. Choose another one, or a mode.", nameof(model));
        }
    }

    private static void Check(Actor actor)
    {
        if (!actor.May(Permission.UseRuns))
        {
            throw new AccessDenied(Permission.UseRuns);
        }
    }
}
