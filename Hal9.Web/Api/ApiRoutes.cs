using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing.Template;

namespace Hal9.Web.Api;

/// <summary>
/// Tells what a program asked for at an address that did not take it. The router alone cannot: the pages' route takes every GET, so that a wrong
/// method looks like a missing address, and a missing address like a wrong method.
/// </summary>
internal sealed class ApiRoutes(EndpointDataSource endpoints)
{
    private readonly Lazy<IReadOnlyList<Route>> routes = new(() => [.. endpoints.Endpoints.OfType<RouteEndpoint>().Where(IsApi).Select(Route.Of)]);

    /// <summary>404 or 405, with the methods that the address has.</summary>
    public (int Status, IReadOnlyList<string> Allowed) Judge(HttpContext context)
    {
        var there = At(context.Request.Path).SelectMany(route => route.Methods).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal).ToList();
        return there.Count == 0 || there.Contains(context.Request.Method, StringComparer.OrdinalIgnoreCase) ? (StatusCodes.Status404NotFound, []) : (StatusCodes.Status405MethodNotAllowed, there);
    }

    /// <summary>
    /// Whether an open endpoint was asked with a body that it does not take. The router's own answer to that is no open endpoint, so the caller would be
    /// told to sign in at the very address where one signs in.
    /// </summary>
    public bool IsRefusedBodyOfOpenEndpoint(HttpContext context) =>
        context.GetEndpoint() is not RouteEndpoint && !context.Request.HasJsonContentType()
        && At(context.Request.Path).Any(route => route.Methods.Contains(context.Request.Method, StringComparer.OrdinalIgnoreCase)
            && route.Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null && route.Endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is not null);

    private IEnumerable<Route> At(PathString path) => routes.Value.Where(route => route.Matcher.TryMatch(path, []));

    private static bool IsApi(RouteEndpoint endpoint) =>
        endpoint.RoutePattern.PathSegments is [{ Parts: [Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart { Content: "api" or "v1" }] }, ..];

    private sealed record Route(RouteEndpoint Endpoint, TemplateMatcher Matcher, IReadOnlyList<string> Methods)
    {
        public static Route Of(RouteEndpoint endpoint) => new(
            endpoint, new TemplateMatcher(TemplateParser.Parse(endpoint.RoutePattern.RawText!.TrimStart('/')), []), endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []);
    }
}
