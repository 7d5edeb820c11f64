using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Hal9.Tests.Web.Accounts;

[Collection(WebCollection.Name)]
public sealed class TokenTests(WebFixture host) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = new Uri(host.Url) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => http.Dispose();

    [Fact]
    public async Task AccessToken_IsVerifiedByThePublishedKey()
    {
        var (_, pair) = await AskAsync(new() { ["email"] = Hal9Settings.Email, ["password"] = Hal9Settings.Password });
        var keys = new JsonWebKeySet(await http.GetStringAsync("/.well-known/jwks.json", Token));

        var result = await new JsonWebTokenHandler().ValidateTokenAsync(pair.GetProperty("accessToken").GetString(), new TokenValidationParameters
        {
            ValidIssuer = "hal9",
            ValidAudience = "hal9",
            ValidAlgorithms = ["ES256"],
            IssuerSigningKeys = keys.GetSigningKeys(),
        });

        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.Equal(600, pair.GetProperty("expiresIn").GetInt32());
        Assert.DoesNotContain("\"d\"", await http.GetStringAsync("/.well-known/jwks.json", Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alg")]
    [InlineData("signature")]
    [InlineData("payload")]
    public async Task AccessToken_ThatWasAltered_IsRefused(string part)
    {
        var (_, pair) = await AskAsync(new() { ["email"] = Hal9Settings.Email, ["password"] = Hal9Settings.Password });
        var parts = pair.GetProperty("accessToken").GetString()!.Split('.');
        var altered = part switch
        {
            "alg" => $"{Base64UrlEncoder.Encode("{\"alg\":\"none\",\"typ\":\"JWT\"}")}.{parts[1]}.",
            "signature" => $"{parts[0]}.{parts[1]}.{(parts[2][0] == 'A' ? 'B' : 'A')}{parts[2][1..]}",
            _ => $"{parts[0]}.{Base64UrlEncoder.Encode(Base64UrlEncoder.Decode(parts[1]).Replace("\"sub\":\"0", "\"sub\":\"1", StringComparison.Ordinal))}.{parts[2]}",
        };

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(pair.GetProperty("accessToken").GetString()!));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(altered));
    }

    [Fact]
    public async Task RefreshToken_UsedTwice_EndsItsFamily()
    {
        var (_, first) = await AskAsync(new() { ["email"] = Hal9Settings.Email, ["password"] = Hal9Settings.Password });
        var (_, second) = await RefreshAsync(first);

        var (reuse, _) = await RefreshAsync(first);
        var (after, _) = await RefreshAsync(second);

        Assert.Equal(HttpStatusCode.Unauthorized, reuse);
        Assert.Equal(HttpStatusCode.Unauthorized, after);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(5_000)]
    public async Task RefreshToken_ThatNobodyIssued_IsRefusedWhateverItsLength(int length)
    {
        var (status, _) = await AskAsync(new() { ["refreshToken"] = new string('x', length) });

        Assert.Equal(HttpStatusCode.Unauthorized, status);
    }

    [Fact]
    public async Task RefreshToken_UsedTwiceAtOnce_WorksAtMostOnce()
    {
        var (_, first) = await AskAsync(new() { ["email"] = Hal9Settings.Email, ["password"] = Hal9Settings.Password });

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => RefreshAsync(first)));

        Assert.True(answers.Count(a => a.Status == HttpStatusCode.OK) <= 1);
        foreach (var (_, pair) in answers.Where(a => a.Status == HttpStatusCode.OK))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await RefreshAsync(pair)).Status);
        }
    }

    [Fact]
    public async Task RefreshToken_AfterANewPassword_IsRefused()
    {
        var actor = await host.NewPersonAsync("changed@example.org", Role.Member, Token);
        var (_, pair) = await AskAsync(new() { ["email"] = "changed@example.org", ["password"] = People.Password });

        await host.WithAsync(actor.UserId, (people, person) => people.ChangePasswordAsync(person, People.Password, "another lighthouse in spring"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await RefreshAsync(pair)).Status);
    }

    [Fact]
    public async Task Token_OfAnUnknownPersonAndOfAWrongPassword_IsRefusedAlike()
    {
        var (wrong, one) = await AskAsync(new() { ["email"] = Hal9Settings.Email, ["password"] = "wrong" });
        var (unknown, other) = await AskAsync(new() { ["email"] = "nobody@example.org", ["password"] = "wrong" });

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (wrong, unknown));
        Assert.Equal(one.GetProperty("detail").GetString(), other.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Token_OfAMemberOfTwoTenants_NeedsToSayWhich()
    {
        var actor = await host.NewPersonAsync("tokens-two@example.org", Role.Member, Token);
        await host.Services.GetRequiredService<TenantService>().CreateAsync("Second of tokens", actor.UserId, Token);
        JsonObject Login() => new() { ["email"] = "tokens-two@example.org", ["password"] = People.Password };

        var (unclear, problem) = await AskAsync(Login());
        var (named, _) = await AskAsync(new(Login().Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))) { ["tenant"] = "second of tokens" });
        var (foreign, _) = await AskAsync(new(Login().Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))) { ["tenant"] = Guid.NewGuid().ToString() });

        Assert.Equal(HttpStatusCode.BadRequest, unclear);
        Assert.Equal(2, problem.GetProperty("tenants").GetArrayLength());
        Assert.Equal(HttpStatusCode.OK, named);
        Assert.Equal(HttpStatusCode.BadRequest, foreign);
    }

    [Fact]
    public async Task Role_ThatChanges_CountsForATokenAtOnce()
    {
        var owner = await host.OwnerAsync(Token);
        var actor = await host.NewPersonAsync("promoted@example.org", Role.Member, Token);
        var tenants = host.Services.GetRequiredService<TenantService>();
        var (_, pair) = await AskAsync(new() { ["email"] = "promoted@example.org", ["password"] = People.Password });
        var bearer = pair.GetProperty("accessToken").GetString()!;
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(bearer, "/metrics"));

        await tenants.SetRoleAsync(owner, actor.UserId, Role.Operator, Token);
        var promoted = await StatusAsync(bearer, "/metrics");
        await tenants.RemoveAsync(owner, actor.UserId, Token);
        var removed = await StatusAsync(bearer, "/metrics");

        Assert.NotEqual(HttpStatusCode.Forbidden, promoted);
        Assert.Equal(HttpStatusCode.Unauthorized, removed);
        Assert.Equal(HttpStatusCode.Unauthorized, (await RefreshAsync(pair)).Status);
    }

    [Fact]
    public async Task LastAdministrator_StaysOne()
    {
        var tenants = host.Services.GetRequiredService<TenantService>();
        var person = await host.NewPersonAsync($"{Guid.NewGuid():N}@example.org", Role.Member, Token);
        var tenant = await tenants.CreateAsync($"Alone {Guid.NewGuid():N}", person.UserId, Token);
        var owner = new Actor(tenant.Id, person.UserId, Role.Admin);

        await Assert.ThrowsAsync<InvalidOperationException>(() => tenants.SetRoleAsync(owner, owner.UserId, Role.Member, Token));
        await Assert.ThrowsAsync<InvalidOperationException>(() => tenants.RemoveAsync(owner, owner.UserId, Token));
        await Assert.ThrowsAsync<AccessDenied>(() => tenants.RemoveAsync(owner with { Role = Role.Operator }, owner.UserId, Token));
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> RefreshAsync(JsonElement pair) => AskAsync(new() { ["refreshToken"] = pair.GetProperty("refreshToken").GetString() });

    private async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(JsonObject body)
    {
        using var answer = await http.PostAsJsonAsync("/api/v1/auth/token", body, Token);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Token));
    }

    private async Task<HttpStatusCode> StatusAsync(string bearer, string path = "/api/v1/keys")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        using var answer = await http.SendAsync(request, Token);
        return answer.StatusCode;
    }
}
