using System.Text.Json;
using Hal9.Engine;
using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Web.Api;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Accounts;

/// <summary>A wish for a key; the amount is a decimal string or a number.</summary>
internal sealed record KeyRequest(string? Name = null, IReadOnlyList<string>? Scopes = null, DateTimeOffset? ExpiresAt = null, Usd? BudgetUsd = null);

/// <summary>A new key; <paramref name="Key"/> is shown this once.</summary>
internal sealed record NewKeyView(Guid Id, string Key, string Prefix, string Name, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt);

/// <summary>A key as it can be seen later.</summary>
internal sealed record KeyView(
    Guid Id, string Name, string Prefix, Guid UserId, IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt);

internal static class KeyEndpoints
{
    private const int PageSize = 100;

    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/v1/keys").Needs(Permission.UseKeys).WithTags("Access");
        keys.MapPost("", CreateAsync).WithName("createKey").WithSummary("Makes an API key and shows it once.")
            .Produces<NewKeyView>(201).ProducesProblems(400, 401, 403, 409, 422);
        keys.MapGet("", ListAsync).WithName("listKeys").WithSummary("One's own keys, or everybody's for who manages keys; newest first.")
            .Produces<ListBody<KeyView>>().ProducesProblems(400, 401, 403);
        keys.MapDelete("{id:guid}", RevokeAsync).WithName("revokeKey").WithSummary("Revokes a key at once.")
            .Produces(204).ProducesProblems(401, 403, 404);
    }

    private static async Task<IResult> CreateAsync(
        KeyRequest request, HttpContext context, [FromServices] KeyService keys, [FromServices] BudgetService budgets, CancellationToken cancellationToken)
    {
        var actor = CurrentActor.From(context.User);
        if (actor.KeyId is not null)
        {
            return Problems.Of(ProblemKind.Forbidden, "Keys are made by people: sign in with POST /api/v1/auth/token and use its access token.");
        }
        var wish = new NewKey(request.Name, request.Scopes, request.ExpiresAt);
        var faults = keys.Faults(wish).ToDictionary();
        if (request.BudgetUsd is { Nano: < 0 })
        {
            faults["budgetUsd"] = ["An amount of at least 0 is needed."];
        }
        if (faults.Count > 0)
        {
            return Problems.Invalid(faults);
        }
        MadeKey made;
        try
        {
            made = await keys.CreateAsync(actor, wish, RequestKeys.Of(context, JsonSerializer.Serialize(request, ApiJson.Options)), cancellationToken);
        }
        catch (KeyMadeBefore before)
        {
            return Problems.Of(ProblemKind.Conflict, before.Message, ("id", before.Id));
        }
        if (request.BudgetUsd is { } limit)
        {
            try
            {
                await budgets.PutAsync(
                    actor, new PutBudget { ScopeKind = BudgetScopeKind.Key, ScopeId = made.Key.Id.ToString(), Period = BudgetPeriod.Total, Limit = limit }, cancellationToken);
            }
            catch (ArgumentException e)
            {
                // Nobody has seen the key yet: it ends unused.
                await keys.RevokeAsync(actor, made.Key.Id, cancellationToken);
                return Problems.Invalid("budgetUsd", e.Message);
            }
        }
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created((string?)null, new NewKeyView(made.Key.Id, made.Secret, made.Key.Prefix, made.Key.Name, ScopesOf(made.Key), made.Key.ExpiresAt));
    }

    private static async Task<IResult> ListAsync(HttpContext context, [FromServices] KeyService keys, string? after, CancellationToken cancellationToken)
    {
        Guid? last = null;
        if (after is not null)
        {
            if (!Guid.TryParse(after, out var id))
            {
                return Problems.Cursor();
            }
            last = id;
        }
        var found = await keys.ListAsync(CurrentActor.From(context.User), last, PageSize, cancellationToken);
        return TypedResults.Ok(new ListBody<KeyView>(
            [.. found.Select(k => new KeyView(k.Id, k.Name, k.Prefix, k.UserId, ScopesOf(k), k.CreatedAt, k.ExpiresAt, k.RevokedAt, k.LastUsedAt))],
            found.Count == PageSize ? found[^1].Id.ToString() : null));
    }

    private static async Task<IResult> RevokeAsync(Guid id, HttpContext context, [FromServices] KeyService keys, CancellationToken cancellationToken) =>
        await keys.RevokeAsync(CurrentActor.From(context.User), id, cancellationToken) ? TypedResults.NoContent() : Problems.NotFound("key");

    private static string[] ScopesOf(ApiKey key) => key.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
