using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace Hal9.Web.Accounts;

internal static class SignOut
{
    // A form field makes the endpoint one of forms, so that the antiforgery token is checked.
    public static void MapSignOut(this IEndpointRouteBuilder routes) =>
        routes.MapPost(AccountUrls.SignOut, async (HttpContext context, [FromForm] string? returnUrl) =>
        {
            await context.SignOutAsync(IdentityConstants.ApplicationScheme);
            return Results.LocalRedirect(LocalUrl.Of(returnUrl, AccountUrls.SignIn));
        }).RequireAuthorization().ExcludeFromDescription();
}

/// <summary>Where to go after signing in: only to this site.</summary>
internal static class LocalUrl
{
    public static string Of(string? wished, string otherwise = "/") =>
        wished is { Length: > 0 and < 2000 } && wished[0] == '/' && !wished.StartsWith("//", StringComparison.Ordinal)
        && !wished.Contains('\\', StringComparison.Ordinal) && !wished.Any(char.IsControl)
            ? wished
            : otherwise;
}
