using Hal9.Tests.Support;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Rules;

/// <summary>Every endpoint of the running product says who may call it; what is open, and what only asks for a sign-in, is listed by name.</summary>
[Collection(WebCollection.Name)]
public sealed class EndpointTests(WebFixture host)
{
    private static readonly string[] Open =
    [
        "GET /.well-known/jwks.json", "GET /health/live", "GET /health/ready", "GET /health/startup", "POST /api/v1/auth/token",
        // The script and icon of the interface's page; the page itself and the document behind it are not open.
        "GET /scalar/favicon.svg", "GET /scalar/scalar.aspnetcore.js", "GET /scalar/scalar.js",
    ];

    // Whoever is signed in, whatever their role.
    private static readonly string[] SignedIn =
    [
        // The circuit: each page in it asks for its own permission.
        "* /_blazor", "* /_blazor/disconnect/", "* /_blazor/initializers/", "* /_blazor/negotiate", "GET /_framework/opaque-redirect",
        // Its own policy: the metrics token, or the permission.
        "GET /metrics",
        "GET /api/problems/{name}", "GET,HEAD /{**path:file}", "POST /account/sign-out",
    ];

    [Fact]
    public void Endpoints_NeedAPermission_OrAreListed()
    {
        var endpoints = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null && endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is null)
            .ToLookup(
                endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null ? nameof(Open)
                    : endpoint.Metadata.GetOrderedMetadata<NeedsAttribute>().Count > 0 ? nameof(NeedsAttribute)
                    : nameof(SignedIn),
                Name);

        Assert.NotEmpty(endpoints[nameof(NeedsAttribute)]);
        Rule.Matches(Open, endpoints[nameof(Open)]);
        Rule.Matches(SignedIn, endpoints[nameof(SignedIn)]);
    }

    private static string Name(RouteEndpoint endpoint) =>
        $"{string.Join(',', endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"])} /{endpoint.RoutePattern.RawText?.TrimStart('/')}";
}
