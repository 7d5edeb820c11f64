using System.ComponentModel;
using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Api;

/// <summary>What something cost.</summary>
/// <param name="Key">What it is: an id, a name or <c>provider/model</c>.</param>
/// <param name="From">When its period begins (UTC), if a granularity was asked.</param>
/// <param name="NanoUsd">The cost in integer nano-USD (10^-9 USD).</param>
/// <param name="Usd">The same in USD, a decimal string.</param>
/// <param name="InputTokens">All input tokens, cached and cache-write ones included.</param>
/// <param name="CachedTokens">Of them read from a provider's cache.</param>
/// <param name="CacheWriteTokens">Of them written to a provider's cache.</param>
/// <param name="OutputTokens">All output tokens, reasoning included.</param>
/// <param name="ReasoningTokens">Of them spent on reasoning.</param>
/// <param name="Calls">Model calls.</param>
/// <param name="Unpriced">Of them paid at the ceiling price, because their model has none.</param>
internal sealed record CostBody(
    string Key, DateTimeOffset? From, long NanoUsd, string Usd, long InputTokens, long CachedTokens, long CacheWriteTokens, long OutputTokens, long ReasoningTokens,
    long Calls, long Unpriced)
{
    public static CostBody Of(CostItem item) => new(
        item.Key, item.From, item.Amount.Nano, item.Amount.ToString(), item.InputTokens, item.CachedTokens, item.CacheWriteTokens, item.OutputTokens, item.ReasoningTokens,
        item.Calls, item.Unpriced);
}

/// <summary>Read costs.</summary>
internal static class CostEndpoints
{
    public static void MapCosts(this IEndpointRouteBuilder api) => api.MapGet("/costs", ListAsync).WithTags("Costs").Needs(Permission.ReadCosts)
        .WithName("listCosts").WithSummary("Settled costs, broken down")
        .WithDescription("From the ledger's roll-ups, by period first, then the dearest first. Whole hours count, from `day` on whole days, in the tenant's time zone.")
        .Produces<ListBody<CostBody>>().ProducesProblems(400, 401, 403, 501);

    private static async Task<IResult> ListAsync(
        HttpContext context, CostService costs, TimeProvider time, CancellationToken cancellationToken,
        [FromQuery, Description("From this time on (ISO 8601).")] DateTimeOffset? from = null,
        [FromQuery, Description("Up to this time (ISO 8601).")] DateTimeOffset? to = null,
        [FromQuery, Description("tenant, user, key, model, provider, neuron, layer, kind, tag or run; team is not built yet. A run counts under each of its tags, by whole days.")] string groupBy = "tenant",
        [FromQuery, Description("hour, day, week or month; none: one item per key.")] string? granularity = null)
    {
        if (!Words.TryRead<CostGroup>(groupBy, out var group) || group is null)
        {
            return Problems.Invalid("groupBy", Words.OneOf<CostGroup>());
        }
        if (group is CostGroup.Team)
        {
            return Problems.Of(ProblemKind.NotBuilt, $"groupBy: {groupBy} is not built yet.");
        }
        if (!Words.TryRead<BudgetPeriod>(granularity, out var period) || period is BudgetPeriod.Total)
        {
            return Problems.Invalid("granularity", "One of hour, day, week, month.");
        }
        // Nothing is spent in the future, and the last period before the end of the calendar has no end.
        var latest = time.GetUtcNow().AddYears(1);
        to = to > latest ? latest : to;
        try
        {
            var items = await costs.ListAsync(CurrentActor.From(context.User), new CostQuery(group.Value, from?.ToUniversalTime(), to?.ToUniversalTime(), period), cancellationToken);
            return Results.Json(new ListBody<CostBody>([.. items.Select(CostBody.Of)], null), ApiJson.Options);
        }
        catch (ArgumentException e)
        {
            return Problems.Invalid(e);
        }
    }
}
