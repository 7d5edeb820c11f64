using Hal9.Engine.Codegen.Verification;
using Hal9.Engine.Codegen.Verification.Toolchains;

namespace Hal9.Engine.Codegen;

/// <summary>The files of a project that no model writes: the project files as the runner builds them, and a word on how to build and test it.</summary>
internal static class ProjectTemplates
{
    /// <summary>Path and text of each.</summary>
    public static IReadOnlyDictionary<string, string> FilesOf(ProjectKind kind, string title)
    {
        var (needs, test, run) = kind switch
        {
            ProjectKind.PyCli => ("Python 3.11 or later", "PYTHONPATH=src python3 -m unittest discover -s tests -t .", "python3 src/main.py"),
            ProjectKind.TsCli => ("Node.js 22 or later with the TypeScript compiler", "npm test", "node build/src/main.js"),
            ProjectKind.CSharpLib => ("the .NET SDK 10", "dotnet test", ""),
            _ => ("the .NET SDK 10", "dotnet test", "dotnet run --project src"),
        };
        var files = new Dictionary<string, string>(ProjectFiles.For(kind, []), StringComparer.Ordinal)
        {
            ["README.md"] = $"# {title.ReplaceLineEndings(" ")}\n\nNeeds {needs}.\n\n    {test}\n{(run.Length == 0 ? "" : $"    {run}\n")}\n"
                + "`proof.json` says what was built from what, and what the tests found; `hal9 codegen verify proof.json` looks again.\n",
        };
        return files;
    }
}
