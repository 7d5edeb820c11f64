using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared.Tables;

namespace Hal9.Web.Budgets;

/// <summary>The budgets as CSV: exactly the filtered rows, in the order of the page.</summary>
internal static class BudgetsExport
{
    private static readonly string[] Heads =
        ["id", "scope", "scopeId", "name", "period", "limitUsd", "limitTokens", "spentUsd", "spentTokens", "reservedUsd", "reservedTokens", "used", "outlook", "reachedAt", "resetsAt", "marks", "ladder"];

    public static void MapBudgetsExport(this IEndpointRouteBuilder routes) => routes.MapGet(Urls.BudgetsExport, ExportAsync).Needs(Permission.ReadCosts).ExcludeFromDescription();

    private static async Task ExportAsync(HttpContext context, BudgetsReader reader, TimeProvider time, string? kind, string? period, string? near, string? q, string? sort, string? order)
    {
        var query = BudgetsQuery.Parse(kind, period, near, q, null, null, TableQuery.Parse(sort, order, null, null, BudgetsQuery.Sortable));
        var cancelled = context.RequestAborted;
        var lines = query.Apply(await reader.ListAsync(CurrentActor.From(context.User), time.GetUtcNow(), cancelled));
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"budgets.csv\"";
        var csv = new CsvWriter(context.Response.Body);
        await csv.WriteAsync(Heads, cancelled);
        foreach (var line in lines)
        {
            var budget = line.Budget;
            await csv.WriteAsync(
                [
                    budget.Id, budget.ScopeKind, budget.ScopeId, line.Name, budget.Period, budget.Limit, budget.LimitTokens, budget.Spent, budget.SpentTokens, budget.Reserved, budget.ReservedTokens,
                    Math.Round(line.Used, 4), line.Outlook.Kind, line.Outlook.At, budget.ResetsAt, string.Join(' ', budget.Marks), string.Join(' ', budget.Ladder),
                ],
                cancelled);
        }
        await csv.FlushAsync(cancelled);
    }
}
