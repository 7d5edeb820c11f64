using NetEscapades.AspNetCore.SecurityHeaders.Headers;

namespace Hal9.Web.Accounts;

/// <summary>What every reply says to the browser about what it may do with it.</summary>
internal static class SecurityHeaders
{
    /// <summary>The API's reference page brings a content policy of its own: it starts by an inline script.</summary>
    private const string OwnContentPolicy = "/scalar";

    public static void UseProductHeaders(this WebApplication app)
    {
        app.UseWhen(context => context.Request.Path.StartsWithSegments(OwnContentPolicy), page => page.UseSecurityHeaders(Policy()));
        app.UseWhen(context => !context.Request.Path.StartsWithSegments(OwnContentPolicy), rest => rest.UseSecurityHeaders(Policy().AddContentSecurityPolicy(Content)));
    }

    private static HeaderPolicyCollection Policy() => new HeaderPolicyCollection()
        .AddFrameOptionsDeny()
        .AddContentTypeOptionsNoSniff()
        .AddReferrerPolicyStrictOriginWhenCrossOrigin()
        .AddCrossOriginOpenerPolicy(policy => policy.SameOrigin())
        .AddCrossOriginResourcePolicy(policy => policy.SameOrigin())
        .AddPermissionsPolicyWithDefaultSecureDirectives()
        // Only sent over https; 127.0.0.1 and plain http stay as they are.
        .AddStrictTransportSecurityMaxAge(60 * 60 * 24 * 365)
        .RemoveServerHeader();

    private static void Content(CspBuilder csp)
    {
        csp.AddDefaultSrc().Self();
        // The nonce is for Blazor's import map, the one inline script.
        csp.AddScriptSrc().Self().WithNonce();
        // MudBlazor writes style attributes; a hash or nonce here would switch 'unsafe-inline' off.
        csp.AddStyleSrc().Self().UnsafeInline();
        csp.AddImgSrc().Self().Data();
        csp.AddFontSrc().Self();
        csp.AddConnectSrc().Self();
        csp.AddObjectSrc().None();
        csp.AddBaseUri().Self();
        csp.AddFormAction().Self();
        csp.AddFrameAncestors().None();
    }
}
