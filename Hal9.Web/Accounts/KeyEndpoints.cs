using System.Text.Json;
using Hal9.Engine;
using Hal9.Engine.Tenancy;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Accounts;

/// <summary>A wish for a key; the amount is a decimal string or a number.</summary>
internal sealed record KeyRequest(string? Name, IReadOnlyList<string>? Scopes, DateTimeOffset? ExpiresAt, JsonElement? BudgetUsd);

/// <summary>A new key; <paramref name="Key"/> is shown this once.</summary>
internal sealed record NewKeyView(Guid Id, string Key, string Prefix, string Name, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt);

/// <summary>A key as it can be seen later.</summary>
internal sealed record KeyView(
    Guid Id, string Name, string Prefix, Guid UserId, IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt);

/// <summary>A page of keys.</summary>
internal sealed record KeyPage(IReadOnlyList<KeyView> Items, string? Next);

internal static class KeyEndpoints
{
    private const int PageSize = 100;

    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/v1/keys").Needs(Permission.UseKeys).WithTags("Access");
        keys.MapPost("", CreateAsync).WithName("CreateKey").WithSummary("Makes an API key and shows it once.").ProducesValidationProblem();
        keys.MapGet("", ListAsync).WithName("ListKeys").WithSummary("One's own keys, or everybody's for who manages keys; newest first.");
        keys.MapDelete("{id:guid}", RevokeAsync).WithName("RevokeKey").WithSummary("Revokes a key at once.").ProducesProblem(404);
    }

    private static async Task<Results<Created<NewKeyView>, ValidationProblem>> CreateAsync(
        KeyRequest request, HttpContext context, [FromServices] KeyService keys, CancellationToken cancellationToken)
    {
        var actor = CurrentActor.From(context.User);
        var wish = new NewKey(request.Name, request.Scopes, request.ExpiresAt);
        var faults = keys.Faults(actor, wish).ToDictionary();
        if (request.BudgetUsd is { ValueKind: not JsonValueKind.Null })
        {
            faults["budgetUsd"] = ["Budgets of keys cannot be set yet."];
        }
        if (faults.Count > 0)
        {
            return TypedResults.ValidationProblem(faults);
        }
        var made = await keys.CreateAsync(actor, wish, cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created((string?)null, new NewKeyView(made.Key.Id, made.Secret, made.Key.Prefix, made.Key.Name, ScopesOf(made.Key), made.Key.ExpiresAt));
    }

    private static async Task<Results<Ok<KeyPage>, ProblemHttpResult>> ListAsync(
        HttpContext context, [FromServices] KeyService keys, string? after, CancellationToken cancellationToken)
    {
        Guid? last = null;
        if (after is not null)
        {
            if (!Guid.TryParse(after, out var id))
            {
                return TypedResults.Problem("after is not a cursor of this list.", statusCode: 400);
            }
            last = id;
        }
        var found = await keys.ListAsync(CurrentActor.From(context.User), last, PageSize, cancellationToken);
        return TypedResults.Ok(new KeyPage(
            [.. found.Select(k => new KeyView(k.Id, k.Name, k.Prefix, k.UserId, ScopesOf(k), k.CreatedAt, k.ExpiresAt, k.RevokedAt, k.LastUsedAt))],
            found.Count == PageSize ? found[^1].Id.ToString() : null));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        Guid id, HttpContext context, [FromServices] KeyService keys, CancellationToken cancellationToken) =>
        await keys.RevokeAsync(CurrentActor.From(context.User), id, cancellationToken)
            ? TypedResults.NoContent()
            : TypedResults.Problem("There is no such key.", statusCode: 404);

    private static string[] ScopesOf(ApiKey key) => key.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
