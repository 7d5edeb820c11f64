using System.Text.RegularExpressions;
using Hal9.Engine.Codegen.Verification;

namespace Hal9.Engine.Codegen;

/// <summary>Which kind of project a request is for when its owner names a language only.</summary>
public static partial class ProjectKinds
{
    /// <summary>The kind: the named one, or for C# what the words of the request suggest, and otherwise a program for the command line.</summary>
    /// <exception cref="ArgumentException">The template is unknown, or of another language.</exception>
    public static ProjectKind Choose(Language language, string? template, string brief)
    {
        ArgumentNullException.ThrowIfNull(brief);
        if (!string.IsNullOrEmpty(template))
        {
            var kind = Verification.ProjectWords.KindOf(template) ?? throw new ArgumentException($"template: One of {string.Join(", ", Enum.GetValues<ProjectKind>().Select(k => k.Word()))}.");
            return Verification.ProjectWords.LanguageOf(kind) == language ? kind : throw new ArgumentException($"template: '{template}' is not of {language.Word()}.");
        }
        return language switch
        {
            Language.Python => ProjectKind.PyCli,
            Language.TypeScript => ProjectKind.TsCli,
            _ => Page().IsMatch(brief) ? ProjectKind.BlazorPage
                : Api().IsMatch(brief) ? ProjectKind.CSharpMinimalApi
                : Library().IsMatch(brief) ? ProjectKind.CSharpLib
                : ProjectKind.CSharpConsole,
        };
    }

    [GeneratedRegex(@"\bblazor\b|\bweb ?page\b", RegexOptions.IgnoreCase)]
    private static partial Regex Page();

    [GeneratedRegex(@"\bAPIs?\b|\bREST\b|\bendpoints?\b|\bHTTP service\b", RegexOptions.IgnoreCase)]
    private static partial Regex Api();

    [GeneratedRegex(@"\blibrary\b|\bpackage\b|\bclass(es)? for\b", RegexOptions.IgnoreCase)]
    private static partial Regex Library();
}
