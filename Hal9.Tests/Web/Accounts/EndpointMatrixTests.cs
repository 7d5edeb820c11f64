using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Rules;
using Hal9.Tests.Support;
using Hal9.Web.Accounts;
using Hal9.Web.Telemetry;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Web.Accounts;

/// <summary>Every endpoint of the running product, asked by everybody: a new one without a policy fails here.</summary>
[Collection(WebCollection.Name)]
public sealed partial class EndpointMatrixTests(WebFixture host)
{
    private static readonly string[] Open =
    [
        "GET .well-known/jwks.json", "GET health/live", "GET health/ready", "GET health/startup",
        "GET scalar/favicon.svg", "GET scalar/scalar.aspnetcore.js", "GET scalar/scalar.js", "POST api/v1/auth/token", "account/login", "design", "not-found", "setup",
    ];

    // For whoever is signed in, whatever their role.
    private static readonly string[] SignedIn =
    [
        "GET HEAD {**path:file}", "GET _framework/opaque-redirect", "GET api/problems/{name}", "POST account/sign-out",
        "_blazor", "_blazor/disconnect/", "_blazor/initializers/", "_blazor/negotiate", "account/denied", "account/tenant",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IEnumerable<RouteEndpoint> Endpoints => host.Services.GetRequiredService<IEnumerable<EndpointDataSource>>()
        .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Where(e => e.Metadata.GetMetadata<StaticAssetDescriptor>() is null);

    [Fact]
    public void Endpoints_NeedAPermission_OrAreListed()
    {
        var found = Endpoints.ToLookup(e =>
            e.Metadata.GetMetadata<IAllowAnonymous>() is not null ? nameof(Open)
            : e.Metadata.GetOrderedMetadata<NeedsAttribute>().Count > 0 ? nameof(NeedsAttribute)
            : e.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(a => a.Policy == MetricsRequirement.Policy) ? MetricsRequirement.Policy
            : nameof(SignedIn), NameOf);

        Rule.Matches(
            Open.Select(name => $"open: {name}").Concat(SignedIn.Select(name => $"signed in: {name}")),
            found[nameof(Open)].Select(name => $"open: {name}").Concat(found[nameof(SignedIn)].Select(name => $"signed in: {name}")));
        Assert.NotEmpty(found[nameof(NeedsAttribute)]);
        Assert.Single(found[MetricsRequirement.Policy]);
    }

    [Fact]
    public async Task Endpoints_AnswerEverybodyAsThePolicySays()
    {
        var callers = await CallersAsync();
        var wrong = new List<string>();
        foreach (var endpoint in Endpoints.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is null && e.Metadata.GetMetadata<ComponentTypeMetadata>() is null))
        {
            var path = "/" + Parameter().Replace(endpoint.RoutePattern.RawText!.TrimStart('/'), _ => Guid.Empty.ToString());
            if (!Refusals.IsForPrograms(path))
            {
                continue;
            }
            var needs = endpoint.Metadata.GetOrderedMetadata<NeedsAttribute>().Select(n => n.AnyOf).ToList();
            if (endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(a => a.Policy == MetricsRequirement.Policy))
            {
                needs = [[Permission.ReadMetrics]];
            }
            var method = new HttpMethod(endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0] ?? "GET");
            foreach (var (name, bearer, actor) in callers)
            {
                using var request = new HttpRequestMessage(method, path);
                request.Headers.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
                using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(host.Url) };
                using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
                var expected = actor is null ? HttpStatusCode.Unauthorized : needs.TrueForAll(anyOf => anyOf.Any(actor.May)) ? HttpStatusCode.OK : HttpStatusCode.Forbidden;
                var refused = answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
                if (expected == HttpStatusCode.OK ? refused : answer.StatusCode != expected)
                {
                    wrong.Add($"{NameOf(endpoint)} answered {name} with {(int)answer.StatusCode}, not {(int)expected}");
                }
            }
        }

        Rule.Holds(wrong);
    }

    [Fact]
    public async Task Pages_ShowThemselvesToWhoMay_AndSendOthersAway()
    {
        using var stranger = host.NewBrowser();
        using var analyst = host.NewBrowser();
        await host.NewPersonAsync("matrix-analyst@example.org", Role.Analyst, Token);
        await analyst.SignInAsync("matrix-analyst@example.org", People.Password, Token);
        var actor = new Actor(Guid.Empty, Guid.Empty, Role.Analyst);
        var wrong = new List<string>();
        foreach (var page in Endpoints.Where(e => e.Metadata.GetMetadata<ComponentTypeMetadata>() is not null && e.Metadata.GetMetadata<IAllowAnonymous>() is null))
        {
            var path = "/" + Parameter().Replace(page.RoutePattern.RawText!.TrimStart('/'), _ => Guid.Empty.ToString());
            var may = page.Metadata.GetOrderedMetadata<NeedsAttribute>().All(n => n.AnyOf.Any(actor.May));
            using var away = await stranger.Http.GetAsync(path, Token);
            using var shown = await analyst.Http.GetAsync(path, Token);
            if (away.StatusCode != HttpStatusCode.Found || away.Headers.Location?.ToString().Contains("/account/login", StringComparison.Ordinal) is not true)
            {
                wrong.Add($"{path} answered a stranger with {(int)away.StatusCode} {away.Headers.Location}");
            }
            var denied = shown.StatusCode == HttpStatusCode.Found && shown.Headers.Location!.ToString().Contains("/account/denied", StringComparison.Ordinal);
            if (denied == may)
            {
                wrong.Add($"{path} answered an analyst with {(int)shown.StatusCode} {shown.Headers.Location}");
            }
        }

        Rule.Holds(wrong);
    }

    [Fact]
    public async Task Unknown_Addresses_AreNotTold()
    {
        using var browser = host.NewBrowser();

        var (status, _) = await browser.GetAsync("/no/such/page", Token);
        var (api, _) = await browser.GetAsync("/api/v1/no-such-thing", Token);

        Assert.Equal(HttpStatusCode.Found, status);
        Assert.Equal(HttpStatusCode.Unauthorized, api);
    }

    private async Task<List<(string Name, string? Bearer, Actor? Actor)>> CallersAsync()
    {
        var keys = host.Services.GetRequiredService<KeyService>();
        var callers = new List<(string, string?, Actor?)> { ("nobody", null, null), ("a wrong key", "hal9_wrong", null), ("a wrong token", "eyJ.wrong.wrong", null) };
        foreach (var role in Enum.GetValues<Role>())
        {
            var actor = await host.NewPersonAsync($"matrix-{role}-keys@example.org", role, Token);
            var key = await keys.CreateAsync(actor, new NewKey(role.ToString()), Token);
            callers.Add(($"a key of the role {role}", key.Secret, actor));
        }
        var admin = await host.OwnerAsync(Token);
        foreach (var scope in KeyScopes.All.Keys)
        {
            var key = await keys.CreateAsync(admin, new NewKey(scope, [scope]), Token);
            callers.Add(($"an administrator's key with the scope {scope}", key.Secret, admin with { KeyId = key.Key.Id, Scopes = [scope] }));
        }
        return callers;
    }

    private static string NameOf(RouteEndpoint endpoint) =>
        string.Join(' ', [.. endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is null ? endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [] : [], endpoint.RoutePattern.RawText!.TrimStart('/')]);

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
