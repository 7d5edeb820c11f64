using System.Text.Json.Nodes;

namespace Hal9.Engine.Models.Offline.Projects;

/// <summary>
/// Answers the contracts of code generation from a script: the reply is a function of the project, the contract, the request and the attempt. It is not AI, and
/// what is in no script it refuses.
/// </summary>
internal static class ProjectScript
{
    public const string Prefix = "codegen_";

    /// <param name="contract">The schema's name.</param>
    /// <param name="request">The request.</param>
    /// <returns>The answer, JSON but for the fault that cuts it; null for a contract that is not of code generation.</returns>
    public static string? Answer(string? contract, ProjectRequest request)
    {
        var (project, refusal) = ProjectLibrary.Find(request.Brief, request.Kind);
        var answer = contract switch
        {
            "codegen_intake" => project is null ? Blocked(refusal, ("title", ""), ("questions", new JsonArray())) : Intake(project),
            "codegen_spec" => project is null ? Blocked(refusal, ("title", ""), ("features", new JsonArray()), ("criteria", new JsonArray()), ("nonGoals", new JsonArray())) : SpecOf(project, request),
            "codegen_acceptance" => project is null ? Blocked(refusal, ("surface", new JsonArray()), ("tests", new JsonArray())) : Acceptance(project, request),
            "codegen_design" => project is null ? Blocked(refusal, ("modules", new JsonArray())) : Design(project, request),
            "codegen_module" => Module(project, refusal, request),
            "codegen_repair" => Repair(project, refusal, request),
            "codegen_replan" => Blocked(project is null ? refusal : "The script has no other plan.", ("moduleId", ""), ("direction", "")),
            "codegen_review" => Review(request),
            _ => null,
        };
        if (answer is null)
        {
            return null;
        }
        var text = Json.Write(answer);
        return contract == "codegen_module" && FaultLibrary.Of(request) == LibraryFault.CutJson && !request.IsRepairOfForm ? text[..(text.Length / 2)] : text;
    }

    private static JsonObject Intake(ScriptedProject project) => Done(
        ("title", project.Title),
        ("questions", new JsonArray(new JsonObject
        {
            ["id"] = "name",
            ["text"] = "What is the project to be called?",
            ["options"] = new JsonArray(),
            ["default"] = project.Title,
        })));

    private static JsonObject SpecOf(ScriptedProject project, ProjectRequest request) => Done(
        ("title", request.Name ?? project.Title), ("features", Texts(project.Features)),
        ("criteria", new JsonArray([.. project.Criteria.Select(c => new JsonObject
        {
            ["id"] = c.Id, ["title"] = c.Title, ["given"] = c.Given, ["when"] = c.When, ["then"] = c.Then, ["examples"] = Texts(c.Examples),
        })])),
        ("nonGoals", Texts(project.NonGoals)));

    private static JsonObject Acceptance(ScriptedProject project, ProjectRequest request)
    {
        var tests = new JsonArray([.. project.Acceptance.Select(test => Test(test.Path, [test.Criterion], test.Content))]);
        if (FaultLibrary.Of(request) == LibraryFault.Tautology && request.Attempt == 1)
        {
            tests.Add(Test("tests/Acceptance/AC_1_Always.cs", ["AC-1"], "using Xunit;\n\nnamespace Tests.Acceptance;\n\npublic sealed class AC_1_Always\n{\n    [Fact]\n    public void AC_1_Holds() => Assert.True(true);\n}\n"));
        }
        return Done(("surface", Files(project.Surface)), ("tests", tests));
    }

    private static JsonObject Design(ScriptedProject project, ProjectRequest request)
    {
        var modules = new JsonArray([.. project.Modules.Select(module => new JsonObject
        {
            ["id"] = module.Id, ["responsibility"] = module.Responsibility, ["files"] = Texts(project.PathsOf(module, request.Kind)), ["publicApi"] = Texts(module.PublicApi),
            ["dependsOn"] = Texts(module.DependsOn), ["criteria"] = Texts(module.Criteria),
        })]);
        if (!request.IsAgain)
        {
            FaultLibrary.Spoil(FaultLibrary.Of(request), modules);
        }
        return Done(("modules", modules));
    }

    private static JsonObject Module(ScriptedProject? project, string refusal, ProjectRequest request)
    {
        if (project?.Modules.FirstOrDefault(module => module.Id == request.Module) is not { } wanted)
        {
            return Blocked(
                project is null ? refusal : $"The script of '{project.Title}' has no module '{request.Module}'.",
                ("needs", "design"), ("moduleId", request.Module), ("files", new JsonArray()), ("edits", new JsonArray()), ("tests", new JsonArray()), ("assumptions", new JsonArray()));
        }
        var fault = FaultLibrary.Of(request);
        var isFirst = request.Attempt == 1;
        var written = project.FilesOf(wanted, request.Kind, withFaults: isFirst)
            .Select(file => isFirst && wanted == project.Modules[0] && file.Path == project.Modules[0].Files[0] ? (file.Path, Content: FaultLibrary.Spoil(fault, file.Content)) : file).ToList();
        var files = Files(written.Where(file => !IsTest(file.Path)));
        if (fault == LibraryFault.PathEscape && !request.IsAgain)
        {
            files.Add(new JsonObject { ["path"] = "../escape.cs", ["content"] = "// outside" });
        }
        return Done(
            ("needs", "none"), ("moduleId", wanted.Id), ("files", files), ("edits", new JsonArray()),
            ("tests", new JsonArray([.. written.Where(file => IsTest(file.Path)).Select(file => Test(file.Path, wanted.Criteria, file.Content))])), ("assumptions", new JsonArray()));
    }

    /// <summary>Looks for files that are not as the script has them, those that are said to be red first, and sets one right.</summary>
    private static JsonObject Repair(ScriptedProject? project, string refusal, ProjectRequest request)
    {
        var right = project?.Modules.SelectMany(module => project.FilesOf(module, request.Kind, withFaults: false)).ToDictionary(file => file.Path, file => file.Content) ?? [];
        var wrong = request.Files.Where(file => right.TryGetValue(file.Key, out var content) && content.TrimEnd('\n') != file.Value.TrimEnd('\n')).Select(file => file.Key)
            .OrderByDescending(path => request.Evidence.Contains(path, StringComparison.Ordinal)).ThenBy(path => path, StringComparer.Ordinal).ToList();
        if (project is null || wrong.Count == 0)
        {
            return Blocked(
                project is null ? refusal : "The scripted model cannot do this: every file is as its script has it. Connect a model.", ("needs", "person"), ("hypothesis", ""), ("edits", new JsonArray()),
                ("files", new JsonArray()), ("tests", new JsonArray()));
        }
        // When the first choice did not help, the next one is tried.
        var path = wrong[(request.Attempt - 1) % wrong.Count];
        if (request.Attempt == 1 && Misguided(project, request, path) is { } misguided)
        {
            return misguided;
        }
        var shown = request.Files[path];
        foreach (var fault in project.Faults.Where(fault => fault.Path == path))
        {
            if (shown.Replace(fault.Bad, fault.Good, StringComparison.Ordinal).TrimEnd('\n') == right[path].TrimEnd('\n'))
            {
                return Patch(fault.Hypothesis, [Edit(path, fault.Bad, fault.Good)], [], []);
            }
        }
        const string Anew = "This file does not say what its design asks for, so it is written anew.";
        return IsTest(path) ? Patch(Anew, [], [], [Test(path, [], right[path])]) : Patch(Anew, [], [new JsonObject { ["path"] = path, ["content"] = right[path] }], []);
    }

    /// <summary>The first repair of a model with a fault of the library.</summary>
    private static JsonObject? Misguided(ScriptedProject project, ProjectRequest request, string path)
    {
        var test = project.Modules[0].Files.FirstOrDefault(IsTest);
        return FaultLibrary.Of(request) switch
        {
            LibraryFault.DeletedTest when test is not null && request.Files.TryGetValue(test, out var tests) =>
                Patch("The tests are too strict.", [], [], [Test(test, [], WithoutItsLastTest(tests))]),
            LibraryFault.AmbiguousAnchor when !request.IsAgain => Patch("A brace is in the wrong place.", [Edit(path, "}", "} ")], [], []),
            LibraryFault.NoProgress => Patch("A comment was missing.", [], [new JsonObject { ["path"] = path, ["content"] = request.Files[path] + "\n// Looked at again.\n" }], []),
            _ => null,
        };
    }

    private static string WithoutItsLastTest(string tests)
    {
        var at = Math.Max(tests.LastIndexOf("    [Fact]", StringComparison.Ordinal), tests.LastIndexOf("    [Theory]", StringComparison.Ordinal));
        return at < 0 ? tests : tests[..at].TrimEnd() + "\n}\n";
    }

    private static JsonObject Review(ProjectRequest request) => new()
    {
        ["verdict"] = "approve",
        ["summary"] = $"{OfflineNote.Text} It was shown {request.Files.Count} files and cannot judge them: it only plays a script.",
        ["risks"] = new JsonArray(new JsonObject { ["severity"] = "medium", ["path"] = "", ["text"] = "Nobody has reviewed this code: a script cannot. Read it before it is used." }),
    };

    private static JsonObject Patch(string hypothesis, IEnumerable<JsonNode> edits, IEnumerable<JsonNode> files, IEnumerable<JsonNode> tests) => Done(
        ("needs", "none"), ("hypothesis", hypothesis), ("edits", new JsonArray([.. edits])), ("files", new JsonArray([.. files])), ("tests", new JsonArray([.. tests])));

    private static JsonObject Edit(string path, string anchor, string replace) => new() { ["path"] = path, ["baseSha"] = "", ["anchor"] = anchor, ["replace"] = replace };

    private static JsonObject Test(string path, IEnumerable<string> covers, string content) => new() { ["path"] = path, ["covers"] = Texts(covers), ["content"] = content };

    private static JsonArray Files(IEnumerable<(string Path, string Content)> files) => new([.. files.Select(file => new JsonObject { ["path"] = file.Path, ["content"] = file.Content })]);

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static bool IsTest(string path) => path.StartsWith("tests/", StringComparison.Ordinal);

    private static JsonObject Done(params ReadOnlySpan<(string Name, JsonNode Value)> members) => With("done", "", members);

    private static JsonObject Blocked(string reason, params ReadOnlySpan<(string Name, JsonNode Value)> members) => With("blocked", reason, members);

    private static JsonObject With(string outcome, string reason, ReadOnlySpan<(string Name, JsonNode Value)> members)
    {
        var answer = new JsonObject { ["outcome"] = outcome, ["reason"] = reason };
        foreach (var (name, value) in members)
        {
            answer[name] = value;
        }
        return answer;
    }
}
