using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Hal9.Engine.Models.Offline.Projects;
using Microsoft.Extensions.AI;

namespace Hal9.Tests.Support;

/// <summary>
/// A model that answers as the scripted projects do, but repairs as badly as models have been seen to: it deletes and skips tests, takes public members away,
/// edits sealed tests, goes round in circles, breaks off. What it does is a function of the case in the brief (<c>(case 7)</c>) and the attempt.
/// </summary>
internal static partial class HostileCoder
{
    /// <summary>What a repair of this model does.</summary>
    private enum Deed
    {
        Repair,
        DeleteTest,
        SkipTest,
        DropAssertions,
        DropMember,
        EditSealedTest,
        EditOutside,
        Comment,
        OtherFault,
        Break,
        Blocked,
        CutJson,
        ServerError,
        BrokenStream,
    }

    /// <summary>The request of a case.</summary>
    public static string Brief(int number) => string.Create(CultureInfo.InvariantCulture, $"A todo list for the command line (case {number})");

    /// <summary>The reply to a request of code generation; null for every other.</summary>
    public static ScriptedReply? Answer(ScriptedRequest request)
    {
        var messages = request.Messages.Select(message => new ChatMessage(message.Role switch { "assistant" => ChatRole.Assistant, "user" => ChatRole.User, _ => ChatRole.System }, message.Text)).ToList();
        if (ProjectRequest.Of(messages) is not { } project || Case().Match(project.Brief) is not { Success: true } named)
        {
            return ScriptedCoder.Answer(request);
        }
        var seed = int.Parse(named.Groups[1].Value, CultureInfo.InvariantCulture);
        var random = new Random(HashOf(seed, request.SchemaName ?? "", project.Attempt, messages.Count));
        if (request.SchemaName == "codegen_replan")
        {
            return random.Next(2) == 0 ? ScriptedCoder.Answer(request) : ScriptedReply.OfJson(new { outcome = "done", reason = "", moduleId = "core", direction = "Write it anew." });
        }
        return request.SchemaName == "codegen_repair" ? Repair(request, project, random, seed) : ScriptedCoder.Answer(request);
    }

    private static ScriptedReply? Repair(ScriptedRequest request, ProjectRequest project, Random random, int seed)
    {
        var source = project.Files.GetValueOrDefault("src/TodoList.cs", "");
        const string Tests = "tests/Unit/TodoListTests.cs";
        var tests = project.Files.GetValueOrDefault(Tests, "");
        // One case in four goes round between two deeds, as endless loops do.
        var deed = seed % 4 == 0 ? (project.Attempt % 2 == 0 ? Deed.Comment : Deed.OtherFault) : (Deed)random.Next(Enum.GetValues<Deed>().Length);
        return deed switch
        {
            Deed.DeleteTest when tests.LastIndexOf("    [Fact]", StringComparison.Ordinal) is > 0 and var at => Test(Tests, tests[..at].TrimEnd() + "\n}\n"),
            Deed.SkipTest => Test(Tests, tests.Replace("[Fact]", "[Fact(Skip = \"flaky\")]", StringComparison.Ordinal)),
            Deed.DropAssertions => Test(Tests, string.Join('\n', tests.Split('\n').Where(line => !line.TrimStart().StartsWith("Assert.", StringComparison.Ordinal)))),
            Deed.DropMember => Source(source.Replace("public bool Remove(", "internal bool Remove(", StringComparison.Ordinal).Replace("var id = items.Count + 1;", "var id = ++last;", StringComparison.Ordinal)),
            Deed.EditSealedTest => Edit(project.Files.Keys.FirstOrDefault(path => path.StartsWith("tests/Acceptance/", StringComparison.Ordinal)) ?? "tests/Acceptance/AC_1_AddTests.cs"),
            Deed.EditOutside => Edit("../../etc/passwd"),
            Deed.Comment => Source(source + $"\n// Looked at {project.Attempt} times.\n"),
            Deed.OtherFault => Source(source.Replace("items.Add(item);", "items.Add(item); // other fault", StringComparison.Ordinal).Replace("var id = items.Count + 1;", "var id = ++last;", StringComparison.Ordinal)),
            Deed.Break => Source(source.TrimEnd()[..^1]),
            Deed.Blocked => ScriptedReply.OfJson(Patch("blocked", [], [], [], random.Next(2) == 0 ? "design" : "none")),
            Deed.CutJson => ScriptedReply.Of("""{"outcome":"done","reason":"""),
            Deed.ServerError => ScriptedReply.Fail(Fault.ServerError),
            Deed.BrokenStream => ScriptedReply.Fail(Fault.Reset()),
            _ => ScriptedCoder.Answer(request),
        };
    }

    private static ScriptedReply Test(string path, string content) => ScriptedReply.OfJson(Patch("done", [], [], [new JsonObject { ["path"] = path, ["covers"] = new JsonArray(), ["content"] = content }]));

    private static ScriptedReply Source(string content) => ScriptedReply.OfJson(Patch("done", [], [new JsonObject { ["path"] = "src/TodoList.cs", ["content"] = content }], []));

    private static ScriptedReply Edit(string path) => ScriptedReply.OfJson(Patch("done", [new JsonObject { ["path"] = path, ["baseSha"] = "", ["anchor"] = "Assert", ["replace"] = "// Assert" }], [], []));

    private static JsonObject Patch(string outcome, JsonArray edits, JsonArray files, JsonArray tests, string needs = "none") => new()
    {
        ["outcome"] = outcome, ["reason"] = outcome == "done" ? "" : "I cannot.", ["needs"] = needs, ["hypothesis"] = "Perhaps so.", ["edits"] = edits, ["files"] = files, ["tests"] = tests,
    };

    private static int HashOf(int seed, string contract, int attempt, int messages) => contract.Aggregate((seed * 31) + (attempt * 7919) + messages, (hash, character) => unchecked((hash * 31) + character));

    [GeneratedRegex(@"\(case (\d+)\)")]
    private static partial Regex Case();
}
