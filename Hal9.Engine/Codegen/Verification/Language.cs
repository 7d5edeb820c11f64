namespace Hal9.Engine.Codegen.Verification;

/// <summary>What a project is written in. One per project.</summary>
public enum Language
{
    /// <summary>C# on .NET 10, tests with xUnit v3.</summary>
    CSharp,

    /// <summary>Python 3 with its standard library, tests with unittest.</summary>
    Python,

    /// <summary>TypeScript on Node.js, tests with node:test.</summary>
    TypeScript,
}

/// <summary>What kind of project it is: decides the project files, which the product owns and no model writes.</summary>
public enum ProjectKind
{
    /// <summary>A C# program for the command line.</summary>
    CSharpConsole,

    /// <summary>A C# class library.</summary>
    CSharpLib,

    /// <summary>An ASP.NET Core minimal API.</summary>
    CSharpMinimalApi,

    /// <summary>A Blazor page in a small host.</summary>
    BlazorPage,

    /// <summary>A Python program for the command line.</summary>
    PyCli,

    /// <summary>A TypeScript program for the command line.</summary>
    TsCli,
}

/// <summary>The published words of languages and kinds.</summary>
public static class ProjectWords
{
    private static readonly (ProjectKind Kind, string Word, Language Language)[] Kinds =
    [
        (ProjectKind.CSharpConsole, "csharp-console", Language.CSharp), (ProjectKind.CSharpLib, "csharp-lib", Language.CSharp),
        (ProjectKind.CSharpMinimalApi, "csharp-minimal-api", Language.CSharp), (ProjectKind.BlazorPage, "blazor-page", Language.CSharp),
        (ProjectKind.PyCli, "py-cli", Language.Python), (ProjectKind.TsCli, "ts-cli", Language.TypeScript),
    ];

    /// <summary>The word of a kind as in the interface, for example <c>csharp-console</c>.</summary>
    public static string Word(this ProjectKind kind) => Kinds.Single(k => k.Kind == kind).Word;

    /// <summary>The word of a language as in the interface: <c>csharp</c>, <c>python</c> or <c>typescript</c>.</summary>
    public static string Word(this Language language) => language switch
    {
        Language.CSharp => "csharp",
        Language.Python => "python",
        _ => "typescript",
    };

    /// <summary>The language of a kind.</summary>
    public static Language LanguageOf(ProjectKind kind) => Kinds.Single(k => k.Kind == kind).Language;

    /// <summary>The kind that a word names; null for an unknown word.</summary>
    public static ProjectKind? KindOf(string word) => Kinds.Where(k => k.Word == word).Select(k => (ProjectKind?)k.Kind).SingleOrDefault();

    /// <summary>The language that a word names; null for an unknown word.</summary>
    public static Language? LanguageOf(string word) => Enum.GetValues<Language>().Where(l => l.Word() == word).Select(l => (Language?)l).SingleOrDefault();
}
