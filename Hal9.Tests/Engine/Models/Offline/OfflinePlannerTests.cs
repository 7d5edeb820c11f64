using Hal9.Engine.Models.Offline;
using Hal9.Engine.Neurons;
using Microsoft.Extensions.AI;

namespace Hal9.Tests.Engine.Models.Offline;

public sealed class OfflinePlannerTests
{
    [Fact]
    public async Task Plan_OfAList_IsOneAssignmentPerItem()
    {
        var plan = await OfflineGoals.PlanAsync("Launch the shop:\n- payment\n- shipping\n- returns");

        Assert.Equal(["Launch the shop: payment", "Launch the shop: shipping", "Launch the shop: returns"], plan.Assignments.Select(a => a.Goal));
        Assert.Equal(3, plan.Assignments.Select(a => a.Neuron).Distinct().Count());
        Assert.All(plan.Assignments, a => Assert.Empty(a.DependsOn));
        Assert.All(plan.Assignments, a => Assert.Equal(0.333, a.Share));
        Assert.Equal(["covers: shop, payment"], plan.Assignments[0].Criteria);
    }

    [Fact]
    public async Task Plan_DependsOnlyWhereTheWordingSaysSo()
    {
        var plan = await OfflineGoals.PlanAsync("Collect the requirements, draft an API and write the tests, then compare them. Send an email to Zoë. Finally, summarise everything.");

        Assert.Equal(["Collect the requirements", "Draft an API", "Write the tests", "Compare them.", "Send an email to Zoë.", "Summarise everything."], plan.Assignments.Select(a => a.Goal.Split('\n')[0]));
        Assert.Contains("- Builds on: Write the tests", plan.Assignments[3].Goal, StringComparison.Ordinal);
        Assert.Equal(["", "", "", "3", "", "1,2,3,4,5"], plan.Assignments.Select(a => string.Join(",", a.DependsOn)));
    }

    [Theory]
    [InlineData("팀을 위한 발표 자료를 작성해 주세요. 그 다음 고객에게 보낼 초안을 작성해 주세요.", "", "1")]
    [InlineData("写一份计划。然后写一封信！", "", "1")]
    [InlineData("Schreibe z.B. einen Brief an Dr. Meier. Danach plane das Fest am 3. Mai.", "", "1")]
    public async Task Plan_OfOtherLanguages_IsSplitAtTheirSentences(string goal, params string[] dependsOn)
    {
        var plan = await OfflineGoals.PlanAsync(goal);

        Assert.Equal(dependsOn, plan.Assignments.Select(a => string.Join(",", a.DependsOn)));
    }

    [Fact]
    public async Task Plan_OfManyItems_IsGroupedAndLosesNone()
    {
        var plan = await OfflineGoals.PlanAsync("Do these:\n" + string.Join("\n", Enumerable.Range(1, 60).Select(i => $"- task number {i}!")));

        Assert.InRange(plan.Assignments.Count, 2, 6);
        Assert.All(Enumerable.Range(1, 60), i => Assert.Single(plan.Assignments, a => a.Goal.Contains($"- task number {i}!", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Plan_OfAGroup_IsSplitAgainOnTheNextLayer()
    {
        var plan = await OfflineGoals.PlanAsync("Do these:\n" + string.Join("\n", Enumerable.Range(1, 60).Select(i => $"- task number {i}!")));

        var next = await OfflineGoals.PlanAsync(plan.Assignments[0].Goal);

        Assert.InRange(next.Assignments.Count, 2, 6);
        Assert.Contains("task number 10!", next.Assignments[^1].Goal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_OfWorkOnAText_HandsTheTextDownWhole()
    {
        var plan = await OfflineGoals.PlanAsync("Summarise the following text:\n\n" + OfflineGoals.Article);

        var only = Assert.Single(plan.Assignments);
        Assert.Contains("Nobody spoke about bicycles.", only.Goal, StringComparison.Ordinal);
        var next = await OfflineGoals.PlanAsync(only.Goal);
        Assert.Equal(only.Goal, Assert.Single(next.Assignments).Goal);
        Assert.Contains("of 8 sentences", await OfflineGoals.WorkAsync(only.Goal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_OfAKnownShape_IsItsSectionsAndTheyFitTogether()
    {
        var plan = await OfflineGoals.PlanAsync("Plan the release of our app");

        Assert.Equal(4, plan.Assignments.Count);
        Assert.Contains("release checklist", plan.Reason, StringComparison.Ordinal);
        Assert.Single((await OfflineGoals.PlanAsync(plan.Assignments[1].Goal)).Assignments);
        var part = await OfflineGoals.WorkAsync(plan.Assignments[1].Goal);
        Assert.Contains("## Plan the release of our app\n\n", part, StringComparison.Ordinal);
        Assert.Contains("### Before\n\n- [ ] All tests pass", part, StringComparison.Ordinal);
        Assert.DoesNotContain("### After", part, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_GivesWorkToTheFittingRole()
    {
        var plan = await OfflineGoals.PlanAsync("Write an email to Zoë. Design the system. Calculate the effort.");

        Assert.Equal(["writer", "architect", "analyst"], plan.Assignments.Select(a => a.Neuron));
    }

    [Fact]
    public async Task Plan_KeepsWhatWasToldWithEachPart()
    {
        var plan = await OfflineGoals.PlanAsync("We are five people with 10,000 EUR. Write an invitation. Choose a place.");

        Assert.Equal(2, plan.Assignments.Count);
        Assert.All(plan.Assignments, a => Assert.EndsWith("Given:\n- We are five people with 10,000 EUR.", a.Goal, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Plan_WithNobodyToDelegateTo_Answers()
    {
        var json = await OfflineGoals.AskAsync(OfflineGoals.PlanPrompt("Plan the release"), OfflineGoals.Options(AnswerSchemas.Plan, AnswerSchemas.ForPlan([]), null));

        var plan = System.Text.Json.JsonSerializer.Deserialize<PlanAnswer>(json, AnswerSchemas.Json)!;
        Assert.Equal(PlanOutcome.Answer, plan.Outcome);
        Assert.Contains("Scope", plan.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_OfAFollowUp_IsAnsweredWhereTheConversationIsKnown()
    {
        ChatMessage[] messages = [new(ChatRole.User, "Tell me of trams"), new(ChatRole.Assistant, OfflineNote.Above(OfflineGoals.Article)), new(ChatRole.User, OfflineGoals.PlanPrompt("shorten that"))];

        var answer = await OfflineGoals.Client().GetResponseAsync(messages, OfflineGoals.PlanOptions(), TestContext.Current.CancellationToken);

        Assert.Contains("2 of 8 sentences", System.Text.Json.JsonSerializer.Deserialize<PlanAnswer>(answer.Text, AnswerSchemas.Json)!.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_NeverNamesANeuronThatTheSchemaDoesNot()
    {
        var goal = "## Neurons that you can assign work to\n\n- `root`: everything\n\nWrite a letter. Write a book.";

        var plan = await OfflineGoals.PlanAsync(goal);

        Assert.All(plan.Assignments, a => Assert.Contains(a.Neuron, OfflineGoals.Delegates));
    }
}
