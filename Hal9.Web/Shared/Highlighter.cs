using ColorCode;
using ColorCode.Common;
using ColorCode.Styling;

namespace Hal9.Web.Shared;

/// <summary>Code with its words marked by what they are, as spans with classes; the colours are the style sheet's.</summary>
internal static class Highlighter
{
    // Its grammars are regular expressions over the whole text: what is longer stays plain, so that no answer can keep a page busy.
    private const int MostCharacters = 20_000;

    /// <summary>All classes that a span may have.</summary>
    public static IReadOnlySet<string> Classes { get; } = StyleDictionary.DefaultLight.Select(style => style.ReferenceName).Where(name => !string.IsNullOrEmpty(name)).ToHashSet();

    /// <summary>The code as escaped HTML with spans; null for a language that is not known, or when it is too long.</summary>
    public static string? ToHtml(string code, string language)
    {
        if (language.Length == 0 || code.Length > MostCharacters || Languages.FindById(Alias(language)) is not { } known)
        {
            return null;
        }
        // A formatter keeps its writer in a field: one for each text.
        var html = new HtmlClassFormatter().GetHtmlString(code, known);
        var start = html.IndexOf("<pre>", StringComparison.Ordinal);
        var end = html.LastIndexOf("</pre>", StringComparison.Ordinal);
        return start < 0 || end < start ? null : html[(start + "<pre>".Length)..end].Trim('\r', '\n');
    }

    private static string Alias(string language) => language.ToLowerInvariant() switch
    {
        "ts" => LanguageId.TypeScript,
        "js" or "jsx" or "mjs" => LanguageId.JavaScript,
        "py" => LanguageId.Python,
        "ps1" or "pwsh" => LanguageId.PowerShell,
        "csharp" or "cs" or "c#" => LanguageId.CSharp,
        "c++" or "c" => LanguageId.Cpp,
        "xaml" or "csproj" => LanguageId.Xml,
        var other => other,
    };
}
