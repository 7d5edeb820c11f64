using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;

namespace Hal9.Web.Api;

/// <summary>What a budget limits.</summary>
/// <param name="Kind">The kind of thing. There are no teams in this version.</param>
/// <param name="Id">Which one: the id of a user or key, a neuron's name (<c>direct</c> for pass-through calls), <c>provider/model</c>; <c>*</c> for each of the kind that has no budget of its own; none for the tenant.</param>
internal sealed record ScopeBody(BudgetScopeKind Kind, string? Id = null);

/// <summary>The order to make the budget of a scope and period, or to replace it.</summary>
internal sealed record PutBudgetBody
{
    /// <summary>What it limits.</summary>
    public required ScopeBody Scope { get; init; }

    /// <summary>Over which time, in the tenant's time zone.</summary>
    public required BudgetPeriod Period { get; init; }

    /// <summary>The limit in money, as a decimal string or a number; this or <c>limitTokens</c>.</summary>
    public Usd? LimitUsd { get; init; }

    /// <summary>The limit in input and output tokens.</summary>
    public long? LimitTokens { get; init; }

    /// <summary>Warning marks in percent; default 50, 80, 95.</summary>
    public IReadOnlyList<int>? Marks { get; init; }

    /// <summary>What happens at the limit, tried in order: shorten the answer, ask a cheaper model, ask the offline model, let the run wait for a person, refuse. Empty: refuse.</summary>
    public IReadOnlyList<LadderStep>? Ladder { get; init; }

    /// <summary>First day of the month, 1 to 28.</summary>
    public int? FiscalStart { get; init; }
}

/// <summary>A budget and what it has left.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Scope">What it limits.</param>
/// <param name="Period">Over which time.</param>
/// <param name="Limit">The limit in money.</param>
/// <param name="LimitTokens">The limit in tokens.</param>
/// <param name="Marks">Warning marks in percent.</param>
/// <param name="Ladder">What happens at the limit.</param>
/// <param name="FiscalStart">First day of the month.</param>
/// <param name="Spent">Settled in this period.</param>
/// <param name="SpentTokens">Tokens settled in this period.</param>
/// <param name="Reserved">Set aside for calls on their way.</param>
/// <param name="ReservedTokens">Tokens set aside for calls on their way.</param>
/// <param name="ResetsAt">When the period ends (UTC); null: never.</param>
/// <param name="Raised">What is added to the limit now by approved raises.</param>
/// <param name="RaisedTokens">The same in tokens.</param>
/// <param name="RaisedUntil">When the raises become fewer or end (UTC).</param>
internal sealed record BudgetBody(
    Guid Id, ScopeBody Scope, BudgetPeriod Period, Usd? Limit, long? LimitTokens, IReadOnlyList<int> Marks, IReadOnlyList<LadderStep> Ladder, int FiscalStart,
    Usd Spent, long SpentTokens, Usd Reserved, long ReservedTokens, DateTimeOffset? ResetsAt, Usd? Raised, long? RaisedTokens, DateTimeOffset? RaisedUntil)
{
    public static BudgetBody Of(BudgetView budget) => new(
        budget.Id, new ScopeBody(budget.ScopeKind, budget.ScopeId.Length == 0 ? null : budget.ScopeId), budget.Period, budget.Limit, budget.LimitTokens, budget.Marks,
        budget.Ladder, budget.FiscalStart, budget.Spent, budget.SpentTokens, budget.Reserved, budget.ReservedTokens, budget.ResetsAt,
        budget.Raised, budget.RaisedTokens, budget.RaisedUntil);
}

/// <summary>Read and set budgets.</summary>
internal static class BudgetEndpoints
{
    public static void MapBudgets(this IEndpointRouteBuilder api)
    {
        var budgets = api.MapGroup("/budgets").WithTags("Budgets");
        budgets.MapGet("", async (HttpContext context, BudgetService door, CancellationToken cancellationToken) =>
            Results.Json(new ListBody<BudgetBody>([.. (await door.ListAsync(CurrentActor.From(context.User), cancellationToken)).Select(BudgetBody.Of)], null), ApiJson.Options))
            .Needs(Permission.ReadCosts)
            .WithName("listBudgets").WithSummary("All budgets with what they have left")
            .Produces<ListBody<BudgetBody>>().ProducesProblems(401, 403);
        budgets.MapPut("", PutAsync).Needs(Permission.EditBudgets, Permission.UseKeys)
            .WithName("putBudget").WithSummary("Make or replace the budget of a scope and period")
            .WithDescription("What was spent in the period counts at once; nothing is reset. With `UseKeys` alone the owner of a key may give it its first budget.")
            .Produces<BudgetBody>().ProducesProblems(400, 401, 403, 415, 501);
        budgets.MapRaises();
        budgets.MapDelete("/{id:guid}", async (Guid id, HttpContext context, BudgetService door, CancellationToken cancellationToken) =>
            await door.DeleteAsync(CurrentActor.From(context.User), id, cancellationToken) ? Results.NoContent() : Problems.NotFound("budget"))
            .Needs(Permission.EditBudgets)
            .WithName("deleteBudget").WithSummary("Remove a budget")
            .Produces(204).ProducesProblems(401, 403, 404);
    }

    private static async Task<IResult> PutAsync(PutBudgetBody body, HttpContext context, BudgetService door, CancellationToken cancellationToken)
    {
        if (body.Scope is null)
        {
            return Problems.Invalid("scope", "This field is required.");
        }
        if (body.Scope.Kind == BudgetScopeKind.Team)
        {
            return Problems.Of(ProblemKind.NotBuilt, "scope.kind: there are no teams in this version, so no budgets of teams. Nothing was changed.");
        }
        var order = new PutBudget
        {
            ScopeKind = body.Scope.Kind, ScopeId = body.Scope.Id, Period = body.Period, Limit = body.LimitUsd, LimitTokens = body.LimitTokens,
            Marks = body.Marks, Ladder = body.Ladder, FiscalStart = body.FiscalStart,
        };
        try
        {
            return Results.Json(BudgetBody.Of(await door.PutAsync(CurrentActor.From(context.User), order, cancellationToken)), ApiJson.Options);
        }
        catch (ArgumentException e)
        {
            return Problems.Invalid(e);
        }
    }
}
