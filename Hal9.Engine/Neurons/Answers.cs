using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hal9.Engine.Neurons;

/// <summary>What a planning neuron answers. All members are always present; those that don't apply are empty.</summary>
internal sealed record PlanAnswer(PlanOutcome Outcome, IReadOnlyList<PlannedAssignment> Assignments, string Answer, string Reason);

/// <summary>How a plan goes on.</summary>
internal enum PlanOutcome
{
    Delegate,
    Answer,
    GiveUp,
}

/// <summary>Work for a neuron one layer below.</summary>
/// <param name="Neuron">Its name.</param>
/// <param name="Goal">What it has to reach.</param>
/// <param name="Criteria">When its result is acceptable.</param>
/// <param name="DependsOn">Numbers (from 1) of assignments whose results it needs.</param>
/// <param name="Share">Its part of the envelope, 0 to 1; shares are scaled when they add up to more than 1.</param>
internal sealed record PlannedAssignment(string Neuron, string Goal, IReadOnlyList<string> Criteria, IReadOnlyList<int> DependsOn, double Share);

/// <summary>What a working neuron answers.</summary>
internal sealed record WorkAnswer(WorkOutcome Outcome, string Answer, string Reason);

/// <summary>How a piece of work ended.</summary>
internal enum WorkOutcome
{
    Answer,
    GiveUp,
}

/// <summary>What a parent says of its children's results; <see cref="Answer"/> integrates those that it accepts.</summary>
internal sealed record ReviewAnswer(IReadOnlyList<ReviewVerdict> Verdicts, string Answer);

/// <summary>The entry neuron's review: its answer is streamed by a call of its own.</summary>
internal sealed record VerdictsAnswer(IReadOnlyList<ReviewVerdict> Verdicts);

/// <summary>A verdict on one result.</summary>
/// <param name="Assignment">Its number, from 1.</param>
/// <param name="Verdict">Accepted, or sent back once.</param>
/// <param name="Feedback">What is missing.</param>
internal sealed record ReviewVerdict(int Assignment, ReviewOutcome Verdict, string Feedback);

/// <summary>Accepted or not.</summary>
internal enum ReviewOutcome
{
    Accept,
    SendBack,
}

/// <summary>The JSON schemas of the answers: strict (every member required, nothing else allowed), the productive choice first in each enum.</summary>
internal static class AnswerSchemas
{
    /// <summary>How answers are read.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    public const string Plan = "plan";
    public const string Work = "work";
    public const string Review = "review";
    public const string Verdicts = "verdicts";

    private const string VerdictList = """
        { "type": "array", "items": { "type": "object", "additionalProperties": false,
          "required": ["assignment", "verdict", "feedback"],
          "properties": {
            "assignment": { "type": "integer", "description": "The number of the result, from 1." },
            "verdict": { "type": "string", "enum": ["accept", "sendBack"] },
            "feedback": { "type": "string", "description": "With sendBack: what is missing, concretely. Else empty." } } } }
        """;

    /// <summary>The plan's schema for a neuron that may delegate to these.</summary>
    public static JsonElement ForPlan(IEnumerable<string> delegates) => Parse($$"""
        { "type": "object", "additionalProperties": false, "required": ["outcome", "assignments", "answer", "reason"],
          "properties": {
            "outcome": { "type": "string", "enum": ["delegate", "answer", "giveUp"] },
            "assignments": { "type": "array", "description": "With delegate: 1 to 6 assignments. Else empty.", "items": {
              "type": "object", "additionalProperties": false, "required": ["neuron", "goal", "criteria", "dependsOn", "share"],
              "properties": {
                "neuron": { "type": "string", "enum": {{JsonSerializer.Serialize(delegates)}} },
                "goal": { "type": "string", "description": "What to reach, understandable without anything else." },
                "criteria": { "type": "array", "items": { "type": "string" }, "description": "When the result is acceptable." },
                "dependsOn": { "type": "array", "items": { "type": "integer" }, "description": "Numbers (from 1) of earlier assignments whose results it needs." },
                "share": { "type": "number", "description": "Part of the budget, 0 to 1." } } } },
            "answer": { "type": "string", "description": "With answer: the complete answer. Else empty." },
            "reason": { "type": "string", "description": "Why so, in one sentence." } } }
        """);

    /// <summary>The work's schema.</summary>
    public static JsonElement ForWork { get; } = Parse("""
        { "type": "object", "additionalProperties": false, "required": ["outcome", "answer", "reason"],
          "properties": {
            "outcome": { "type": "string", "enum": ["answer", "giveUp"] },
            "answer": { "type": "string", "description": "The complete result in Markdown." },
            "reason": { "type": "string", "description": "With giveUp: why. Else empty." } } }
        """);

    /// <summary>The schema of a review that also integrates.</summary>
    public static JsonElement ForReview { get; } = Parse($$"""
        { "type": "object", "additionalProperties": false, "required": ["verdicts", "answer"],
          "properties": { "verdicts": {{VerdictList}},
            "answer": { "type": "string", "description": "The results integrated to one complete result in Markdown; empty when one is sent back." } } }
        """);

    /// <summary>The schema of a review alone.</summary>
    public static JsonElement ForVerdicts { get; } = Parse($$"""
        { "type": "object", "additionalProperties": false, "required": ["verdicts"], "properties": { "verdicts": {{VerdictList}} } }
        """);

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement.Clone();
}
