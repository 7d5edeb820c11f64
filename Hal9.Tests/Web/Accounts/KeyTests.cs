using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Engine.Budgets;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Web.Accounts;

[Collection(WebCollection.Name)]
public sealed class KeyTests(WebFixture host) : IAsyncLifetime
{
    private Hal9Client owner = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private KeyService Keys => host.Services.GetRequiredService<KeyService>();

    public async ValueTask InitializeAsync() => owner = await Hal9Client.SignInAsync(host.Url, Hal9Settings.Email, Hal9Settings.Password, Token);

    public ValueTask DisposeAsync()
    {
        owner.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Key_IsShownOnce_WorksAndIsRevokedAtOnce()
    {
        var made = await owner.PostAsync("/api/v1/keys", new JsonObject { ["name"] = "ci" }, Token);
        var secret = made.GetProperty("key").GetString()!;
        Assert.StartsWith("hal9_", secret, StringComparison.Ordinal);
        Assert.StartsWith(made.GetProperty("prefix").GetString()!, secret, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(secret));

        var list = (await owner.AllAsync("/api/v1/keys", Token)).Single(k => k.GetProperty("id").GetGuid() == made.GetProperty("id").GetGuid());
        using var revoked = await owner.Http.DeleteAsync(new Uri($"/api/v1/keys/{made.GetProperty("id").GetGuid()}", UriKind.Relative), Token);

        Assert.DoesNotContain(secret, list.ToString(), StringComparison.Ordinal);
        Assert.NotEqual(JsonValueKind.Null, list.GetProperty("lastUsedAt").ValueKind);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(secret));
    }

    [Theory]
    [InlineData("""{ "name": "" }""", "name")]
    [InlineData("""{ "name": "x", "scopes": ["everything"] }""", "scopes")]
    [InlineData("""{ "name": "x", "expiresAt": "2020-01-01T00:00:00Z" }""", "expiresAt")]
    [InlineData("""{ "name": "x", "budgetUsd": "-1" }""", "budgetUsd")]
    [InlineData("""{ "name": "x", "budget": 1 }""", "budget")]
    [InlineData("""{ "name": "x", "scopes": [null] }""", "scopes")]
    public async Task Key_WithAFault_IsRefusedNamingTheField(string body, string field)
    {
        using var answer = await owner.Http.PostAsync(new Uri("/api/v1/keys", UriKind.Relative), new StringContent(body, null, "application/json"), Token);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Key_WithABudget_HasATotalOfThatAmount()
    {
        var made = await owner.PostAsync("/api/v1/keys", new JsonObject { ["name"] = "limited", ["budgetUsd"] = "0.25" }, Token);

        var budgets = await host.Services.GetRequiredService<BudgetService>().ListAsync(await host.OwnerAsync(Token), Token);

        var budget = Assert.Single(budgets, b => b.ScopeId == made.GetProperty("id").GetGuid().ToString());
        Assert.Equal((BudgetScopeKind.Key, BudgetPeriod.Total, 250_000_000L), (budget.ScopeKind, budget.Period, budget.Limit!.Value.Nano));
    }

    [Theory]
    [InlineData("budgets", HttpStatusCode.OK)]
    [InlineData("costs", HttpStatusCode.Forbidden)]
    [InlineData("keys", HttpStatusCode.Forbidden)]
    public async Task Key_WithAScope_SetsTheTenantsBudgetIfThatIsItsScope(string scope, HttpStatusCode expected)
    {
        var made = await owner.PostAsync("/api/v1/keys", new JsonObject { ["name"] = scope, ["scopes"] = new JsonArray(scope) }, Token);
        using var program = Hal9Client.WithKey(host.Url, made.GetProperty("key").GetString()!);

        using var answer = await program.Http.PutAsJsonAsync("/api/v1/budgets", new { scope = new { kind = "tenant" }, period = "hour", limitUsd = "1000" }, Token);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Key_CannotMakeKeys()
    {
        var made = await owner.PostAsync("/api/v1/keys", new JsonObject { ["name"] = "maker" }, Token);
        using var client = Hal9Client.WithKey(host.Url, made.GetProperty("key").GetString()!);

        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync("/api/v1/keys", new JsonObject { ["name"] = "made" }, Token));

        Assert.Equal(HttpStatusCode.Forbidden, fault.StatusCode);
    }

    [Fact]
    public async Task Key_OfSomebodyElse_IsNeitherSeenNorRevoked()
    {
        var actor = await host.NewPersonAsync("neighbour@example.org", Role.Member, Token);
        var made = await Keys.CreateAsync(await host.OwnerAsync(Token), new NewKey("owner's"), Token);

        Assert.DoesNotContain(await Keys.ListAsync(actor, null, 200, Token), k => k.Id == made.Key.Id);
        Assert.False(await Keys.RevokeAsync(actor, made.Key.Id, Token));
        Assert.NotNull(await Keys.AuthenticateAsync(made.Secret, Token));
    }

    [Fact]
    public async Task Key_FollowsItsOwnersRole_AndEndsWithTheMembership()
    {
        var admin = await host.OwnerAsync(Token);
        var actor = await host.NewPersonAsync("follows@example.org", Role.Operator, Token);
        var made = await Keys.CreateAsync(actor, new NewKey("mine"), Token);
        var tenants = host.Services.GetRequiredService<TenantService>();
        Assert.Equal(Role.Operator, (await Keys.AuthenticateAsync(made.Secret, Token))!.Role);

        await tenants.SetRoleAsync(admin, actor.UserId, Role.Member, Token);
        var demoted = await Keys.AuthenticateAsync(made.Secret, Token);
        await tenants.RemoveAsync(admin, actor.UserId, Token);
        var removed = await Keys.AuthenticateAsync(made.Secret, Token);

        Assert.Equal(Role.Member, demoted!.Role);
        Assert.Null(removed);
    }

    [Fact]
    public async Task Keys_ListedByPages_ComeOnceEachNewestFirst()
    {
        var actor = await host.NewPersonAsync("pages@example.org", Role.Member, Token);
        var made = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            made.Add((await Keys.CreateAsync(actor, new NewKey($"k{i}"), Token)).Key.Id);
        }

        var first = await Keys.ListAsync(actor, null, 3, Token);
        var rest = await Keys.ListAsync(actor, first[^1].Id, 3, Token);

        // Keys made within one millisecond have no order but that of their ids.
        Assert.Equal(made.OrderDescending(), first.Concat(rest).Select(k => k.Id));
    }

    [Fact]
    public async Task Key_AfterItsEnd_IsRefused()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var own = await WebFixture.StartAsync(
            new() { ["Hal9:Setup:Email"] = Hal9Settings.Email, ["Hal9:Setup:Password"] = Hal9Settings.Password },
            builder => builder.Services.AddSingleton<TimeProvider>(time));
        var keys = own.Services.GetRequiredService<KeyService>();
        var made = await keys.CreateAsync(await own.OwnerAsync(Token), new NewKey("short", null, time.GetUtcNow().AddMinutes(5)), Token);
        Assert.NotNull(await keys.AuthenticateAsync(made.Secret, Token));

        time.Advance(TimeSpan.FromMinutes(5));

        Assert.Null(await keys.AuthenticateAsync(made.Secret, Token));
    }

    private async Task<HttpStatusCode> StatusAsync(string bearer)
    {
        using var http = new HttpClient { BaseAddress = new Uri(host.Url) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        using var answer = await http.GetAsync("/api/v1/keys", Token);
        return answer.StatusCode;
    }
}
