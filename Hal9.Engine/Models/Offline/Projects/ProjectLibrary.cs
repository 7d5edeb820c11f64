using System.Reflection;

namespace Hal9.Engine.Models.Offline.Projects;

/// <summary>The projects that the offline model knows: eight by heart, and CRUD APIs by their grammar.</summary>
internal static class ProjectLibrary
{
    private const string Folder = "Hal9.Engine.Models.Offline.Projects.Scenarios.";

    /// <summary>All by heart, in the order of their names.</summary>
    public static IReadOnlyList<ScriptedProject> All { get; } = Read();

    /// <summary>The project that a request asks for; null, with what to say, when there is none.</summary>
    public static (ScriptedProject? Project, string Refusal) Find(string brief, string kind)
    {
        var (crud, fault) = CrudGrammar.Read(brief);
        if (fault is not null)
        {
            return (null, Refusal(fault));
        }
        // Words begin where others end, so that "notes" is not found in "footnotes".
        var text = " " + string.Join(' ', brief.ToLowerInvariant().Split([' ', '\n', '\r', '\t', '.', ',', ':', ';', '!', '?', '"', '\'', '(', ')', '[', ']', '/'], StringSplitOptions.RemoveEmptyEntries));
        var found = crud is not null ? CrudProject.Make(crud) : All.FirstOrDefault(project => project.Match.Any(words => words.All(word => text.Contains(" " + word, StringComparison.Ordinal))));
        return found is null ? (null, Refusal("this request is none of them"))
            : !found.Kinds.Contains(kind) ? (null, Refusal($"it knows '{found.Title}' as {string.Join(" or ", found.Kinds)} only, and this project is a {kind}"))
            : (found, "");
    }

    private static string Refusal(string why) =>
        $"The scripted model cannot do this: {why}. Connect a model, under Models. Without one there are {All.Count} projects by heart ({string.Join(", ", All.Select(project => project.Title))}) and 'CRUD API for <entity> with <fields>'.";

    private static List<ScriptedProject> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return ScriptedProject.Parse(reader.ReadToEnd());
            }),
        ];
    }
}
