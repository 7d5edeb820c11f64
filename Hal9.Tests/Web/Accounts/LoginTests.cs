using System.Net;
using Hal9.Engine.Tenancy;
using Hal9.Tests.Support;
using Hal9.Web.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Hal9.Tests.Web.Accounts;

[Collection(WebCollection.Name)]
public sealed class LoginTests(WebFixture host)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Login_WithTheRightPassword_SetsACookieThatScriptsCannotRead()
    {
        using var browser = host.NewBrowser();

        var (status, _, _) = await browser.SignInAsync(Hal9Settings.Email, Hal9Settings.Password, Token);

        Assert.Equal(HttpStatusCode.Found, status);
        var cookie = Assert.Single(browser.Cookies.GetCookies(new Uri(host.Url)), c => c.Name == "hal9");
        Assert.True(cookie.HttpOnly);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account/tenant", Token)).Status);
    }

    [Theory]
    [InlineData("/runs?status=failed", "/runs?status=failed")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("//evil.example/", "/")]
    [InlineData("/\\evil.example/", "/")]
    [InlineData("javascript:alert(1)", "/")]
    public async Task Login_WithAReturnAddress_StaysOnThisSite(string wished, string expected)
    {
        using var browser = host.NewBrowser();

        var answer = await browser.SignInAsync(Hal9Settings.Email, Hal9Settings.Password, Token, $"/account/login?returnUrl={Uri.EscapeDataString(wished)}");

        Assert.Equal(new Uri(new Uri(host.Url), expected), new Uri(new Uri(host.Url), answer.Location));
    }

    [Fact]
    public async Task Login_OfAnUnknownPersonAndOfAWrongPassword_IsRefusedAlike()
    {
        await host.NewPersonAsync("alike@example.org", Role.Member, Token);
        using var browser = host.NewBrowser();

        var wrong = await browser.SignInAsync("alike@example.org", "not the password", Token);
        var unknown = await browser.SignInAsync("nobody-here@example.org", "not the password", Token);

        Assert.Contains(PasswordDoor.WrongText, wrong.Body, StringComparison.Ordinal);
        Assert.Contains(PasswordDoor.WrongText, unknown.Body, StringComparison.Ordinal);
        Assert.Equal(wrong.Status, unknown.Status);
    }

    [Fact]
    public async Task Login_AfterFiveWrongPasswords_RefusesTheRightOne()
    {
        await host.NewPersonAsync("locked@example.org", Role.Member, Token);
        using var browser = host.NewBrowser();
        for (var i = 0; i < 5; i++)
        {
            await browser.SignInAsync("locked@example.org", "not the password", Token);
        }

        var right = await browser.SignInAsync("locked@example.org", People.Password, Token);

        Assert.Equal(HttpStatusCode.OK, right.Status);
        Assert.Contains(PasswordDoor.WrongText, right.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_WithAnAuthenticator_NeedsItsCode()
    {
        var actor = await host.NewPersonAsync("totp@example.org", Role.Member, Token);
        await host.WithAsync(actor.UserId, async (people, person) =>
        {
            await people.ResetAuthenticatorKeyAsync(person);
            return await people.SetTwoFactorEnabledAsync(person, true);
        });
        using var browser = host.NewBrowser();

        var first = await browser.SignInAsync("totp@example.org", People.Password, Token);
        var hidden = Browser.HiddenFields(first.Body).ToList();
        var wrong = await browser.PostAsync("/account/login", [.. hidden, ("CodeForm.Code", "000000")], Token);
        var code = await host.WithAsync(actor.UserId, (people, person) => CodeAsync(people, person));
        var right = await browser.PostAsync("/account/login", [.. hidden, ("CodeForm.Code", code)], Token);

        Assert.Contains("authenticator app", first.Body, StringComparison.Ordinal);
        Assert.Contains(PasswordDoor.WrongText, wrong.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, right.Status);
    }

    [Fact]
    public async Task SignOut_WithoutTheFormsToken_IsRefused()
    {
        using var browser = host.NewBrowser();
        await browser.SignInAsync(Hal9Settings.Email, Hal9Settings.Password, Token);

        var forged = await browser.PostAsync("/account/sign-out", [("returnUrl", "/")], Token);
        var page = await browser.Http.GetStringAsync("/account/tenant", Token);
        var real = await browser.PostAsync("/account/sign-out", Browser.HiddenFields(page).Where(f => f.Name.StartsWith("__", StringComparison.Ordinal)), Token);

        Assert.Equal(HttpStatusCode.BadRequest, forged.Status);
        Assert.Equal((HttpStatusCode.Found, "/account/login"), (real.Status, real.Location));
        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync("/account/tenant", Token)).Status);
    }

    [Fact]
    public async Task Cookie_WithAWriteFromAnotherSite_IsRefused()
    {
        using var browser = host.NewBrowser();
        await browser.SignInAsync(Hal9Settings.Email, Hal9Settings.Password, Token);
        using var foreign = new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/keys/{Guid.NewGuid()}");
        foreign.Headers.Add("Origin", "https://evil.example");
        using var own = new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/keys/{Guid.NewGuid()}");
        own.Headers.Add("Origin", host.Url);

        using var refused = await browser.Http.SendAsync(foreign, Token);
        using var carriedOut = await browser.Http.SendAsync(own, Token);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, carriedOut.StatusCode);
    }

    [Fact]
    public async Task SeveralTenants_AreChosenFrom_AndTheCookieActsInTheChosenOne()
    {
        var actor = await host.NewPersonAsync("two@example.org", Role.Member, Token);
        var other = await host.Services.GetRequiredService<TenantService>().CreateAsync("A second one", actor.UserId, Token);
        using var browser = host.NewBrowser();

        var signedIn = await browser.SignInAsync("two@example.org", People.Password, Token);
        var chosen = await browser.SubmitAsync("/account/tenant?returnUrl=%2Fruns", [("Chosen", actor.TenantId.ToString())], Token);
        var foreign = await browser.SubmitAsync("/account/tenant", [("Chosen", Guid.CreateVersion7().ToString())], Token);

        Assert.Contains("/account/tenant", signedIn.Location, StringComparison.Ordinal);
        Assert.EndsWith("/runs", chosen.Location, StringComparison.Ordinal);
        Assert.Contains("Choose one of your organisations", foreign.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/metrics", Token)).Status);
        await browser.SubmitAsync("/account/tenant", [("Chosen", other.Id.ToString())], Token);
        Assert.NotEqual(HttpStatusCode.Forbidden, (await browser.GetAsync("/metrics", Token)).Status);
    }

    // The code that the person's app would show now (RFC 6238, SHA-1, 30 s, as authenticator apps do).
    private static async Task<string> CodeAsync(UserManager<Person> people, Person person)
    {
        var secret = FromBase32((await people.GetAuthenticatorKeyAsync(person))!);
        var step = DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30;
#pragma warning disable CA5350 // The algorithm is that of the apps.
        var hash = System.Security.Cryptography.HMACSHA1.HashData(secret, BitConverter.GetBytes(step).Reverse().ToArray());
#pragma warning restore CA5350
        var at = hash[^1] & 0xF;
        var number = ((hash[at] & 0x7F) << 24) | (hash[at + 1] << 16) | (hash[at + 2] << 8) | hash[at + 3];
        return (number % 1_000_000).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static byte[] FromBase32(string text)
    {
        var bytes = new List<byte>();
        var (value, bits) = (0, 0);
        foreach (var letter in text.TrimEnd('='))
        {
            value = (value << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal);
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(value >> bits));
                value &= (1 << bits) - 1;
            }
        }
        return [.. bytes];
    }
}
