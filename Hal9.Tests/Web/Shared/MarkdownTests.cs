using System.Globalization;
using AngleSharp.Html.Parser;
using Hal9.Tests.Support;
using Hal9.Web.Shared;

namespace Hal9.Tests.Web.Shared;

public sealed class MarkdownTests
{
    private static readonly string[] HarmfulTags = ["script", "iframe", "img", "object", "embed", "form", "style", "svg", "link", "meta", "base"];

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("<svg onload=alert(1)>")]
    [InlineData("text <iframe src='https://evil.example'></iframe> text")]
    [InlineData("<style>body{display:none}</style>")]
    [InlineData("<form action='https://evil.example'><input name=password></form>")]
    [InlineData("[click](javascript:alert(1))")]
    [InlineData("[click](JaVaScRiPt:alert(1))")]
    [InlineData("[click](java&#x0A;script:alert(1))")]
    [InlineData("[click](data:text/html;base64,PHNjcmlwdD4=)")]
    [InlineData("[click](vbscript:msgbox)")]
    [InlineData("[click](file:///etc/passwd)")]
    [InlineData("![tracked](https://evil.example/pixel.png)")]
    [InlineData("<a href='javascript:alert(1)' onclick='alert(1)'>x</a>")]
    [InlineData("[x]: javascript:alert(1)\n\n[x]")]
    [InlineData("[a](https://ok.example \"t\\\" onmouseover=alert(1) x=\\\"\")")]
    [InlineData("```\"><script>alert(1)</script>\ncode\n```")]
    [InlineData("```html\n</code></pre><script>alert(1)</script>\n```")]
    [InlineData("<javascript:alert(1)>")]
    public void ToHtml_OfAnAttack_HoldsNothingThatActs(string attack)
    {
        var page = new HtmlParser().ParseDocument(Markdown.ToHtml(attack, Speech.Markdown).Value);

        Assert.All(page.Body!.QuerySelectorAll("*"), element =>
        {
            Assert.DoesNotContain(element.LocalName, HarmfulTags);
            Assert.DoesNotContain(element.Attributes, attribute => attribute.Name.StartsWith("on", StringComparison.Ordinal) || attribute.Name is "style" or "src");
            Assert.True(element.GetAttribute("href") is not { } link || Uri.TryCreate(link, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "mailto", element.OuterHtml);
        });
    }

    [Fact]
    public void ToHtml_OfALink_OpensElsewhereAndTellsNothing()
    {
        var html = Markdown.ToHtml("[manual](https://www.sqlite.org/wal.html)", Speech.Markdown).Value;

        Assert.Contains("href=\"https://www.sqlite.org/wal.html\"", html, StringComparison.Ordinal);
        Assert.Contains("rel=\"noopener noreferrer\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public void ToHtml_OfACodeBlock_HasItsLanguageAndACopyButton()
    {
        var html = Markdown.ToHtml("```c#\nvar a = b < c;\n```", Speech.Markdown).Value;

        Assert.Contains("<span>c#</span>", html, StringComparison.Ordinal);
        Assert.Contains("data-copy-code", html, StringComparison.Ordinal);
        Assert.Contains("<span class=\"keyword\">var</span>", html, StringComparison.Ordinal);
        Assert.Equal("var a = b < c;", new HtmlParser().ParseDocument(html).QuerySelector("pre")!.TextContent.TrimEnd());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    public void ToHtml_OfCodeInNoKnownLanguage_ShowsItAsItIs(string language) =>
        Assert.Contains("var a = b &lt; c;", Markdown.ToHtml($"```{language}\nvar a = b < c;\n```", Speech.Markdown).Value, StringComparison.Ordinal);

    [Theory]
    [InlineData("html")]
    [InlineData("csharp")]
    [InlineData("sql")]
    [InlineData("json")]
    [InlineData("python")]
    [InlineData("powershell")]
    public void ToHtml_OfHighlightedCode_AddsNothingThatActs(string language)
    {
        const string Code = "</code></pre><img src=x onerror=alert(1)> \"<b onclick='x'>\" // <script>alert(1)</script> 'a' 12";

        var page = new HtmlParser().ParseDocument(Markdown.ToHtml($"```{language}\n{Code}\n```", Speech.Markdown).Value);

        Assert.Equal(Code, page.QuerySelector("pre")!.TextContent.TrimEnd());
        Assert.All(page.QuerySelectorAll("pre *"), element => Assert.True(element.LocalName is "code" or "span" && element.Attributes.All(a => a.Name == "class"), element.OuterHtml));
    }

    [Fact]
    public void ToHtml_OfWrittenButtons_ShowsThemAsText() =>
        Assert.DoesNotContain("<button", Markdown.ToHtml("<button data-copy-code>Pay</button>", Speech.Markdown).Value, StringComparison.Ordinal);

    [Fact]
    public void ToHtml_OfATaskList_HasDeadNamedBoxes()
    {
        var boxes = new HtmlParser().ParseDocument(Markdown.ToHtml("- [x] done\n- [ ] open", Speech.Markdown).Value).QuerySelectorAll("input");

        Assert.Equal(2, boxes.Length);
        Assert.All(boxes, box => Assert.True(box.HasAttribute("disabled") && box.HasAttribute("aria-label")));
    }

    [Fact]
    public void ToHtml_OfHeadings_LeavesThePageItsOwn()
    {
        var html = Markdown.ToHtml("# One\n\n###### Six", Speech.Markdown).Value;

        Assert.DoesNotContain("<h1", html, StringComparison.Ordinal);
        Assert.Contains("<h2>One</h2>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void ToHtml_OfATable_IsATable() =>
        Assert.Contains("<td>one file</td>", Markdown.ToHtml("|A|B|\n|---|---|\n|one file|x|", Speech.Markdown).Value, StringComparison.Ordinal);

    [Fact]
    public void ToHtml_FromManyThreads_GivesTheSame()
    {
        var expected = Enumerable.Range(0, 200).Select(i => Markdown.ToHtml(Text(i), Speech.Markdown).Value).ToList();

        var found = Enumerable.Range(0, 200).AsParallel().AsOrdered().Select(i => Markdown.ToHtml(Text(i), Speech.Markdown).Value).ToList();

        Assert.Equal(expected, found);

        static string Text(int i) => string.Create(CultureInfo.InvariantCulture, $"# T{i}\n\n- [x] a{i}\n\n```x\n{i}\n```");
    }
}
