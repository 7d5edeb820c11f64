using System.Net;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Hal9.Tests.Web.Accounts;

public sealed class SessionTests : IAsyncLifetime
{
    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    private WebFixture host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => host = await WebFixture.StartAsync(
        new() { ["Hal9:Setup:Email"] = Hal9Settings.Email, ["Hal9:Setup:Password"] = Hal9Settings.Password },
        builder => builder.Services.AddSingleton<TimeProvider>(time));

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Cookie_TakesAChangedRoleAndALostMembership_WithinThirtySeconds()
    {
        var owner = await host.OwnerAsync(Token);
        var actor = await host.NewPersonAsync("cookie@example.org", Role.Member, Token);
        var tenants = host.Services.GetRequiredService<TenantService>();
        using var browser = host.NewBrowser();
        await browser.SignInAsync("cookie@example.org", People.Password, Token);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/metrics", Token)).Status);

        await tenants.SetRoleAsync(owner, actor.UserId, Role.Operator, Token);
        time.Advance(TimeSpan.FromSeconds(30));
        var promoted = (await browser.GetAsync("/metrics", Token)).Status;
        await tenants.RemoveAsync(owner, actor.UserId, Token);
        time.Advance(TimeSpan.FromSeconds(30));
        var removed = (await browser.GetAsync("/metrics", Token)).Status;

        Assert.NotEqual(HttpStatusCode.Forbidden, promoted);
        Assert.Equal(HttpStatusCode.Unauthorized, removed);
    }

    [Fact]
    public async Task Cookie_AfterANewPassword_EndsWithinThirtySeconds()
    {
        var actor = await host.NewPersonAsync("stamp@example.org", Role.Member, Token);
        using var browser = host.NewBrowser();
        await browser.SignInAsync("stamp@example.org", People.Password, Token);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account/tenant", Token)).Status);

        await host.WithAsync(actor.UserId, (people, person) => people.ChangePasswordAsync(person, People.Password, "another lighthouse in spring"));
        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync("/account/tenant", Token)).Status);
    }

    [Fact]
    public async Task Circuits_AreWatchedByTheCircuitSession()
    {
        await using var scope = host.Services.CreateAsyncScope();

        Assert.IsType<CircuitSession>(scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>());
    }

    [Fact]
    public async Task Secrets_AreNeverLogged()
    {
        using var client = await Hal9Client.SignInAsync(host.Url, Hal9Settings.Email, Hal9Settings.Password, Token);
        var access = client.Http.DefaultRequestHeaders.Authorization!.Parameter!;
        await client.UseNewKeyAsync("secret", Token);
        await client.AllAsync("/api/v1/keys", Token);
        using var browser = host.NewBrowser();
        await browser.SignInAsync(Hal9Settings.Email, "wrong-" + Hal9Settings.Password, Token);
        await browser.SignInAsync(Hal9Settings.Email, Hal9Settings.Password, Token);
        var cookie = browser.Cookies.GetCookies(new Uri(host.Url)).First(c => c.Name == "hal9").Value;

        foreach (var secret in new[] { Hal9Settings.Password, access.Split('.')[2], client.Key, client.Key[5..], cookie })
        {
            Assert.DoesNotContain(host.Log, line => line.Contains(secret, StringComparison.Ordinal));
        }
        Assert.NotEmpty(host.Log);
    }
}
