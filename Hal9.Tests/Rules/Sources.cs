using System.Reflection;
using System.Text.RegularExpressions;

namespace Hal9.Tests.Rules;

/// <summary>A source file of the repository.</summary>
/// <param name="Path">From the repository root, with forward slashes.</param>
/// <param name="Lines">Its lines.</param>
internal sealed record SourceFile(string Path, IReadOnlyList<string> Lines)
{
    /// <summary>Lines that match, as <c>path:line: text</c>.</summary>
    public IEnumerable<string> Find(Regex pattern) =>
        Lines.Select((line, index) => (line, index)).Where(l => pattern.IsMatch(l.line)).Select(l => $"{Path}:{l.index + 1}: {l.line.Trim()}");
}

/// <summary>The repository's own text, without what is built or generated.</summary>
internal static class Sources
{
    private static readonly string[] Projects = ["Hal9.Engine", "Hal9.Web", "Hal9.Cli", "Hal9.Runner", "Hal9.Tests", "Hal9.Benchmarks"];

    public static string Root { get; } = typeof(Sources).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    /// <summary>C# and Razor files of all projects; EF's migrations are left out.</summary>
    public static IReadOnlyList<SourceFile> Code { get; } = [.. Projects.SelectMany(Read)];

    public static IEnumerable<SourceFile> In(string folder) => Code.Where(file => file.Path.StartsWith(folder + "/", StringComparison.Ordinal));

    private static IEnumerable<SourceFile> Read(string project) =>
        from path in Directory.EnumerateFiles(Path.Combine(Root, project), "*", SearchOption.AllDirectories)
        where path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".razor", StringComparison.Ordinal)
        let relative = Path.GetRelativePath(Root, path).Replace('\\', '/')
        where !relative.Split('/').Any(part => part is "bin" or "obj" or "Migrations" or "node_modules")
        select new SourceFile(relative, File.ReadAllLines(path));
}
