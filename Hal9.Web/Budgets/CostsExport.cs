using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Hal9.Web.Shared.Tables;

namespace Hal9.Web.Budgets;

/// <summary>The costs as CSV: exactly what chart and table show, a row for each key and step.</summary>
internal static class CostsExport
{
    private static readonly string[] Heads =
        ["by", "key", "name", "from", "costUsd", "nanoUsd", "inputTokens", "cachedTokens", "cacheWriteTokens", "outputTokens", "reasoningTokens", "calls", "unpriced"];

    public static void MapCostsExport(this IEndpointRouteBuilder routes) => routes.MapGet(Urls.CostsExport, ExportAsync).Needs(Permission.ReadCosts).ExcludeFromDescription();

    private static async Task<IResult> ExportAsync(
        HttpContext context, CostsReader reader, CostNames names, TimeProvider time, string? from, string? to, string? by, string? step, string? user, string? key, string? model, string? provider,
        string? neuron, string? layer, string? kind, string? q)
    {
        var (actor, cancelled, now) = (CurrentActor.From(context.User), context.RequestAborted, time.GetUtcNow());
        var query = CostsQuery.Parse(from, to, by, step, CostsQuery.ReadOf(user, key, model, provider, neuron, layer, kind), q, new TableQuery());
        CostBreakdown breakdown;
        try
        {
            breakdown = await reader.BreakDownAsync(actor, query, now, cancelled);
        }
        catch (ArgumentException e)
        {
            return Results.Problem(e.Message, statusCode: 400);
        }
        var naming = await names.OfAsync(actor, [.. breakdown.Items.Select(item => (query.By, item.Key)).Distinct()], cancelled);
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"costs.csv\"";
        var csv = new CsvWriter(context.Response.Body);
        await csv.WriteAsync(Heads, cancelled);
        foreach (var item in breakdown.Items)
        {
            var name = naming.Of(query.By, item.Key);
            if (query.Text is null || name.Contains(query.Text, StringComparison.CurrentCultureIgnoreCase))
            {
                await csv.WriteAsync(
                    [
                        query.By, item.Key, name, item.From, item.Amount, item.Amount.Nano, item.InputTokens, item.CachedTokens, item.CacheWriteTokens, item.OutputTokens, item.ReasoningTokens,
                        item.Calls, item.Unpriced,
                    ],
                    cancelled);
            }
        }
        await csv.FlushAsync(cancelled);
        return Results.Empty;
    }
}
