using Hal9.Engine.Runs;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared.Tables;

namespace Hal9.Web.Runs;

/// <summary>The list of runs as CSV: exactly the filtered rows, in the order of the page, streamed.</summary>
internal static class RunsExport
{
    private static readonly string[] Heads = ["id", "status", "kind", "mode", "goal", "provenance", "costUsd", "startedAt", "endedAt", "seconds", "error"];

    // The same permission as the page; which runs somebody sees is decided by the door.
    public static void MapRunsExport(this IEndpointRouteBuilder routes) =>
        routes.MapGet(Urls.RunsExport, ExportAsync).Needs(Permission.ReadEngine).ExcludeFromDescription();

    private static async Task ExportAsync(HttpContext context, RunService runs, string? status, string? kind, string? mode, string? q, string? from, string? to, string? sort, string? order,
        string? user, string? key, string? model, string? provider, string? neuron, string? layer, string? tag)
    {
        var query = RunsQuery.Parse(status, kind, mode, q, TableQuery.Parse(sort, order, null, null, RunsQuery.Sortable), from, to) with { Of = RunsQuery.ReadOf(user, key, model, provider, neuron, layer), Tag = tag };
        var (actor, cancelled) = (CurrentActor.From(context.User), context.RequestAborted);
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"runs.csv\"";
        var csv = new CsvWriter(context.Response.Body);
        await csv.WriteAsync(Heads, cancelled);
        await foreach (var run in runs.ListAllAsync(actor, query.ToFilter(), cancelled))
        {
            await csv.WriteAsync(
                [run.Id, run.Status, run.Kind, run.Mode, run.Goal, run.Provenance, run.Cost, run.StartedAt, run.EndedAt, (run.EndedAt - run.StartedAt)?.TotalSeconds, run.Error], cancelled);
        }
        await csv.FlushAsync(cancelled);
    }
}
