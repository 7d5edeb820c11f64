using System.Text.Json;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Api;

/// <summary>The wish for a raise of a budget.</summary>
internal sealed record AskRaiseBody
{
    /// <summary>Added to the limit of money, as a decimal string or a number; this or <c>tokens</c>.</summary>
    public Usd? AmountUsd { get; init; }

    /// <summary>Added to the limit of tokens.</summary>
    public long? Tokens { get; init; }

    /// <summary>Why, at most 500 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>Until when it holds (UTC); without it until the budget's period ends. A budget in total needs one.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The run that was refused or waits for it.</summary>
    public Guid? RunId { get; init; }

    /// <summary>Of a budget that stands for each of its kind: whose limit is raised; without it one's own.</summary>
    public string? ScopeId { get; init; }
}

/// <summary>The decision on a raise; what is left out stays as it was asked for.</summary>
internal sealed record DecideRaiseBody
{
    /// <summary>Why so, at most 500 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>What is added to the limit of money.</summary>
    public Usd? AmountUsd { get; init; }

    /// <summary>What is added to the limit of tokens.</summary>
    public long? Tokens { get; init; }

    /// <summary>Until when it holds (UTC).</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A temporary raise of a budget, asked for or granted.</summary>
/// <param name="Id">Its id.</param>
/// <param name="BudgetId">The budget.</param>
/// <param name="Scope">What the budget limits.</param>
/// <param name="State">What became of it.</param>
/// <param name="Amount">What is added to the limit of money.</param>
/// <param name="Tokens">What is added to the limit of tokens.</param>
/// <param name="Reason">Why it is asked for.</param>
/// <param name="RunId">The run that was refused or waits for it.</param>
/// <param name="AskedBy">Who asked.</param>
/// <param name="AskedAt">When (UTC).</param>
/// <param name="ExpiresAt">Until when it holds, or shall hold (UTC).</param>
/// <param name="DecidedBy">Who decided.</param>
/// <param name="DecidedAt">When (UTC).</param>
/// <param name="Decision">Why so.</param>
internal sealed record RaiseBody(
    Guid Id, Guid BudgetId, ScopeBody Scope, RaiseState State, Usd? Amount, long? Tokens, string? Reason, Guid? RunId, Guid AskedBy, DateTimeOffset AskedAt, DateTimeOffset ExpiresAt,
    Guid? DecidedBy, DateTimeOffset? DecidedAt, string? Decision)
{
    public static RaiseBody Of(BudgetRaise raise) => new(
        raise.Id, raise.BudgetId, new ScopeBody(raise.ScopeKind, raise.ScopeId.Length == 0 ? null : raise.ScopeId), raise.State, raise.Amount, raise.Tokens, raise.Reason, raise.RunId,
        raise.AskedBy, raise.AskedAt, raise.ExpiresAt, raise.DecidedBy, raise.DecidedAt, raise.Decision);
}

/// <summary>A warning mark that a budget passed: one per mark and period.</summary>
/// <param name="Id">Its id.</param>
/// <param name="BudgetId">The budget.</param>
/// <param name="Scope">What the budget limits.</param>
/// <param name="Period">Over which time.</param>
/// <param name="PeriodStart">When that period began (UTC).</param>
/// <param name="Mark">Percent.</param>
/// <param name="At">When it was passed (UTC).</param>
/// <param name="Spent">What was spent then.</param>
/// <param name="SpentTokens">What was spent then, in tokens.</param>
/// <param name="Limit">The limit then.</param>
/// <param name="LimitTokens">The limit then, in tokens.</param>
internal sealed record BudgetAlertBody(
    Guid Id, Guid BudgetId, ScopeBody Scope, BudgetPeriod Period, DateTimeOffset PeriodStart, int Mark, DateTimeOffset At, Usd Spent, long SpentTokens, Usd? Limit, long? LimitTokens)
{
    public static BudgetAlertBody Of(BudgetAlert a) => new(
        a.Id, a.BudgetId, new ScopeBody(a.ScopeKind, a.ScopeId.Length == 0 ? null : a.ScopeId), a.Period, a.PeriodStart, a.Mark, a.At, a.Spent, a.SpentTokens, a.Limit, a.LimitTokens);
}

/// <summary>Temporary raises, and the marks that were passed.</summary>
internal static class RaiseEndpoints
{
    public static void MapRaises(this RouteGroupBuilder budgets)
    {
        budgets.MapPost("/{id:guid}/raises", AskAsync).Needs(Permission.UseRuns, Permission.EditBudgets)
            .WithName("askRaise").WithSummary("Ask for a temporary raise of a budget")
            .WithDescription("Everybody who spends may ask, for the budgets that limit them. From somebody who may edit budgets it is granted at once. `Idempotency-Key` makes a retry within a day get the same raise.")
            .Produces<RaiseBody>(201).ProducesProblems(400, 401, 403, 404, 415, 422);
        budgets.MapGet("/raises", ListAsync).Needs(Permission.UseRuns, Permission.ReadCosts)
            .WithName("listRaises").WithSummary("Raises, newest first").WithDescription("Without the permission to read costs, one's own.")
            .Produces<ListBody<RaiseBody>>().ProducesProblems(400, 401, 403);
        budgets.MapPost("/raises/{id:guid}/approve", (Guid id, HttpContext context, BudgetService door, CancellationToken cancellationToken, DecideRaiseBody? body = null) =>
            DecideAsync(true, id, body, context, door, cancellationToken)).Needs(Permission.EditBudgets)
            .WithName("approveRaise").WithSummary("Grant a raise, as asked for or changed")
            .Produces<RaiseBody>().ProducesProblems(400, 401, 403, 404);
        budgets.MapPost("/raises/{id:guid}/decline", (Guid id, HttpContext context, BudgetService door, CancellationToken cancellationToken, DecideRaiseBody? body = null) =>
            DecideAsync(false, id, body, context, door, cancellationToken)).Needs(Permission.EditBudgets)
            .WithName("declineRaise").WithSummary("Decline a raise, or end one that was granted")
            .Produces<RaiseBody>().ProducesProblems(400, 401, 403, 404);
        budgets.MapGet("/alerts", AlertsAsync).Needs(Permission.ReadCosts)
            .WithName("listBudgetAlerts").WithSummary("Warning marks that were passed, newest first").WithDescription("Exactly one per budget, mark and period.")
            .Produces<ListBody<BudgetAlertBody>>().ProducesProblems(400, 401, 403);
    }

    private static async Task<IResult> AskAsync(Guid id, AskRaiseBody body, HttpContext context, BudgetService door, CancellationToken cancellationToken)
    {
        try
        {
            var order = new AskRaise(body.AmountUsd, body.Tokens, body.Reason, body.ExpiresAt, body.RunId) { ScopeId = body.ScopeId };
            return await door.AskAsync(CurrentActor.From(context.User), id, order, RequestKeys.Of(context, JsonSerializer.Serialize(body, ApiJson.Options)), cancellationToken) is { } raise
                ? Results.Json(RaiseBody.Of(raise), ApiJson.Options, statusCode: StatusCodes.Status201Created)
                : Problems.NotFound("budget");
        }
        catch (ArgumentException e)
        {
            return Problems.Invalid(e);
        }
    }

    private static async Task<IResult> DecideAsync(bool approve, Guid id, DecideRaiseBody? body, HttpContext context, BudgetService door, CancellationToken cancellationToken)
    {
        try
        {
            var order = new DecideRaise(approve, body?.Reason, body?.AmountUsd, body?.Tokens, body?.ExpiresAt);
            return await door.DecideAsync(CurrentActor.From(context.User), id, order, cancellationToken) is { } raise
                ? Results.Json(RaiseBody.Of(raise), ApiJson.Options)
                : Problems.NotFound("raise");
        }
        catch (ArgumentException e)
        {
            return Problems.Invalid(e);
        }
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, BudgetService door, CancellationToken cancellationToken, [FromQuery] string? state = null, [FromQuery] string? after = null, [FromQuery] int limit = 50)
    {
        if (!Words.TryRead<RaiseState>(state, out var wanted))
        {
            return Problems.Invalid("state", Words.OneOf<RaiseState>());
        }
        return await PageAsync(after, limit, last => door.RaisesAsync(CurrentActor.From(context.User), wanted, last, limit, cancellationToken), RaiseBody.Of, raise => raise.Id);
    }

    private static Task<IResult> AlertsAsync(
        HttpContext context, BudgetService door, CancellationToken cancellationToken, [FromQuery] string? after = null, [FromQuery] int limit = 50) =>
        PageAsync(after, limit, last => door.AlertsAsync(CurrentActor.From(context.User), last, limit, cancellationToken), BudgetAlertBody.Of, alert => alert.Id);

    private static async Task<IResult> PageAsync<T, TBody>(string? after, int limit, Func<Guid?, Task<IReadOnlyList<T>>> read, Func<T, TBody> show, Func<T, Guid> idOf)
    {
        if (Paging.Refuse(limit) is { } refused)
        {
            return refused;
        }
        Guid? last = null;
        if (!string.IsNullOrEmpty(after))
        {
            if (!Guid.TryParse(after, out var id))
            {
                return Problems.Cursor();
            }
            last = id;
        }
        var items = await read(last);
        return Results.Json(new ListBody<TBody>([.. items.Select(show)], items.Count < limit ? null : idOf(items[^1]).ToString()), ApiJson.Options);
    }
}
