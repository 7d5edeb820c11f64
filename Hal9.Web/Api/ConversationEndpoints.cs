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
internal sealed record ConversationLineBody(Guid Id, string Title, DateTimeOffset UpdatedAt, Usd Cost);

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
    DateTimeOffset CreatedAt, IReadOnlyList<Guid> Siblings);

/// <summary>A conversation.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="CreatedAt">When it began (UTC).</param>
/// <param name="UpdatedAt">When it was last used (UTC).</param>
internal sealed record ConversationBody(Guid Id, string Title, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>Read conversations.</summary>
internal static class ConversationEndpoints
{
    public static void MapConversations(this IEndpointRouteBuilder api)
    {
        var conversations = api.MapGroup("/conversations").WithTags("Conversations").Needs(Permission.ReadEngine);
        conversations.MapGet("", ListAsync).Needs(Permission.UseRuns)
            .WithName("listConversations").WithSummary("One's own conversations, last used first")
            .Produces<ListBody<ConversationLineBody>>().ProducesProblems(400, 401, 403);
        conversations.MapGet("/{id:guid}", FindAsync)
            .WithName("getConversation").WithSummary("A conversation")
            .Produces<ConversationBody>().ProducesProblems(401, 403, 404);
        conversations.MapGet("/{id:guid}/messages", MessagesAsync)
            .WithName("listMessages").WithSummary("The messages of a branch, oldest first")
            .WithDescription("The branch last shown, or with `leaf` the one through that message. `siblings` names the other branches. One page.")
            .Produces<ListBody<MessageBody>>().ProducesProblems(401, 403, 404);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, ConversationService conversations, CancellationToken cancellationToken, [FromQuery] string? after = null, [FromQuery] int limit = 50) =>
        Paging.Refuse(limit) ?? await Paging.ReadAsync(
            () => conversations.ListAsync(CurrentActor.From(context.User), after, limit, cancellationToken),
            line => new ConversationLineBody(line.Id, line.Title, line.UpdatedAt, line.Cost), after);

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
        return Results.Json(
            new ListBody<MessageBody>(
                [.. found.Branch.Select(m => new MessageBody(m.Id, m.ParentId, m.Role, m.Status, m.Content, m.RunId, m.Provenance, m.Cost, m.Error, m.CreatedAt, m.Siblings))], null),
            ApiJson.Options);
    }
}
