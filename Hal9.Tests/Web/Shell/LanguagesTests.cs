using System.Net;
using Hal9.Tests.Support;
using Hal9.Web.Shell;
using Microsoft.AspNetCore.Http;

namespace Hal9.Tests.Web.Shell;

[Collection(WebCollection.Name)]
public sealed class LanguagesTests(WebFixture host)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, null, "en")]
    [InlineData(null, "fr, ko;q=0.9", "en")]
    [InlineData(null, "de-AT, en;q=0.8", "de")]
    [InlineData(null, "en;q=0.8, de;q=0.9", "de")]
    [InlineData(null, "de;q=0, en", "en")]
    [InlineData(null, ";;q=x", "en")]
    [InlineData("de", "en", "de")]
    [InlineData("en", "de", "en")]
    [InlineData("tlh", "de", "de")]
    public void Language_IsTheChosenOne_ElseTheBrowsers(string? cookie, string? header, string code)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Cookie = cookie is null ? default : $"{Languages.Cookie}={cookie}";
        request.Headers.AcceptLanguage = header;

        Assert.Equal(code, Languages.Of(request).Code);
    }

    [Fact]
    public async Task Page_SpeaksTheLanguage_AndSaysWhich()
    {
        using var browser = host.NewBrowser();
        browser.Http.DefaultRequestHeaders.Add("Accept-Language", "de-DE,de;q=0.9");

        var (_, body) = await browser.GetAsync("/account/login", Token);

        Assert.Contains("<html lang=\"de\"", body, StringComparison.Ordinal);
        Assert.Contains("Auf diesem Gerät angemeldet bleiben", body, StringComparison.Ordinal);
        Assert.DoesNotContain("Keep me", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_IsAnsweredInOneForm_WhateverItsHeadersSay()
    {
        using var browser = host.NewBrowser();
        browser.Http.DefaultRequestHeaders.Add("Accept-Language", "de");

        var (status, body) = await browser.GetAsync("/api/v1/runs", Token);

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("Sign-in is needed.", body, StringComparison.Ordinal);
    }
}
