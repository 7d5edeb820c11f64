using System.Text.Json;
using Hal9.Engine.Neurons;

namespace Hal9.Engine.Codegen;

/// <summary>Whether an answer holds what was asked for. "Blocked" is legal and cheaper than an invented solution: its reason goes back up.</summary>
internal enum Outcome
{
    Done,
    Blocked,
}

/// <summary>Whom a blocked answer needs.</summary>
internal enum Needs
{
    None,
    Design,
    Strategy,
    Person,
}

/// <summary>Questions about a request.</summary>
internal sealed record IntakeAnswer(Outcome Outcome, string Reason, string Title, IReadOnlyList<Question> Questions);

/// <summary>A question about a request.</summary>
/// <param name="Id">Its short name.</param>
/// <param name="Text">The question.</param>
/// <param name="Options">Answers to choose from; empty: free text.</param>
/// <param name="Default">What is taken when nobody answers.</param>
public sealed record Question(string Id, string Text, IReadOnlyList<string> Options, string Default);

/// <summary>What is wanted.</summary>
/// <param name="Title">The project's name in a few words.</param>
/// <param name="Features">What it can do.</param>
/// <param name="Criteria">When it is right.</param>
/// <param name="NonGoals">What it need not do.</param>
public sealed record Spec(string Title, IReadOnlyList<string> Features, IReadOnlyList<Criterion> Criteria, IReadOnlyList<string> NonGoals);

/// <summary>An acceptance criterion with concrete examples.</summary>
/// <param name="Id"><c>AC-1</c> and on.</param>
/// <param name="Title">In a few words.</param>
/// <param name="Given">The situation before.</param>
/// <param name="When">What is done.</param>
/// <param name="Then">What has to come of it.</param>
/// <param name="Examples">Concrete input and output.</param>
public sealed record Criterion(string Id, string Title, string Given, string When, string Then, IReadOnlyList<string> Examples);

internal sealed record SpecAnswer(Outcome Outcome, string Reason, string Title, IReadOnlyList<string> Features, IReadOnlyList<Criterion> Criteria, IReadOnlyList<string> NonGoals);

/// <summary>A file of a project.</summary>
/// <param name="Path">Relative, with forward slashes.</param>
/// <param name="Content">Its text.</param>
public sealed record CodeFile(string Path, string Content);

/// <summary>A file of tests.</summary>
/// <param name="Path">Relative, with forward slashes.</param>
/// <param name="Covers">The criteria that it tests.</param>
/// <param name="Content">Its text.</param>
public sealed record TestFile(string Path, IReadOnlyList<string> Covers, string Content);

internal sealed record AcceptanceAnswer(Outcome Outcome, string Reason, IReadOnlyList<CodeFile> Surface, IReadOnlyList<TestFile> Tests);

/// <summary>How the project is cut into modules.</summary>
/// <param name="Modules">The modules.</param>
public sealed record Design(IReadOnlyList<DesignedModule> Modules);

/// <summary>A module of the design.</summary>
/// <param name="Id">Its short name.</param>
/// <param name="Responsibility">What it is for, in a sentence.</param>
/// <param name="Files">The files that it owns, unit tests included.</param>
/// <param name="PublicApi">Its public signatures.</param>
/// <param name="DependsOn">Modules that it uses.</param>
/// <param name="Criteria">The criteria that it serves.</param>
public sealed record DesignedModule(
    string Id, string Responsibility, IReadOnlyList<string> Files, IReadOnlyList<string> PublicApi, IReadOnlyList<string> DependsOn, IReadOnlyList<string> Criteria);

internal sealed record DesignAnswer(Outcome Outcome, string Reason, IReadOnlyList<DesignedModule> Modules);

/// <summary>A change of a file: the anchor, which must occur in it exactly once, is replaced.</summary>
/// <param name="Path">The file.</param>
/// <param name="BaseSha">The first 12 hex digits of the SHA-256 of the file as it was shown; empty: not told.</param>
/// <param name="Anchor">The text to replace.</param>
/// <param name="Replace">What comes in its place.</param>
public sealed record FileEdit(string Path, string BaseSha, string Anchor, string Replace);

internal sealed record ModuleAnswer(
    Outcome Outcome, string Reason, Needs Needs, string ModuleId, IReadOnlyList<CodeFile> Files, IReadOnlyList<FileEdit> Edits, IReadOnlyList<TestFile> Tests, IReadOnlyList<string> Assumptions);

internal sealed record RepairAnswer(
    Outcome Outcome, string Reason, Needs Needs, string Hypothesis, IReadOnlyList<FileEdit> Edits, IReadOnlyList<CodeFile> Files, IReadOnlyList<TestFile> Tests);

internal sealed record ReplanAnswer(Outcome Outcome, string Reason, string ModuleId, string Direction);

internal sealed record ReviewFindings(ReviewOutcome Verdict, string Summary, IReadOnlyList<Risk> Risks);

/// <summary>Whether the reviewer would take it.</summary>
internal enum ReviewOutcome
{
    Approve,
    Changes,
}

/// <summary>A risk that the reviewer sees.</summary>
/// <param name="Severity"><c>low</c>, <c>medium</c> or <c>high</c>.</param>
/// <param name="Path">The file; empty: the whole.</param>
/// <param name="Text">What.</param>
public sealed record Risk(string Severity, string Path, string Text);

/// <summary>The JSON schemas of the answers: strict, every member required, nothing else allowed. What does not apply is empty.</summary>
internal static class Contracts
{
    /// <summary>How answers and artefacts are read and written.</summary>
    public static JsonSerializerOptions Json => AnswerSchemas.Json;

    /// <summary>The same for artefacts, without what follows from the rest.</summary>
    public static JsonSerializerOptions Stored { get; } = new(AnswerSchemas.Json) { IgnoreReadOnlyProperties = true };

    /// <summary>The same for what a person wrote: every member has to be there.</summary>
    public static JsonSerializerOptions Strict { get; } = new(AnswerSchemas.Json) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    private const string Text = """{ "type": "string" }""";
    private const string Texts = """{ "type": "array", "items": { "type": "string" } }""";
    private const string Done = """{ "type": "string", "enum": ["done", "blocked"] }""";
    private const string Why = """{ "type": "string", "description": "With blocked: why, concretely. Else empty." }""";
    private const string NeedsWord = """{ "type": "string", "enum": ["none", "design", "strategy", "person"], "description": "With blocked: who has to decide." }""";

    private static readonly string Files = List(("path", Text), ("content", Text));
    private static readonly string Edits = List(("path", Text), ("baseSha", Text), ("anchor", """{ "type": "string", "description": "Text that occurs in the file exactly once." }"""), ("replace", Text));
    private static readonly string Tests = List(("path", Text), ("covers", Texts), ("content", Text));

    public static (string Name, JsonElement Schema) Intake { get; } = Contract("codegen_intake",
        ("outcome", Done), ("reason", Why), ("title", Text), ("questions", List(("id", Text), ("text", Text), ("options", Texts), ("default", Text))));

    public static (string Name, JsonElement Schema) Spec { get; } = Contract("codegen_spec",
        ("outcome", Done), ("reason", Why), ("title", Text), ("features", Texts),
        ("criteria", List(("id", Text), ("title", Text), ("given", Text), ("when", Text), ("then", Text), ("examples", Texts))), ("nonGoals", Texts));

    public static (string Name, JsonElement Schema) Acceptance { get; } = Contract("codegen_acceptance",
        ("outcome", Done), ("reason", Why), ("surface", Files), ("tests", Tests));

    public static (string Name, JsonElement Schema) Design { get; } = Contract("codegen_design",
        ("outcome", Done), ("reason", Why),
        ("modules", List(("id", Text), ("responsibility", Text), ("files", Texts), ("publicApi", Texts), ("dependsOn", Texts), ("criteria", Texts))));

    public static (string Name, JsonElement Schema) Module { get; } = Contract("codegen_module",
        ("outcome", Done), ("reason", Why), ("needs", NeedsWord), ("moduleId", Text), ("files", Files), ("edits", Edits), ("tests", Tests), ("assumptions", Texts));

    public static (string Name, JsonElement Schema) Repair { get; } = Contract("codegen_repair",
        ("outcome", Done), ("reason", Why), ("needs", NeedsWord), ("hypothesis", Text), ("edits", Edits), ("files", Files), ("tests", Tests));

    public static (string Name, JsonElement Schema) Replan { get; } = Contract("codegen_replan",
        ("outcome", Done), ("reason", Why), ("moduleId", Text), ("direction", Text));

    public static (string Name, JsonElement Schema) Review { get; } = Contract("codegen_review",
        ("verdict", """{ "type": "string", "enum": ["approve", "changes"] }"""), ("summary", Text), ("risks", List(("severity", """{ "type": "string", "enum": ["low", "medium", "high"] }"""), ("path", Text), ("text", Text))));

    private static (string, JsonElement) Contract(string name, params ReadOnlySpan<(string Name, string Schema)> members)
    {
        using var document = JsonDocument.Parse(Object(members));
        return (name, document.RootElement.Clone());
    }

    private static string List(params ReadOnlySpan<(string Name, string Schema)> members) => $$"""{ "type": "array", "items": {{Object(members)}} }""";

    private static string Object(ReadOnlySpan<(string Name, string Schema)> members)
    {
        var (required, properties) = (new List<string>(), new List<string>());
        foreach (var (name, schema) in members)
        {
            required.Add($"\"{name}\"");
            properties.Add($"\"{name}\": {schema}");
        }
        return $$"""{ "type": "object", "additionalProperties": false, "required": [{{string.Join(", ", required)}}], "properties": { {{string.Join(", ", properties)}} } }""";
    }
}
