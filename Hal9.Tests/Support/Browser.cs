using System.Net;
using System.Text.RegularExpressions;

namespace Hal9.Tests.Support;

/// <summary>What a browser without JavaScript does: keeps cookies, reads a page, fills in its form. Redirects are shown, not followed.</summary>
public sealed partial class Browser : IDisposable
{
    private readonly HttpClientHandler handler = new() { AllowAutoRedirect = false };

    public Browser(string url) => Http = new HttpClient(handler) { BaseAddress = new Uri(url) };

    public HttpClient Http { get; }

    public CookieContainer Cookies => handler.CookieContainer;

    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await Http.GetAsync(path, cancellationToken);
        return (answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(cancellationToken)));
    }

    /// <summary>Opens the page, takes its form's hidden fields, adds the given ones and posts it.</summary>
    public async Task<(HttpStatusCode Status, string? Location, string Body)> SubmitAsync(
        string path, IEnumerable<(string Name, string Value)> fields, CancellationToken cancellationToken)
    {
        var page = await Http.GetStringAsync(path, cancellationToken);
        return await PostAsync(path, HiddenFields(page).Concat(fields), cancellationToken);
    }

    public async Task<(HttpStatusCode Status, string? Location, string Body)> PostAsync(
        string path, IEnumerable<(string Name, string Value)> fields, CancellationToken cancellationToken)
    {
        using var form = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        using var answer = await Http.PostAsync(path, form, cancellationToken);
        var body = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(cancellationToken));
        return (answer.StatusCode, answer.Headers.Location?.ToString(), body);
    }

    public static IEnumerable<(string Name, string Value)> HiddenFields(string page) =>
        Hidden().Matches(page).Select(m => (m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value)));

    public void Dispose()
    {
        Http.Dispose();
        handler.Dispose();
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
