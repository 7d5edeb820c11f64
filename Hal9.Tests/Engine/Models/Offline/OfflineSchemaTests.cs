using System.Text.Json;
using CsCheck;
using Hal9.Engine.Models.Offline;
using Hal9.Engine.Neurons;
using Microsoft.Extensions.AI;
using NJsonSchema;

namespace Hal9.Tests.Engine.Models.Offline;

/// <summary>Whatever is asked, the structured answers fit their schemas.</summary>
public sealed class OfflineSchemaTests
{
    public static TheoryData<string> Goals => OfflineGoals.All;

    [Fact]
    public void Headings_OfPromptsAndOffline_AreTheSame()
    {
        Assert.Equal(
            [Prompts.Goal, Prompts.Criteria, Prompts.Before, Prompts.Lessons, Prompts.Files, Prompts.LastResult, Prompts.Feedback, Prompts.Delegates, Prompts.Results, Prompts.Integrate, Prompts.Task],
            OfflineRequest.Headings);
    }

    [Theory]
    [MemberData(nameof(Goals))]
    public async Task Answers_OfEverySchema_AreValidAndMarked(string goal)
    {
        var token = TestContext.Current.CancellationToken;

        var plan = await Fits(OfflineGoals.PlanPrompt(goal), OfflineGoals.PlanOptions(), token);
        var work = await Fits(OfflineGoals.WorkPrompt(goal), OfflineGoals.WorkOptions(), token);
        var result = JsonSerializer.Deserialize<WorkAnswer>(work, AnswerSchemas.Json)!;
        var review = await Fits(OfflineGoals.ReviewPrompt(goal, new FinishedWork(1, "writer", goal, [], result.Answer), new FinishedWork(2, "analyst", goal, [], "")), OfflineGoals.ReviewOptions(), token);
        var verdicts = await Fits(OfflineGoals.ReviewPrompt(goal, new FinishedWork(1, "writer", goal, [], result.Answer)), OfflineGoals.VerdictsOptions(), token);

        var planned = JsonSerializer.Deserialize<PlanAnswer>(plan, AnswerSchemas.Json)!;
        Assert.Contains(OfflineNote.Text, planned.Reason, StringComparison.Ordinal);
        Assert.Equal(planned.Outcome == PlanOutcome.Delegate, planned.Assignments.Count > 0);
        Assert.InRange(planned.Assignments.Count, 0, 6);
        Assert.True(planned.Assignments.Sum(a => a.Share) <= 1);
        Assert.All(planned.Assignments, a => Assert.Contains(a.Neuron, OfflineGoals.Delegates));
        Assert.All(planned.Assignments, a => Assert.NotEmpty(a.Goal));
        Assert.All(planned.Assignments.Index(), a => Assert.All(a.Item.DependsOn, needed => Assert.InRange(needed, 1, a.Index)));
        Assert.StartsWith("> *" + OfflineNote.Text, result.Answer, StringComparison.Ordinal);
        Assert.Equal([(1, ReviewOutcome.Accept), (2, ReviewOutcome.SendBack)], JsonSerializer.Deserialize<ReviewAnswer>(review, AnswerSchemas.Json)!.Verdicts.Select(v => (v.Assignment, v.Verdict)));
        Assert.Equal([(1, ReviewOutcome.Accept)], JsonSerializer.Deserialize<VerdictsAnswer>(verdicts, AnswerSchemas.Json)!.Verdicts.Select(v => (v.Assignment, v.Verdict)));
    }

    [Fact]
    public async Task Answers_OfRandomText_AreValid()
    {
        var token = TestContext.Current.CancellationToken;
        await Gen.String[Gen.OneOf(Gen.Char, Gen.Char[' ', '~'], Gen.Const('\n'), Gen.Char[".-:|,#`。>*123 "]), 0, 300].SampleAsync(async goal =>
        {
            await Fits(OfflineGoals.PlanPrompt(goal), OfflineGoals.PlanOptions(), token);
            await Fits(OfflineGoals.WorkPrompt(goal), OfflineGoals.WorkOptions(), token);
            await Fits(OfflineGoals.ReviewPrompt(goal, new FinishedWork(1, "writer", goal, [goal], goal)), OfflineGoals.ReviewOptions(), token);
        }, iter: 150, threads: 1);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(1000)]
    public async Task Answers_UnderATokenLimit_StayValidJson(int limit)
    {
        var token = TestContext.Current.CancellationToken;
        var goal = "Summarise this text:\n\n" + string.Concat(Enumerable.Repeat(OfflineGoals.Article + "\n\n", 40));

        var plan = await Fits(OfflineGoals.PlanPrompt(goal), OfflineGoals.PlanOptions(limit), token);
        await Fits(OfflineGoals.WorkPrompt(goal), OfflineGoals.WorkOptions(limit), token);
        await Fits(OfflineGoals.ReviewPrompt(goal, new FinishedWork(1, "writer", goal, [], goal)), OfflineGoals.ReviewOptions(limit), token);

        Assert.Equal(PlanOutcome.Answer, JsonSerializer.Deserialize<PlanAnswer>(plan, AnswerSchemas.Json)!.Outcome);
    }

    [Theory]
    [InlineData("""{ "type": "object", "required": ["name", "age"], "properties": { "name": { "type": "string", "maxLength": 10 }, "age": { "type": "integer", "minimum": 18 } } }""")]
    [InlineData("""{ "type": "object", "required": ["list"], "properties": { "list": { "type": "array", "minItems": 2, "items": { "$ref": "#/$defs/entry" } } }, "$defs": { "entry": { "type": "object", "additionalProperties": false, "required": ["kind", "when"], "properties": { "kind": { "enum": ["a", "b"] }, "when": { "type": "string", "format": "date-time" } } } } }""")]
    [InlineData("""{ "type": "object", "required": ["v"], "properties": { "v": { "anyOf": [ { "type": "number", "exclusiveMinimum": 1, "exclusiveMaximum": 1.5 }, { "type": "null" } ] } } }""")]
    [InlineData("""{ "type": "object", "required": ["v", "w"], "properties": { "v": { "type": "number", "exclusiveMinimum": 1, "exclusiveMaximum": 1.5 }, "w": { "type": ["integer", "null"], "multipleOf": 5, "minimum": 3 } } }""")]
    [InlineData("""{ "type": "object", "required": ["v", "w", "n"], "properties": { "v": { "type": "integer", "maximum": -7, "multipleOf": 2 }, "w": { "const": 3 }, "n": { "type": "string", "minLength": 90 } } }""")]
    [InlineData("""{ "type": "object", "required": ["id", "mail", "site", "day", "ok"], "properties": { "id": { "type": "string", "format": "uuid" }, "mail": { "type": "string", "format": "email" }, "site": { "type": "string", "format": "uri" }, "day": { "type": "string", "format": "date" }, "ok": { "type": "boolean" } } }""")]
    [InlineData("""{ "allOf": [ { "type": "object", "required": ["a"], "properties": { "a": { "type": "string" } } }, { "type": "object", "required": ["b"], "properties": { "b": { "type": "integer" } } } ] }""")]
    [InlineData("""{ "type": "object", "required": ["self"], "properties": { "self": { "anyOf": [ { "$ref": "#" }, { "type": "null" } ] } } }""")]
    [InlineData("""{ "type": "object", "additionalProperties": false, "required": ["outcome", "answer", "reason", "more"], "properties": { "outcome": { "type": "integer" }, "answer": { "type": "boolean" }, "reason": { "type": "string" }, "more": { "type": "string" } } }""")]
    public async Task AnyOtherSchema_IsFilledValidly(string schema)
    {
        var options = OfflineGoals.Options("work", JsonDocument.Parse(schema).RootElement, null);

        await Fits("Whatever this is about.", options, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task AnyOtherSchema_TakesValuesOnlyFromTheInput()
    {
        var schema = JsonDocument.Parse("""{ "type": "object", "properties": { "firstName": { "type": "string" }, "age": { "type": "integer" }, "city": { "type": ["string", "null"] }, "note": { "type": "string" } } }""").RootElement;

        var text = await OfflineGoals.AskAsync("Extract the person.\nFirst name: Zoë\nage: 41", OfflineGoals.Options("person", schema, null));

        using var person = JsonDocument.Parse(text);
        Assert.Equal("Zoë", person.RootElement.GetProperty("firstName").GetString());
        Assert.Equal(41, person.RootElement.GetProperty("age").GetInt32());
        Assert.Equal(JsonValueKind.Null, person.RootElement.GetProperty("city").ValueKind);
        Assert.Contains(OfflineNote.Text, person.RootElement.GetProperty("note").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SchemaThatRefersToItselfWithoutEnd_IsAnsweredQuickly()
    {
        var members = string.Join(",", Enumerable.Range(0, 20).Select(i => $"\"m{i}\": {{ \"$ref\": \"#\" }}"));
        var names = string.Join(",", Enumerable.Range(0, 20).Select(i => $"\"m{i}\""));
        var schema = JsonDocument.Parse($"{{ \"type\": \"object\", \"required\": [{names}], \"properties\": {{ {members} }} }}").RootElement;

        var text = await OfflineGoals.AskAsync("x", OfflineGoals.Options("endless", schema, null));

        Assert.InRange(text.Length, 2, 500_000);
    }

    [Fact]
    public async Task JsonWithoutASchema_IsAnObjectThatSaysOffline()
    {
        var text = await OfflineGoals.AskAsync("Plan the release", new ChatOptions { ResponseFormat = ChatResponseFormat.Json });

        using var json = JsonDocument.Parse(text);
        Assert.True(json.RootElement.GetProperty("offline").GetBoolean());
        Assert.Contains("Scope", json.RootElement.GetProperty("answer").GetString(), StringComparison.Ordinal);
    }

    private static async Task<string> Fits(string prompt, ChatOptions options, CancellationToken token)
    {
        var text = await OfflineGoals.AskAsync(prompt, options);
        var format = Assert.IsType<ChatResponseFormatJson>(options.ResponseFormat);
        var schema = await JsonSchema.FromJsonAsync(format.Schema!.Value.GetRawText(), token);
        var errors = schema.Validate(text);
        Assert.True(errors.Count == 0, $"{string.Join("; ", errors)}\n{text}");
        return text;
    }
}
