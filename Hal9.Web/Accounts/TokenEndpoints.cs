using Hal9.Engine.Tenancy;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Accounts;

/// <summary>Either a person's e-mail and password, or a refresh token.</summary>
internal sealed record TokenRequest(string? Email, string? Password, string? Code, string? Tenant, string? RefreshToken);

internal static class TokenEndpoints
{
    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/auth/token", TokenAsync)
            .AllowAnonymous().DisableAntiforgery().WithTags("Access").WithName("GetToken")
            .WithSummary("Signs in: an access token of ten minutes and a refresh token that works once.")
            .Produces<TokenPair>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(429);
        routes.MapGet("/.well-known/jwks.json", (TokenKeys keys) => TypedResults.Json(keys.Jwks()))
            .AllowAnonymous().WithTags("Access").WithName("GetJwks").WithSummary("The public key that signs access tokens.");
    }

    private static async Task<Results<Ok<TokenPair>, ProblemHttpResult>> TokenAsync(
        TokenRequest request, HttpContext context, [FromServices] PasswordDoor door, [FromServices] Tokens tokens, [FromServices] Gatekeeper gatekeeper,
        [FromServices] TenantService tenants, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        var address = context.Connection.RemoteIpAddress?.ToString() ?? "";
        if (request.RefreshToken is { Length: > 0 and < 200 } refresh)
        {
            if (!gatekeeper.MayTry(address))
            {
                return TooMany(context);
            }
            if (await tokens.RefreshAsync(refresh, cancellationToken) is { } pair)
            {
                return TypedResults.Ok(pair);
            }
            gatekeeper.Failed(address);
            return Problem(401, "The refresh token is unknown, expired, revoked or was used before. Sign in again.");
        }
        if (string.IsNullOrWhiteSpace(request.Email) || string.IsNullOrEmpty(request.Password))
        {
            return Problem(400, "Either email and password or refreshToken is needed.");
        }
        var (verdict, person) = await door.CheckPasswordAsync(request.Email, request.Password, address, cancellationToken);
        if (verdict == PasswordVerdict.CodeNeeded && !string.IsNullOrWhiteSpace(request.Code))
        {
            verdict = await door.CheckCodeAsync(person!, request.Code, address);
        }
        if (verdict == PasswordVerdict.TooMany)
        {
            return TooMany(context);
        }
        if (verdict == PasswordVerdict.CodeNeeded)
        {
            return Problem(401, "This account signs in with a code of its authenticator app as well: send it as code.", ("codeNeeded", true));
        }
        if (verdict != PasswordVerdict.Right)
        {
            return Problem(401, PasswordDoor.WrongText);
        }
        var memberships = await tenants.OfPersonAsync(person!.Id, cancellationToken);
        var chosen = string.IsNullOrWhiteSpace(request.Tenant)
            ? memberships
            : [.. memberships.Where(m => m.TenantId.ToString() == request.Tenant || string.Equals(m.Name, request.Tenant, StringComparison.OrdinalIgnoreCase))];
        return chosen switch
        {
            [var one] => TypedResults.Ok(await tokens.IssueAsync(person, one.TenantId, cancellationToken)),
            _ when memberships.Count == 0 => Problem(403, "You do not belong to an organisation. Ask an administrator to add you."),
            _ => Problem(400, "Name one of your organisations as tenant.", ("tenants", memberships.Select(m => new { id = m.TenantId, name = m.Name }))),
        };
    }

    private static ProblemHttpResult TooMany(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "60";
        return Problem(429, PasswordDoor.TooManyText);
    }

    private static ProblemHttpResult Problem(int status, string detail, params (string Name, object Value)[] more) =>
        TypedResults.Problem(detail, statusCode: status, extensions: more.Select(m => KeyValuePair.Create(m.Name, (object?)m.Value)));
}
