using Hal9.Engine.Budgets;
using Hal9.Engine.Events;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;

namespace Hal9.Engine.Conversations;

/// <summary>A conversation in a list.</summary>
public sealed record ConversationLine(Guid Id, string Title, DateTimeOffset UpdatedAt, Usd Cost);

/// <summary>A message with its place among its siblings.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="ParentId">The message before it.</param>
/// <param name="Role">Who wrote it.</param>
/// <param name="Status">Its state.</param>
/// <param name="Content">Markdown; while it streams, empty: watch its run.</param>
/// <param name="RunId">The run that wrote it.</param>
/// <param name="Provenance">Where the answer comes from, once it ended.</param>
/// <param name="Cost">What it cost.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="CreatedAt">When (UTC).</param>
/// <param name="Siblings">Ids of all messages with the same parent, oldest first, itself included.</param>
public sealed record MessageView(
    Guid Id, Guid? ParentId, MessageRole Role, MessageStatus Status, string Content, Guid? RunId, Provenance? Provenance, Usd Cost, string? Error,
    DateTimeOffset CreatedAt, IReadOnlyList<Guid> Siblings);

/// <summary>A conversation with the branch that is shown.</summary>
public sealed record ConversationView(Guid Id, string Title, Guid UserId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, IReadOnlyList<MessageView> Branch);

/// <summary>The two messages that a send made.</summary>
public sealed record SentMessage(Guid ConversationId, Guid QuestionId, Guid AnswerId, Guid RunId);

/// <summary>The door to conversations. A message starts a run; the run writes the answer whether or not a browser is there.</summary>
public sealed class ConversationService
{
    /// <summary>The actor's conversations, last used first.</summary>
    public Task<Page<ConversationLine>> ListAsync(Actor actor, string? after, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>The conversation with the branch that ends in (or runs through) <paramref name="leafId"/>, or the branch last shown; null when there is none.</summary>
    public Task<ConversationView?> FindAsync(Actor actor, Guid conversationId, Guid? leafId, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Sends a message: starts the conversation when <paramref name="conversationId"/> is null, makes a sibling when <paramref name="parentId"/> already has a child (an edit).</summary>
    public Task<SentMessage> SendAsync(Actor actor, Guid? conversationId, Guid? parentId, string text, RunMode mode, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Answers the same question again: the new answer is a sibling of <paramref name="answerId"/>.</summary>
    public Task<SentMessage> RegenerateAsync(Actor actor, Guid answerId, RunMode mode, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Renames a conversation, 1 to 120 characters.</summary>
    public Task RenameAsync(Actor actor, Guid conversationId, string title, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Hides a conversation from the list; <see cref="RestoreAsync"/> undoes it.</summary>
    public Task ArchiveAsync(Actor actor, Guid conversationId, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Undoes <see cref="ArchiveAsync"/>.</summary>
    public Task RestoreAsync(Actor actor, Guid conversationId, CancellationToken cancellationToken) => throw new NotSupportedException();
}
