using System.Net;
using System.Text.RegularExpressions;
using Hal9.Tests.Support;

namespace Hal9.Tests.Rules;

/// <summary>A real host serves a file of every kind with its content: each kind comes from another place, and each can silently be empty or missing.</summary>
[Collection(WebCollection.Name)]
public sealed partial class StaticFileTests(WebFixture host)
{
    private static readonly bool HasBrowserLibraries = File.Exists(Path.Combine(Sources.Root, "node_modules", ".restored"));

    [Theory]
    [InlineData("app.css", "text/css")]
    [InlineData("favicon.svg", "image/svg+xml")]
    [InlineData("_content/MudBlazor/MudBlazor.min.css", "text/css")]
    [InlineData("_content/MudBlazor/MudBlazor.min.js", "text/javascript")]
    [InlineData("_framework/blazor.web.js", "text/javascript")]
    public async Task File_OfTheProduct_IsServedWithContent(string path, string type) => await FetchAsync(path, type);

    [Theory]
    [InlineData("lib/inter/wght.css", "text/css")]
    [InlineData("lib/apexcharts/apexcharts.esm.js", "text/javascript")]
    [InlineData("lib/inter/files/inter-latin-wght-normal.woff2", "font/woff2")]
    public async Task File_FromNpm_IsServedWithContent(string path, string type)
    {
        Assert.SkipUnless(HasBrowserLibraries, "The build found no npm, so there are no browser libraries.");

        await FetchAsync(path, type);
    }

    [Fact]
    public async Task Files_OfTheSignInPage_AreAllServed()
    {
        using var client = new HttpClient { BaseAddress = new Uri(host.Url) };
        var page = await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        var files = Linked().Matches(page).Select(link => WebUtility.HtmlDecode(link.Groups["path"].Value)).Where(path => !path.StartsWith("http", StringComparison.Ordinal)).Distinct().ToList();

        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            await FetchAsync(file, null);
        }
    }

    private async Task FetchAsync(string path, string? type)
    {
        using var client = new HttpClient { BaseAddress = new Uri(host.Url) };

        using var response = await client.GetAsync(new Uri("/" + path.TrimStart('/'), UriKind.Relative), TestContext.Current.CancellationToken);
        var content = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {response.StatusCode}");
        Assert.True(content.Length > 0, $"{path} is empty");
        // An unknown path leads to the sign-in page, which is HTML and 200.
        Assert.NotEqual("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.True(type is null || response.Content.Headers.ContentType?.MediaType == type, $"{path} is {response.Content.Headers.ContentType}");
    }

    [GeneratedRegex("""<(?:link|script)[^>]*?(?:href|src)="(?<path>[^"]+\.(?:css|js|svg|ico|woff2)[^"]*)"|url\((?<path>[^)]+)\)""")]
    private static partial Regex Linked();
}
