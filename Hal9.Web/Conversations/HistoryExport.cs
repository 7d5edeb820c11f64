using System.Text.Json;
using Hal9.Engine.Budgets;
using Hal9.Engine.Conversations;
using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Api;
using Hal9.Web.Budgets;
using Hal9.Web.Shared.Tables;

namespace Hal9.Web.Conversations;

/// <summary>The history as files: the filtered rows as CSV, streamed; and chosen conversations and runs whole, a JSON document a line.</summary>
internal static class HistoryExport
{
    private const int MostDocuments = 100;

    private static readonly string[] Heads =
        ["id", "kind", "title", "user", "userId", "mode", "model", "status", "answers", "tokens", "costUsd", "thumbsDown", "reviews", "lastUsedAt", "seconds", "tags", "archived", "error"];

    // The same permission as the page; what somebody sees is decided by the doors.
    public static void MapHistoryExport(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Urls.HistoryExport, ExportAsync).Needs(Permission.ReadEngine).ExcludeFromDescription();
        routes.MapGet(Urls.HistoryDocuments([]), DocumentsAsync).Needs(Permission.ReadEngine).ExcludeFromDescription();
    }

    private static async Task ExportAsync(
        HttpContext context, HistoryService history, CostNames names, string? kind, string? show, string? q, string? user, string? mode, string? tag, string? archived, string? from, string? to,
        string? sort, string? order)
    {
        var query = HistoryQuery.Parse(kind, show, q, user, mode, tag, archived, from, to, null, TableQuery.Parse(sort, order, null, null, HistoryQuery.Sortable));
        var (actor, cancelled) = (CurrentActor.From(context.User), context.RequestAborted);
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"history.csv\"";
        var csv = new CsvWriter(context.Response.Body);
        await csv.WriteAsync(Heads, cancelled);
        var people = new Dictionary<Guid, string>();
        await foreach (var line in history.ListAllAsync(actor, query.ToFilter(), cancelled))
        {
            if (!people.TryGetValue(line.UserId, out var name))
            {
                people[line.UserId] = name = (await names.OfAsync(actor, [(CostGroup.User, line.UserId.ToString())], cancelled)).Of(CostGroup.User, line.UserId.ToString());
            }
            await csv.WriteAsync(
                [
                    line.Id, line.Kind, line.Title, name, line.UserId, line.Mode, line.Model, line.Status, line.Answers, line.Tokens, line.Cost, line.ThumbsDown, line.Reviews, line.Found?.At ?? line.At,
                    line.Took?.TotalSeconds, string.Join(' ', line.Tags), line.IsArchived ? 1 : 0, line.Error,
                ],
                cancelled);
        }
        await csv.FlushAsync(cancelled);
    }

    private static async Task<IResult> DocumentsAsync(HttpContext context, ConversationService conversations, RunService runs, string? ids)
    {
        var (actor, cancelled) = (CurrentActor.From(context.User), context.RequestAborted);
        var wanted = (ids ?? "").Split('.', StringSplitOptions.RemoveEmptyEntries).Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).Distinct().ToList();
        if (wanted.Count is 0 or > MostDocuments)
        {
            return Results.Problem($"ids: 1 to {MostDocuments} ids with dots between.", statusCode: 400);
        }
        context.Response.ContentType = "application/jsonl; charset=utf-8";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"history.jsonl\"";
        foreach (var id in wanted)
        {
            var document = await conversations.FindAsync(actor, id, null, cancelled) is { } found
                ? JsonSerializer.Serialize(
                    new ConversationExportBody(
                        found.Id, found.Title, found.CreatedAt, found.UpdatedAt, found.Folder, found.Tags, [.. (await conversations.AllMessagesAsync(actor, id, cancelled)).Select(MessageBody.Of)]),
                    ApiJson.Options)
                : await runs.FindAsync(actor, id, cancelled) is { } run ? JsonSerializer.Serialize(RunBody.Of(run), ApiJson.Options) : null;
            if (document is not null)
            {
                await context.Response.WriteAsync(document.ReplaceLineEndings("") + "\n", cancelled);
            }
        }
        return Results.Empty;
    }
}
