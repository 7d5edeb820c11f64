using System.Net.Mime;
using Hal9.Engine.Conversations;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;

namespace Hal9.Web.Api;

/// <summary>The content of attached files.</summary>
internal static class AttachmentEndpoints
{
    public static void MapAttachments(this IEndpointRouteBuilder api) =>
        api.MapGet("/attachments/{id:guid}", FindAsync).WithTags("Conversations").Needs(Permission.ReadEngine)
            .WithName("getAttachment").WithSummary("The content of an attached file")
            .Produces(200, contentType: MediaTypeNames.Application.Octet).ProducesProblems(401, 403, 404);

    private static async Task<IResult> FindAsync(Guid id, HttpContext context, AttachmentService attachments, CancellationToken cancellationToken)
    {
        if (await attachments.FindAsync(CurrentActor.From(context.User), id, cancellationToken) is not { } file)
        {
            return Problems.NotFound("attachment");
        }
        // What somebody uploaded is never shown as a page of ours: images as what they were found to be, all else as a download.
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        context.Response.Headers.CacheControl = "private, max-age=86400, immutable";
        return file.Kind == AttachmentKind.Image
            ? Results.Bytes(file.Content.ToArray(), file.MediaType)
            : Results.File(file.Content.ToArray(), MediaTypeNames.Application.Octet, file.Name);
    }
}
