using System.Text;
using Hal9.Engine.Conversations;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Api;

/// <summary>A whole conversation with all its branches.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="CreatedAt">When it began (UTC).</param>
/// <param name="UpdatedAt">When it was last used (UTC).</param>
/// <param name="Folder">The folder it lies in.</param>
/// <param name="Tags">Its labels.</param>
/// <param name="Messages">All messages, oldest first; <c>parentId</c> makes the tree.</param>
internal sealed record ConversationExportBody(
    Guid Id, string Title, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? Folder, IReadOnlyList<string> Tags, IReadOnlyList<MessageBody> Messages);

/// <summary>Conversations as files.</summary>
internal static class ExportEndpoints
{
    private const string Json = "json";
    private const string Markdown = "md";

    public static void MapExports(this IEndpointRouteBuilder api) =>
        api.MapGet("/conversations/{id:guid}/export", ExportAsync).WithTags("Conversations").Needs(Permission.ReadEngine)
            .WithName("exportConversation").WithSummary("A conversation as a file")
            .WithDescription("`format=json`: all branches. `format=md`: the branch last shown, or with `leaf` the one through that message, as Markdown.")
            .Produces<ConversationExportBody>().Produces<string>(200, "text/markdown").ProducesProblems(400, 401, 403, 404);

    private static async Task<IResult> ExportAsync(
        Guid id, HttpContext context, ConversationService conversations, CancellationToken cancellationToken, [FromQuery] string format = Json, [FromQuery] Guid? leaf = null)
    {
        if (format is not (Json or Markdown))
        {
            return Problems.Invalid("format", "One of json, md.");
        }
        var actor = CurrentActor.From(context.User);
        if (await conversations.FindAsync(actor, id, leaf, cancellationToken) is not { } found)
        {
            return Problems.NotFound("conversation");
        }
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"conversation-{id:N}.{format}\"";
        return format == Markdown
            ? Results.Text(Transcript.Markdown(found), "text/markdown", Encoding.UTF8)
            : Results.Json(
                new ConversationExportBody(
                    found.Id, found.Title, found.CreatedAt, found.UpdatedAt, found.Folder, found.Tags,
                    [.. (await conversations.AllMessagesAsync(actor, id, cancellationToken)).Select(MessageBody.Of)]),
                ApiJson.Options);
    }
}
