using System.Security.Claims;
using System.Text.Encodings.Web;
using Hal9.Engine.Tenancy;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Microsoft.Net.Http.Headers;

namespace Hal9.Web.Accounts;

/// <summary>The names of the schemes, and which of them looks at a request.</summary>
internal static class Schemes
{
    public const string Any = "hal9";
    public const string Key = "hal9-key";
    public const string Token = JwtBearerDefaults.AuthenticationScheme;

    /// <summary>Bearers count where programs speak; everywhere else, and there without a bearer, it is the cookie.</summary>
    public static string Select(HttpContext context)
    {
        if (!Refusals.IsForPrograms(context.Request.Path) || Bearer(context.Request) is not { } bearer)
        {
            return IdentityConstants.ApplicationScheme;
        }
        return bearer.StartsWith(KeyService.Start, StringComparison.Ordinal) ? Key : Token;
    }

    public static string? Bearer(HttpRequest request)
    {
        const string start = "Bearer ";
        var header = request.Headers[HeaderNames.Authorization].ToString();
        // A browser cannot give a WebSocket a header: SignalR's clients then put the token into the address (https://learn.microsoft.com/aspnet/core/signalr/authn-and-authz).
        return header.StartsWith(start, StringComparison.OrdinalIgnoreCase) ? header[start.Length..].Trim()
            : request.Path.StartsWithSegments("/hubs") && request.Query["access_token"] is [{ Length: > 0 } token] ? token : null;
    }
}

/// <summary>API keys.</summary>
internal sealed class KeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, KeyService keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync() => Schemes.Bearer(Request) switch
    {
        null => AuthenticateResult.NoResult(),
        var secret => await keys.AuthenticateAsync(secret, Context.RequestAborted) is { } actor
            ? AuthenticateResult.Success(new AuthenticationTicket(ActorPrincipal.Of(actor, Scheme.Name), Scheme.Name))
            : AuthenticateResult.Fail("The API key is unknown, expired or revoked."),
    };
}

/// <summary>Access tokens: the signature says who, the database says as what.</summary>
internal sealed class TokenBearer(TokenKeys keys, TenantService tenants, TimeProvider time) : IConfigureNamedOptions<JwtBearerOptions>
{
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    public void Configure(JwtBearerOptions options) => Configure(Schemes.Token, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (name != Schemes.Token)
        {
            return;
        }
        options.MapInboundClaims = false;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidIssuer = Tokens.Issuer,
            ValidAudience = Tokens.Issuer,
            IssuerSigningKey = keys.Signing,
            LifetimeValidator = (from, until, _, _) =>
                from <= (time.GetUtcNow() + Skew).UtcDateTime && until > (time.GetUtcNow() - Skew).UtcDateTime,
        };
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = context =>
            {
                context.Token = Schemes.Bearer(context.Request);
                return Task.CompletedTask;
            },
            OnTokenValidated = BecomeActorAsync,
        };
    }

    private async Task BecomeActorAsync(TokenValidatedContext context)
    {
        if (context.Principal is { } principal
            && Guid.TryParse(principal.FindFirstValue(JwtRegisteredClaimNames.Sub), out var user)
            && Guid.TryParse(principal.FindFirstValue(Tokens.TenantClaim), out var tenant)
            && await tenants.RecentRoleAsync(tenant, user, context.HttpContext.RequestAborted) is { } role)
        {
            context.Principal = ActorPrincipal.Of(new Actor(tenant, user, role), Schemes.Token);
        }
        else
        {
            context.Fail("The person does not belong to the token's tenant any more.");
        }
    }
}
