using Hal9.Engine.Tenancy;
using Hal9.Web.Api;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Accounts;

/// <summary>Either a person's e-mail and password, or a refresh token.</summary>
internal sealed record TokenRequest(
    string? Email = null, string? Password = null, string? Code = null, string? Tenant = null, string? RefreshToken = null);

internal static class TokenEndpoints
{
    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/auth/token", TokenAsync)
            .AllowAnonymous().DisableAntiforgery().WithTags("Access").WithName("getToken")
            .WithSummary("Signs in: an access token of ten minutes and a refresh token that works once.")
            .Produces<TokenPair>().ProducesProblems(400, 401, 403, 429);
        routes.MapGet("/.well-known/jwks.json", (TokenKeys keys) => TypedResults.Json(keys.Jwks()))
            .AllowAnonymous().WithTags("Access").WithName("getJwks").WithSummary("The public key that signs access tokens.");
    }

    private static async Task<IResult> TokenAsync(
        TokenRequest request, HttpContext context, [FromServices] PasswordDoor door, [FromServices] Tokens tokens, [FromServices] Gatekeeper gatekeeper,
        [FromServices] TenantService tenants, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        var address = context.Connection.RemoteIpAddress?.ToString() ?? "";
        if (request.RefreshToken is { Length: > 0 } refresh)
        {
            return await RefreshAsync(refresh, context, tokens, gatekeeper, address, cancellationToken);
        }
        if (string.IsNullOrWhiteSpace(request.Email) || string.IsNullOrEmpty(request.Password))
        {
            return Problems.Invalid("email", "Either email and password or refreshToken is needed.");
        }
        var (verdict, person) = await door.CheckPasswordAsync(request.Email, request.Password, address, cancellationToken);
        if (verdict == PasswordVerdict.CodeNeeded && !string.IsNullOrWhiteSpace(request.Code))
        {
            verdict = await door.CheckCodeAsync(person!, request.Code, address);
        }
        if (verdict != PasswordVerdict.Right)
        {
            return Refused(verdict, context);
        }
        var memberships = await tenants.OfPersonAsync(person!.Id, cancellationToken);
        var chosen = string.IsNullOrWhiteSpace(request.Tenant)
            ? memberships
            : [.. memberships.Where(m => m.TenantId.ToString() == request.Tenant || string.Equals(m.Name, request.Tenant, StringComparison.OrdinalIgnoreCase))];
        return chosen switch
        {
            [var one] => TypedResults.Ok(await tokens.IssueAsync(person, one.TenantId, cancellationToken)),
            _ when memberships.Count == 0 => Problems.Of(ProblemKind.Forbidden, "You do not belong to an organisation. Ask an administrator to add you."),
            _ => Problems.Of(
                ProblemKind.Invalid, "Name one of your organisations as tenant.",
                ("tenants", memberships.Select(m => new { id = m.TenantId, name = m.Name })),
                ("errors", new Dictionary<string, string[]> { ["tenant"] = ["One of your organisations, by id or name."] })),
        };
    }

    private static async Task<IResult> RefreshAsync(
        string refresh, HttpContext context, Tokens tokens, Gatekeeper gatekeeper, string address, CancellationToken cancellationToken)
    {
        if (!gatekeeper.MayTry(address))
        {
            return Refused(PasswordVerdict.TooMany, context);
        }
        if (await tokens.RefreshAsync(refresh, cancellationToken) is { } pair)
        {
            return TypedResults.Ok(pair);
        }
        gatekeeper.Failed(address);
        return Problems.Of(ProblemKind.Unauthenticated, "The refresh token is unknown, expired, revoked or was used before. Sign in again.");
    }

    private static IResult Refused(PasswordVerdict verdict, HttpContext context)
    {
        switch (verdict)
        {
            case PasswordVerdict.TooMany:
                context.Response.Headers.RetryAfter = "60";
                return Problems.Of(ProblemKind.RateLimited, PasswordDoor.TooManyText);
            case PasswordVerdict.CodeNeeded:
                return Problems.Of(ProblemKind.Unauthenticated, "This account signs in with a code of its authenticator app as well: send it as code.", ("codeNeeded", true));
            default:
                return Problems.Of(ProblemKind.Unauthenticated, PasswordDoor.WrongText);
        }
    }
}
