using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Ganss.Xss;
using Markdig;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Microsoft.AspNetCore.Components;

namespace Hal9.Web.Shared;

/// <summary>
/// Markdown of a model or a person to HTML that is safe to show. What comes in is untrusted: HTML in it stays text, and what the
/// renderer made still passes an allow-list of tags, attributes and schemes.
/// </summary>
internal static partial class Markdown
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml().UsePipeTables().UseTaskLists().UseAutoLinks().UseEmphasisExtras(Markdig.Extensions.EmphasisExtras.EmphasisExtraOptions.Strikethrough).Build();

    private static readonly HtmlSanitizer Sanitizer = MakeSanitizer();

    /// <summary>The text as safe HTML.</summary>
    /// <param name="text">Markdown from anywhere.</param>
    /// <param name="words">What the frame around code and the boxes of task lists say.</param>
    public static MarkupString ToHtml(string text, MarkdownWords words)
    {
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.ReplaceOrAdd<CodeBlockRenderer>(new LabelledCode());
        var document = Markdig.Markdown.Parse(text, Pipeline);
        // The page owns the one h1: headings of a text begin a level below.
        foreach (var heading in document.Descendants<HeadingBlock>())
        {
            heading.Level = Math.Min(6, heading.Level + 1);
        }
        renderer.Render(document);
        var clean = TaskBox().Replace(Sanitizer.Sanitize(writer.ToString()), box => box.Value.Insert("<input".Length, $" aria-label=\"{Encode(box.Value.Contains(" checked", StringComparison.Ordinal) ? words.Done : words.Open)}\""));
        return new MarkupString(CodeFrame().Replace(clean, pre => Frame(pre, words)).Replace("</pre>", "</pre></div>", StringComparison.Ordinal));
    }

    // After sanitising, so that no answer can bring a button of its own. A literal "</pre>" cannot stand inside: the sanitiser wrote it escaped.
    private static string Frame(Match pre, MarkdownWords words)
    {
        var language = pre.Groups["language"].Value;
        return $"""<div class="code"><div class="code-head"><span>{(language.Length == 0 ? Encode(words.PlainText) : language)}</span><button type="button" class="code-copy" data-copy-code data-copied="{Encode(words.Copied)}">{Encode(words.Copy)}</button></div><pre tabindex="0">""";
    }

    private static HtmlSanitizer MakeSanitizer()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>
            {
                "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "del", "code", "pre", "blockquote",
                "ul", "ol", "li", "input", "a", "table", "thead", "tbody", "tr", "th", "td", "span",
            },
            AllowedAttributes = new HashSet<string> { "href", "title", "class", "start", "type", "checked", "disabled", "data-language" },
            AllowedSchemes = new HashSet<string> { "http", "https", "mailto" },
            UriAttributes = new HashSet<string> { "href" },
            AllowedCssProperties = new HashSet<string>(),
        });
        sanitizer.AllowedClasses.Add("contains-task-list");
        sanitizer.AllowedClasses.Add("task-list-item");
        foreach (var name in Highlighter.Classes)
        {
            sanitizer.AllowedClasses.Add(name);
        }
        sanitizer.PostProcessNode += (_, e) =>
        {
            if (e.Node is not AngleSharp.Dom.IElement element)
            {
                return;
            }
            switch (element.LocalName)
            {
                case "a" when element.HasAttribute("href"):
                    element.SetAttribute("rel", "noopener noreferrer");
                    element.SetAttribute("target", "_blank");
                    break;
                // Only the dead check box of a task list is an input that an answer may have.
                case "input" when element.GetAttribute("type") == "checkbox":
                    element.SetAttribute("disabled", "");
                    break;
                case "input":
                    element.Remove();
                    break;
                case "table":
                    element.SetAttribute("tabindex", "0");
                    break;
                default:
                    break;
            }
        };
        return sanitizer;
    }

    private static string Encode(string word) => HtmlEncoder.Default.Encode(word);

    [GeneratedRegex("<input[^>]*>")]
    private static partial Regex TaskBox();

    [GeneratedRegex("""<pre(?: data-language="(?<language>[^"]*)")?>""")]
    private static partial Regex CodeFrame();

    [GeneratedRegex("^[A-Za-z0-9+#._-]{1,24}$")]
    private static partial Regex LanguageName();

    /// <summary>A code block that carries its language to the frame.</summary>
    private sealed class LabelledCode : HtmlObjectRenderer<CodeBlock>
    {
        protected override void Write(HtmlRenderer renderer, CodeBlock block)
        {
            renderer.EnsureLine();
            var language = (block as FencedCodeBlock)?.Info;
            renderer.Write(language is not null && LanguageName().IsMatch(language) ? $"<pre data-language=\"{language}\"><code>" : "<pre><code>");
            if (language is not null && Highlighter.ToHtml(block.Lines.ToString(), language) is { } marked)
            {
                renderer.Write(marked).WriteLine();
            }
            else
            {
                renderer.WriteLeafRawLines(block, writeEndOfLines: true, escape: true);
            }
            renderer.Write("</code></pre>");
            renderer.EnsureLine();
        }
    }
}
