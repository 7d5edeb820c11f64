using Hal9.Engine;
using Hal9.Engine.Conversations;
using Hal9.Engine.Events;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Api;

/// <summary>A conversation in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="UpdatedAt">When it was last used (UTC).</param>
/// <param name="Cost">What its answers cost.</param>
/// <param name="Pinned">It is kept at the top.</param>
/// <param name="Folder">The folder it lies in.</param>
/// <param name="Tags">Its labels.</param>
/// <param name="Archived">It is put away.</param>
internal sealed record ConversationLineBody(Guid Id, string Title, DateTimeOffset UpdatedAt, Usd Cost, bool Pinned, string? Folder, IReadOnlyList<string> Tags, bool Archived);

/// <summary>A message in which the words were found.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="ConversationId">Its conversation.</param>
/// <param name="Title">The conversation's title.</param>
/// <param name="Role">Who wrote it.</param>
/// <param name="CreatedAt">When (UTC).</param>
/// <param name="Archived">The conversation is put away.</param>
/// <param name="Snippet">The place in the text, in pieces.</param>
internal sealed record FoundMessageBody(
    Guid MessageId, Guid ConversationId, string Title, MessageRole Role, DateTimeOffset CreatedAt, bool Archived, IReadOnlyList<SnippetBody> Snippet);

/// <summary>A piece of a found text.</summary>
/// <param name="Text">The piece.</param>
/// <param name="Hit">It is one of the words asked for.</param>
internal sealed record SnippetBody(string Text, bool Hit);

/// <summary>A message.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ParentId">The message before it.</param>
/// <param name="Role">Who wrote it.</param>
/// <param name="Status">Its state.</param>
/// <param name="Content">Markdown.</param>
/// <param name="RunId">The run that wrote it.</param>
/// <param name="Provenance">Where the answer comes from, once it ended.</param>
/// <param name="Cost">What it cost.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="CreatedAt">When (UTC).</param>
/// <param name="Siblings">Ids of all messages with the same parent, oldest first, itself included.</param>
internal sealed record MessageBody(
    Guid Id, Guid? ParentId, MessageRole Role, MessageStatus Status, string Content, Guid? RunId, Provenance? Provenance, Usd Cost, string? Error,
    DateTimeOffset CreatedAt, IReadOnlyList<Guid> Siblings)
{
    public static MessageBody Of(MessageView m) => new(m.Id, m.ParentId, m.Role, m.Status, m.Content, m.RunId, m.Provenance, m.Cost, m.Error, m.CreatedAt, m.Siblings);
}

/// <summary>A conversation.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="CreatedAt">When it began (UTC).</param>
/// <param name="UpdatedAt">When it was last used (UTC).</param>
internal sealed record ConversationBody(Guid Id, string Title, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>Read conversations.</summary>
internal static class ConversationEndpoints
{
    private const int LongestQuery = 200;

    public static void MapConversations(this IEndpointRouteBuilder api)
    {
        var conversations = api.MapGroup("/conversations").WithTags("Conversations").Needs(Permission.ReadEngine);
        conversations.MapGet("", ListAsync).Needs(Permission.UseRuns)
            .WithName("listConversations").WithSummary("One's own conversations, last used first")
            .WithDescription("Those in use, or with `archived=true` those put away; narrowed by `folder`, `tag`, `pinned` and by a text `q` in the title.")
            .Produces<ListBody<ConversationLineBody>>().ProducesProblems(400, 401, 403);
        conversations.MapGet("/{id:guid}", FindAsync)
            .WithName("getConversation").WithSummary("A conversation")
            .Produces<ConversationBody>().ProducesProblems(401, 403, 404);
        conversations.MapGet("/{id:guid}/messages", MessagesAsync)
            .WithName("listMessages").WithSummary("The messages of a branch, oldest first")
            .WithDescription("The branch last shown, or with `leaf` the one through that message. `siblings` names the other branches. One page.")
            .Produces<ListBody<MessageBody>>().ProducesProblems(401, 403, 404);
        api.MapGet("/search", SearchAsync).WithTags("Conversations").Needs(Permission.ReadEngine)
            .WithName("searchMessages").WithSummary("Messages that have all the words, newest first")
            .WithDescription("Each word of `q` is looked for as the beginning of a word, in all branches, in archived conversations too. Without the permission to read everybody's runs, or with `mine=true`, in one's own conversations.")
            .Produces<ListBody<FoundMessageBody>>().ProducesProblems(400, 401, 403);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, ShelfService shelf, CancellationToken cancellationToken, [FromQuery] string? q = null, [FromQuery] string? folder = null,
        [FromQuery] string? tag = null, [FromQuery] bool? pinned = null, [FromQuery] bool archived = false, [FromQuery] string? after = null, [FromQuery] int limit = 50) =>
        Paging.Refuse(limit) ?? await Paging.ReadAsync(
            () => shelf.ListAsync(CurrentActor.From(context.User), new ConversationFilter(archived, pinned, folder, tag, q), after, limit, cancellationToken),
            line => new ConversationLineBody(line.Id, line.Title, line.UpdatedAt, line.Cost, line.IsPinned, line.Folder, line.Tags, line.IsArchived), after);

    private static async Task<IResult> SearchAsync(
        HttpContext context, SearchService search, CancellationToken cancellationToken, [FromQuery] string? q = null, [FromQuery] bool mine = false,
        [FromQuery] string? after = null, [FromQuery] int limit = 50)
    {
        if (string.IsNullOrWhiteSpace(q) || q.Length > LongestQuery)
        {
            return Problems.Invalid("q", $"The words to look for, 1 to {LongestQuery} characters.");
        }
        return Paging.Refuse(limit) ?? await Paging.ReadAsync(
            () => search.FindAsync(CurrentActor.From(context.User), q, mine, after, limit, cancellationToken),
            found => new FoundMessageBody(
                found.MessageId, found.ConversationId, found.Title, found.Role, found.At, found.IsArchived, [.. found.Snippet.Select(piece => new SnippetBody(piece.Text, piece.IsHit))]),
            after);
    }

    private static async Task<IResult> FindAsync(Guid id, HttpContext context, ConversationService conversations, CancellationToken cancellationToken) =>
        await conversations.FindAsync(CurrentActor.From(context.User), id, null, cancellationToken) is { } found
            ? Results.Json(new ConversationBody(found.Id, found.Title, found.CreatedAt, found.UpdatedAt), ApiJson.Options)
            : Problems.NotFound("conversation");

    private static async Task<IResult> MessagesAsync(
        Guid id, HttpContext context, ConversationService conversations, CancellationToken cancellationToken, [FromQuery] Guid? leaf = null)
    {
        if (await conversations.FindAsync(CurrentActor.From(context.User), id, leaf, cancellationToken) is not { } found)
        {
            return Problems.NotFound("conversation");
        }
        if (leaf is { } wanted && found.Branch.All(message => message.Id != wanted))
        {
            return Problems.NotFound("message");
        }
        return Results.Json(new ListBody<MessageBody>([.. found.Branch.Select(MessageBody.Of)], null), ApiJson.Options);
    }
}
