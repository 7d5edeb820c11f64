using System.Text.Json;
using System.Text.RegularExpressions;

namespace Hal9.Engine.Models.Offline.Projects;

/// <summary>A criterion of a scripted project.</summary>
internal sealed record ScriptedCriterion(string Id, string Title, string Given, string When, string Then, IReadOnlyList<string> Examples);

/// <summary>A module of a scripted project; one with <c>Program</c> also owns the program's entry where the kind of project has one.</summary>
internal sealed record ScriptedModule(
    string Id, string Responsibility, IReadOnlyList<string> Files, IReadOnlyList<string> PublicApi, IReadOnlyList<string> DependsOn, IReadOnlyList<string> Criteria, bool Program = false);

/// <summary>A fault that the first writing of a file has, so that the way from red to green is seen.</summary>
internal sealed record ScriptedFault(string Path, string Good, string Bad, string Hypothesis);

/// <summary>A project that the offline model knows by heart: data, not AI.</summary>
internal sealed partial record ScriptedProject(
    string Name, IReadOnlyList<IReadOnlyList<string>> Match, IReadOnlyList<string> Kinds, string Title, IReadOnlyList<string> Features, IReadOnlyList<ScriptedCriterion> Criteria,
    IReadOnlyList<string> NonGoals, IReadOnlyList<ScriptedModule> Modules, IReadOnlyList<ScriptedFault> Faults)
{
    private const string Entry = "src/Program.cs";
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>Texts by path: <c>src/…</c> and <c>tests/…</c> as they are right, <c>surface/…</c> the stubs, <c>kind/…</c> what only one kind of project has.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads a project from one text: lines <c>-- path --</c> begin its parts, the first one is its description.</summary>
    public static ScriptedProject Parse(string archive)
    {
        var parts = Mark().Split(archive.ReplaceLineEndings("\n"));
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 1; i + 1 < parts.Length; i += 2)
        {
            files[parts[i]] = parts[i + 1];
        }
        return (JsonSerializer.Deserialize<ScriptedProject>(files["scenario.json"], Options) ?? throw new InvalidOperationException("A scripted project has no description.")) with { Files = files };
    }

    /// <summary>The files of a module in a kind of project, right or, for a first writing, with the planned faults.</summary>
    public IEnumerable<(string Path, string Content)> FilesOf(ScriptedModule module, string kind, bool withFaults)
    {
        foreach (var path in PathsOf(module, kind))
        {
            var content = path == Entry ? Files[$"kind/{kind}/{Entry}"] : Files[path];
            yield return (path, withFaults ? Faults.Where(fault => fault.Path == path).Aggregate(content, (text, fault) => text.Replace(fault.Good, fault.Bad, StringComparison.Ordinal)) : content);
        }
    }

    public IReadOnlyList<string> PathsOf(ScriptedModule module, string kind) => module.Program && Files.ContainsKey($"kind/{kind}/{Entry}") ? [Entry, .. module.Files] : module.Files;

    /// <summary>The stubs that the acceptance tests are written against.</summary>
    public IEnumerable<(string Path, string Content)> Surface =>
        Files.Where(file => file.Key.StartsWith("surface/", StringComparison.Ordinal)).Select(file => (file.Key["surface/".Length..], file.Value));

    /// <summary>The acceptance tests, each with the criterion that its name tells.</summary>
    public IEnumerable<(string Path, string Criterion, string Content)> Acceptance =>
        Files.Where(file => file.Key.StartsWith("tests/Acceptance/", StringComparison.Ordinal)).Select(file => (file.Key, $"AC-{Number().Match(file.Key).Groups[1].Value}", file.Value));

    [GeneratedRegex(@"^-- (\S+) --\n", RegexOptions.Multiline)]
    private static partial Regex Mark();

    [GeneratedRegex(@"/AC_(\d+)_")]
    private static partial Regex Number();
}
